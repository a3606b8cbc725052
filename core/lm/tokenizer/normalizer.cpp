// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/normalizer.hpp"

#include "core/base/utf8.hpp"
#include "core/lm/tokenizer/charclass.hpp"

#include <utf8proc.h>

#include <array>

namespace vitrine::lm {

namespace {

std::uint32_t narrow(std::size_t value) {
    return static_cast<std::uint32_t>(value);
}

bool isMark(utf8proc_category_t category) {
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

utf8proc_category_t categoryOf(char32_t value) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(value));
}

// --- Unicode normal forms ------------------------------------------------------------------------------------------

struct Form {
    bool compose = false, compatible = false;
    [[nodiscard]] utf8proc_option_t options() const {
        const int base = compose ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
        return static_cast<utf8proc_option_t>(base | UTF8PROC_STABLE | (compatible ? UTF8PROC_COMPAT : 0));
    }
};

/// Characters that no normal form of `form` changes and with which nothing before them combines.
bool isInert(char32_t value, const Form& form) {
    if (value < 0x80) return true;
    if (form.compose && !form.compatible)
        return value < 0x300 || (value >= 0x4E00 && value < 0xA000) || (value >= 0x3041 && value < 0x3097) ||
               (value >= 0x410 && value < 0x450);
    return value >= 0x4E00 && value < 0xA000;
}

bool isTrailingJamo(utf8proc_int32_t value) {
    return (value >= 0x1160 && value <= 0x11FF) || (value >= 0xD7B0 && value <= 0xD7FF);
}

/// Whether a normal form may be taken apart before `value`: it neither combines with nor is ordered among what
/// precedes.
bool beginsSegment(char32_t value, const Form& form) {
    if (isInert(value, form)) return true;
    std::array<utf8proc_int32_t, 32> parts{};
    int boundary = 0;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | (form.compatible ? UTF8PROC_COMPAT : 0));
    const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(value), parts.data(),
                                               static_cast<utf8proc_ssize_t>(parts.size()), options, &boundary);
    if (count < 1 || count > static_cast<utf8proc_ssize_t>(parts.size())) return false;
    return !isMark(utf8proc_category(parts[0])) && !isTrailingJamo(parts[0]);
}

/// The normal form of one segment, appended.
void appendForm(std::string_view segment, const Form& form, std::string& out) {
    std::vector<utf8proc_int32_t> buffer(segment.size() * 18 + 4); // no character decomposes into more than 18
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(segment.data());
    const auto count = utf8proc_decompose(bytes, static_cast<utf8proc_ssize_t>(segment.size()), buffer.data(),
                                          static_cast<utf8proc_ssize_t>(buffer.size()), form.options());
    if (count < 0) {
        out += segment;
        return;
    }
    const auto kept = utf8proc_normalize_utf32(buffer.data(), count, form.options());
    for (utf8proc_ssize_t i = 0; i < kept; ++i)
        appendUtf8(out, static_cast<char32_t>(buffer[static_cast<std::size_t>(i)]));
}

/// The first byte that a normal form could change (going back to where its segment begins), or npos.
std::size_t firstToLookAt(std::string_view text, const Form& form) {
    std::size_t last = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Scalar scalar = decodeValidUtf8(text.data() + at);
        if (!isInert(scalar.value, form)) return beginsSegment(scalar.value, form) ? at : last;
        last = at;
        at += scalar.length;
    }
    return std::string_view::npos;
}

bool applyForm(std::string_view text, const Form& form, std::string& out, Alignment& alignment) {
    std::size_t at = firstToLookAt(text, form);
    if (at == std::string_view::npos) return false;
    out.assign(text.substr(0, at));
    std::string part;
    while (at < text.size()) {
        std::size_t end = at + decodeValidUtf8(text.data() + at).length;
        while (end < text.size()) {
            const Utf8Scalar next = decodeValidUtf8(text.data() + end);
            if (beginsSegment(next.value, form)) break;
            end += next.length;
        }
        const std::string_view segment = text.substr(at, end - at);
        if (segment.size() == 1) {
            out += segment;
        } else {
            part.clear();
            appendForm(segment, form, part);
            if (part != segment)
                alignment.add(narrow(out.size()), narrow(out.size() + part.size()), narrow(at), narrow(end));
            out += part;
        }
        at = end;
    }
    return !alignment.isIdentity();
}

// --- character by character ----------------------------------------------------------------------------------------

/// Writes what `change(value, out)` makes of each character.
template <class Change>
bool applyEach(std::string_view text, std::string& out, Alignment& alignment, Change change) {
    out.clear();
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Scalar scalar = decodeValidUtf8(text.data() + at);
        const std::size_t before = out.size();
        change(scalar.value, out);
        if (std::string_view(out).substr(before) != text.substr(at, scalar.length))
            alignment.add(narrow(before), narrow(out.size()), narrow(at), narrow(at + scalar.length));
        at += scalar.length;
    }
    return !alignment.isIdentity();
}

