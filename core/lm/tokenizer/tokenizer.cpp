// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/tokenizer.hpp"

#include "core/base/utf8.hpp"

namespace vitrine::lm {

namespace {

/// Where the incomplete character at the end of `bytes` begins, or their size.
std::size_t incompleteTail(std::string_view bytes) {
    constexpr std::size_t Longest = 3;
    for (std::size_t back = 1; back <= Longest && back <= bytes.size(); ++back) {
        const std::size_t at = bytes.size() - back;
        const auto byte = static_cast<unsigned char>(bytes[at]);
        if (byte < 0x80) break;
        if (byte < 0xC0) continue;
        const Utf8Scalar scalar = decodeUtf8(bytes, at);
        return scalar.isIncomplete && scalar.length == back ? at : bytes.size();
    }
    return bytes.size();
}

} // namespace

std::string StreamDecoder::push(TokenId id) {
    if (!m_tokenizer->contains(id) || (m_skipSpecial && m_tokenizer->isSpecial(id))) return {};
    m_tokenizer->appendBytes(id, m_isFirst, m_pending);
    m_isFirst = false;
    const std::size_t whole = incompleteTail(m_pending);
    std::string text;
    appendReplacingInvalid(std::string_view(m_pending).substr(0, whole), text);
    m_pending.erase(0, whole);
    return text;
}

std::string StreamDecoder::finish() {
    std::string text;
    appendReplacingInvalid(m_pending, text);
    m_pending.clear();
    m_isFirst = true;
    return text;
}

} // namespace vitrine::lm
