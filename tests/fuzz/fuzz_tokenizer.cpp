// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/load.hpp"
#include "core/base/utf8.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace vitrine::lm;

/// A tokenizer.json, then (behind the first NUL) a text for it. A tokenizer that loads must survive any text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = all.find('\0');
    const auto tokenizer = tokenizerFromJson(all.substr(0, cut));
    if (!tokenizer) return 0;
    const std::string_view text = cut == std::string_view::npos ? all : all.substr(cut + 1);
    for (const bool special : {false, true}) {
        const auto encoding = (*tokenizer)->encode(text, {.allowSpecial = special, .addBos = special});
        if (!encoding) continue;
        if (encoding->ranges.size() != encoding->ids.size()) std::abort();
        for (const ByteRange& range : encoding->ranges)
            if (range.begin > range.end || range.end > text.size()) std::abort();
        const std::string decoded = (*tokenizer)->decode(encoding->ids, special);
        if (findInvalidUtf8(decoded) != std::string_view::npos) std::abort();
        StreamDecoder stream(**tokenizer, special);
        std::string streamed;
        for (const TokenId id : encoding->ids) streamed += stream.push(id);
        if (streamed + stream.finish() != decoded) std::abort();
    }
    return 0;
}