void lowerCase(char32_t value, std::string& out) {
    if (value == 0x130) { // the one letter whose small form is two characters
        out += "i\xCC\x87";
        return;
    }
    appendUtf8(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(value))));
}

bool isControl(char32_t value) {
    if (value == '\t' || value == '\n' || value == '\r') return false;
    switch (categoryOf(value)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
        return true;
    default:
        return false;
    }
}

void bertClean(char32_t value, std::string& out) {
    if (value == 0 || value == 0xFFFD || isControl(value)) return;
    appendUtf8(out, isWhiteSpace(value) ? U' ' : value);
}

bool isIdeograph(char32_t value) {
    struct Block {
        char32_t first, last;
    };
    // The blocks that BERT's own code lists.
    static constexpr std::array<Block, 8> blocks{{{0x4E00, 0x9FFF},
                                                  {0x3400, 0x4DBF},
                                                  {0x20000, 0x2A6DF},
                                                  {0x2A700, 0x2B73F},
                                                  {0x2B740, 0x2B81F},
                                                  {0x2B920, 0x2CEAF},
                                                  {0xF900, 0xFAFF},
                                                  {0x2F800, 0x2FA1F}}};
    for (const Block& block : blocks)
        if (value >= block.first && value <= block.last) return true;
    return false;
}

void spaceIdeograph(char32_t value, std::string& out) {
    if (!isIdeograph(value)) return appendUtf8(out, value);
    out += ' ';
    appendUtf8(out, value);
    out += ' ';
}

template <class IsDropped>
auto dropping(IsDropped isDropped) {
    return [isDropped](char32_t value, std::string& out) {
        if (value < 0x80 || !isDropped(categoryOf(value))) appendUtf8(out, value);
    };
}

bool prefixSpace(std::string_view text, std::string& out, Alignment& alignment) {
    if (text.empty() || text.front() == ' ') return false;
    out = " ";
    out += text;
    alignment.add(0, 1, 0, 0);
    return true;
}

/// Runs one step on the text as it stands.
template <class Work>
void runStep(NormalizedText& state, Work work) {
    std::string out;
    Alignment alignment;
    if (!work(state.text, out, alignment)) return;
    state.storage = std::move(out);
    state.text = state.storage;
    state.alignments.push_back(std::move(alignment));
}

void runForm(NormalizedText& state, Form form) {
    runStep(state, [form](std::string_view in, std::string& out, Alignment& a) { return applyForm(in, form, out, a); });
}

template <class Change>
void runEach(NormalizedText& state, Change change) {
    runStep(state,
            [change](std::string_view in, std::string& out, Alignment& a) { return applyEach(in, out, a, change); });
}

void run(NormalStep step, NormalizedText& state) {
    switch (step) {
    case NormalStep::Nfc:
        return runForm(state, {true, false});
    case NormalStep::Nfd:
        return runForm(state, {false, false});
    case NormalStep::Nfkc:
        return runForm(state, {true, true});
    case NormalStep::Nfkd:
        return runForm(state, {false, true});
    case NormalStep::Lowercase:
        return runEach(state, lowerCase);
    case NormalStep::StripMarks:
        return runEach(state, dropping(isMark));
    case NormalStep::StripNonspacing:
        runForm(state, {false, false});
        return runEach(state, dropping([](utf8proc_category_t c) { return c == UTF8PROC_CATEGORY_MN; }));
    case NormalStep::BertClean:
        return runEach(state, bertClean);
    case NormalStep::BertIdeographs:
        return runEach(state, spaceIdeograph);
    case NormalStep::PrefixSpace:
        return runStep(state, prefixSpace);
    }
}

const char* nameOf(NormalStep step) {
    static constexpr std::array<const char*, 10> names{
        "NFC", "NFD", "NFKC", "NFKD", "lower case", "no marks", "no accents", "BERT clean", "BERT CJK", "prefix space"};
    return names[static_cast<std::size_t>(step)];
}

} // namespace

std::uint32_t NormalizedText::sourceBegin(std::uint32_t at) const {
    for (auto each = alignments.rbegin(); each != alignments.rend(); ++each) at = each->begin(at);
    return at;
}

std::uint32_t NormalizedText::sourceEnd(std::uint32_t at) const {
    for (auto each = alignments.rbegin(); each != alignments.rend(); ++each) at = each->end(at);
    return at;
}

std::string Normalizer::name() const {
    std::string text;
    for (const NormalStep step : m_steps) text += (text.empty() ? "" : ", ") + std::string(nameOf(step));
    return text.empty() ? "none" : text;
}

void Normalizer::apply(std::string_view text, NormalizedText& out) const {
    out.text = text;
    out.alignments.clear();
    for (const NormalStep step : m_steps) run(step, out);
}

} // namespace vitrine::lm
