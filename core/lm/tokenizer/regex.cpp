// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <vector>

namespace vitrine::lm {

namespace {

constexpr std::size_t LongestPattern = 1U << 16U;
constexpr std::uint32_t MatchLimit = 20'000'000, DepthLimit = 10'000, HeapLimitKiB = 65'536;
constexpr std::size_t JitStackStart = 32U << 10U, JitStackMost = 8U << 20U;

Error refused(const std::string& where, std::size_t offset, const std::string& reason) {
    return makeError("VIT-TOK-003", "%1: the pattern cannot be used at its byte %2: %3",
                     {where, std::to_string(offset), reason});
}

/// What a back-slash and `letter` become for PCRE2; nullptr: as they are; "": refused.
const char* translated(char letter) {
    switch (letter) {
    case 's':
        return "\\p{White_Space}";
    case 'S':
        return "\\P{White_Space}";
    case 'd':
        return "\\p{Nd}";
    case 'D':
        return "\\P{Nd}";
    case 'p':
    case 'P':
    case 'r':
    case 'n':
    case 't':
    case 'f':
    case 'x':
        return nullptr;
    default:
        break;
    }
    const bool isWord = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                        (letter >= 'A' && letter <= 'Z') || letter == '_';
    return isWord ? "" : nullptr;
}

/// Groups that both engines read alike: plain, (?:, (?i:, (?=, (?!, (?<=, (?<!, (?>, and (?i) alone.
bool isKnownGroup(std::string_view rest) {
    if (!rest.starts_with("(?")) return !rest.starts_with("(*");
    for (const char* known : {"(?:", "(?i:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i)"})
        if (rest.starts_with(known)) return true;
    return false;
}

/// The pattern in PCRE2's words, or why not.
Result<std::string> translate(std::string_view pattern, const std::string& where) {
    std::string out;
    bool inClass = false;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const char c = pattern[at];
        if (c == '\\' && at + 1 < pattern.size()) {
            const char* word = translated(pattern[at + 1]);
            if (word && *word == '\0') return refused(where, at, std::string("\\") + pattern[at + 1]);
            out += word ? std::string(word) : std::string(pattern.substr(at, 2));
            ++at;
            continue;
        }
        if (inClass && (c == '[' || pattern.substr(at).starts_with("&&")))
            return refused(where, at, "a set inside a set");
        if (!inClass && c == '(' && !isKnownGroup(pattern.substr(at)))
            return refused(where, at, std::string(pattern.substr(at, 3)));
        if (c == '[' && !inClass) {
            inClass = true;
            out += c;
            if (at + 1 < pattern.size() && pattern[at + 1] == '^') out += pattern[++at];
            if (at + 1 < pattern.size() && pattern[at + 1] == ']') return refused(where, at, "an empty set");
            continue;
        }
        if (c == ']') inClass = false;
        out += c;
    }
    return out;
}

struct Scratch {
    pcre2_match_data* data = pcre2_match_data_create(1, nullptr);
    pcre2_match_context* context = pcre2_match_context_create(nullptr);
    pcre2_jit_stack* stack = pcre2_jit_stack_create(JitStackStart, JitStackMost, nullptr);

    Scratch() {
        pcre2_set_match_limit(context, MatchLimit);
        pcre2_set_depth_limit(context, DepthLimit);
        pcre2_set_heap_limit(context, HeapLimitKiB);
        pcre2_jit_stack_assign(context, nullptr, stack);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        pcre2_match_data_free(data);
        pcre2_match_context_free(context);
        pcre2_jit_stack_free(stack);
    }
};

std::string messageOf(int number) {
    std::array<PCRE2_UCHAR, 256> buffer{};
    pcre2_get_error_message(number, buffer.data(), buffer.size());
    return reinterpret_cast<const char*>(buffer.data());
}

} // namespace

struct Regex::Code {
    pcre2_code* code = nullptr;
    Code() = default;
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;
    ~Code() { pcre2_code_free(code); }
};

Regex::Regex(std::unique_ptr<Code> code) : m_code(std::move(code)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view pattern, const std::string& where) {
    if (pattern.empty()) return refused(where, 0, "it is empty");
    if (pattern.size() > LongestPattern) return refused(where, LongestPattern, "it is too long");
    auto words = translate(pattern, where);
    if (!words) return words.error();
    const std::unique_ptr<pcre2_compile_context, void (*)(pcre2_compile_context*)> context(
        pcre2_compile_context_create(nullptr), pcre2_compile_context_free);
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(context.get(), 100);
    // Oniguruma's ^ and $ also stand at line ends.
    constexpr std::uint32_t Options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
    auto code = std::make_unique<Code>();
    int number = 0;
    PCRE2_SIZE offset = 0;
    code->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(words->data()), words->size(), Options, &number, &offset,
                               context.get());
    if (!code->code) return refused(where, offset, messageOf(number));
    // Without JIT (another processor) the interpreter does the same more slowly.
    static_cast<void>(pcre2_jit_compile(code->code, PCRE2_JIT_COMPLETE));
    return Regex(std::move(code));
}

Result<std::optional<MatchRange>> Regex::find(std::string_view text, std::size_t from) const {
    thread_local const Scratch scratch;
    const int number = pcre2_match(m_code->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                   PCRE2_NO_UTF_CHECK, scratch.data, scratch.context);
    if (number == PCRE2_ERROR_NOMATCH) return std::optional<MatchRange>();
    if (number < 0)
        return makeError("VIT-TOK-004", "The split pattern of the tokenizer gave up at byte %1 of the text: %2",
                         {std::to_string(from), messageOf(number)});
    const PCRE2_SIZE* range = pcre2_get_ovector_pointer(scratch.data);
    // \K cannot occur, so a match never ends before it begins.
    return std::optional<MatchRange>({range[0], range[1]});
}

} // namespace vitrine::lm
