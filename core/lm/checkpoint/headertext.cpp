// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/headertext.hpp"

#include "core/base/utf8.hpp"

namespace vitrine::lm {

namespace {

constexpr std::size_t MaxWord = 64;

bool isBlank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool isPunctuation(char c) {
    return c == ':' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

/// The byte after a string that begins at `at` (behind its quote); text.size() when it does not end.
std::size_t endOfString(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return at < text.size() ? at + 1 : text.size();
}

} // namespace

std::optional<HeaderFault> checkHeaderText(std::string_view text) {
    if (const std::size_t at = findInvalidUtf8(text); at != std::string_view::npos)
        return HeaderFault{HeaderFault::Kind::NotUtf8, at};
    int depth = 0;
    std::size_t word = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            const std::size_t end = endOfString(text, at + 1);
            if (end - at > MaxHeaderString) return HeaderFault{HeaderFault::Kind::TooLong, at};
            at = end - 1;
            word = 0;
        } else if (isBlank(c) || isPunctuation(c)) {
            if ((c == '[' || c == '{') && ++depth > MaxHeaderDepth) return HeaderFault{HeaderFault::Kind::TooDeep, at};
            if (c == ']' || c == '}') --depth;
            word = 0;
        } else if (++word > MaxWord) {
            return HeaderFault{HeaderFault::Kind::TooLong, at};
        }
    }
    return std::nullopt;
}

} // namespace vitrine::lm
