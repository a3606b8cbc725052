// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/addedtokens.hpp"

#include "core/base/utf8.hpp"
#include "core/lm/tokenizer/charclass.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>

namespace vitrine::lm {

namespace {

/// The last character of `text` and where it begins.
std::size_t lastCharacter(std::string_view text, char32_t& value) {
    std::size_t at = text.size() - 1;
    while (at > 0 && continuesCharacter(text[at])) --at;
    value = decodeValidUtf8(text.data() + at).value;
    return at;
}

bool isWordCharacter(char32_t value) {
    if (value == 0x200C || value == 0x200D) return true; // joiners
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(value))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
        return true;
    default:
        return false;
    }
}

bool touchesWord(std::string_view text, std::size_t begin, std::size_t end) {
    char32_t before = 0;
    if (begin > 0) lastCharacter(text.substr(0, begin), before);
    if (begin > 0 && isWordCharacter(before)) return true;
    return end < text.size() && isWordCharacter(decodeValidUtf8(text.data() + end).value);
}

std::size_t skipSpacesBack(std::string_view text, std::size_t from, std::size_t least) {
    while (from > least) {
        char32_t value = 0;
        const std::size_t at = lastCharacter(text.substr(0, from), value);
        if (!isWhiteSpace(value) || at < least) break;
        from = at;
    }
    return from;
}

std::size_t skipSpaces(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const Utf8Scalar scalar = decodeValidUtf8(text.data() + at);
        if (!isWhiteSpace(scalar.value)) break;
        at += scalar.length;
    }
    return at;
}

} // namespace

void AddedTokenFinder::add(const AddedToken& token) {
    std::uint32_t node = 0;
    for (const char byte : token.content) {
        const std::uint64_t key = std::uint64_t(node) << 8U | static_cast<unsigned char>(byte);
        const auto [child, isNew] = m_children.emplace(key, static_cast<std::uint32_t>(m_tokenOf.size()));
        if (isNew) m_tokenOf.push_back(None);
        node = child->second;
    }
    m_tokenOf[node] = static_cast<std::uint32_t>(m_tokens.size());
    m_tokens.push_back(token);
    m_begins[static_cast<unsigned char>(token.content.front())] = true;
    m_onlyFirst = std::count(m_begins.begin(), m_begins.end(), true) == 1
                      ? static_cast<unsigned char>(token.content.front())
                      : -1;
}

bool AddedTokenFinder::longestAt(std::string_view text, std::size_t at, Hit& hit) const {
    std::uint32_t node = 0;
    bool isFound = false;
    for (std::size_t end = at; end < text.size();) {
        const auto child = m_children.find(std::uint64_t(node) << 8U | static_cast<unsigned char>(text[end]));
        if (child == m_children.end()) break;
        node = child->second;
        ++end;
        if (m_tokenOf[node] == None) continue;
        hit = {at, end, m_tokenOf[node]};
        isFound = true;
    }
    return isFound;
}

bool AddedTokenFinder::next(std::string_view text, std::size_t from, Hit& hit) const {
    for (std::size_t at = from; at < text.size(); ++at) {
        if (m_onlyFirst >= 0) {
            const void* found = std::memchr(text.data() + at, m_onlyFirst, text.size() - at);
            if (!found) return false;
            at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        } else if (!m_begins[static_cast<unsigned char>(text[at])]) {
            continue;
        }
        if (longestAt(text, at, hit)) return true;
    }
    return false;
}

std::vector<Stretch> AddedTokenFinder::cut(std::string_view text, bool allowSpecial) const {
    std::vector<Stretch> stretches;
    const auto put = [&](std::size_t begin, std::size_t end, TokenId id) {
        if (begin < end)
            stretches.push_back({{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, id});
    };
    std::size_t done = 0;
    Hit hit;
    for (std::size_t from = 0; !isEmpty() && next(text, from, hit); from = hit.end) {
        const AddedToken& token = m_tokens[hit.token];
        if (token.special && !allowSpecial) continue;
        if (token.singleWord && touchesWord(text, hit.begin, hit.end)) continue;
        std::size_t begin = std::max(hit.begin, done), end = hit.end;
        if (token.lstrip) begin = skipSpacesBack(text, begin, done);
        if (token.rstrip) end = skipSpaces(text, end);
        if (end <= done) continue; // the token before took it along as white space
        put(done, begin, -1);
        put(begin, end, token.id);
        done = end;
    }
    put(done, text.size(), -1);
    return stretches;
}

} // namespace vitrine::lm
