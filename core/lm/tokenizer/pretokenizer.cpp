// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/pretokenizer.hpp"

#include "core/base/utf8.hpp"
#include "core/lm/tokenizer/charclass.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace vitrine::lm {

namespace {

/// A stretch of one piece and whether the pattern matched it.
struct Part {
    std::size_t begin = 0, end = 0;
    bool isMatch = false;
};

using Parts = std::vector<Part>;

void addMatch(Parts& parts, std::size_t& done, std::size_t begin, std::size_t end) {
    if (done < begin) parts.push_back({done, begin, false});
    parts.push_back({begin, end, true});
    done = end;
}

void addRest(Parts& parts, std::size_t done, std::size_t size) {
    if (done < size) parts.push_back({done, size, false});
}

/// All matches from the left, each behind the one before; an empty one does not follow at the same place.
Status matchPattern(const Regex& regex, std::string_view text, Parts& parts) {
    std::size_t from = 0, done = 0;
    std::optional<std::size_t> lastEnd;
    while (from <= text.size()) {
        const auto found = regex.find(text, from);
        if (!found) return found.error();
        if (!*found) break;
        const MatchRange match = **found;
        if (match.begin == match.end && lastEnd == match.end) {
            from += from < text.size() ? decodeValidUtf8(text.data() + from).length : 1;
            continue;
        }
        addMatch(parts, done, match.begin, match.end);
        from = match.end;
        lastEnd = match.end;
    }
    addRest(parts, done, text.size());
    return {};
}

void matchLiteral(const std::string& literal, std::string_view text, Parts& parts) {
    std::size_t done = 0;
    for (std::size_t at = text.find(literal); at != std::string_view::npos; at = text.find(literal, done))
        addMatch(parts, done, at, at + literal.size());
    addRest(parts, done, text.size());
}

template <class IsMatch>
void matchCharacters(std::string_view text, Parts& parts, IsMatch isMatch) {
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Scalar scalar = decodeValidUtf8(text.data() + at);
        if (isMatch(scalar.value)) addMatch(parts, done, at, at + scalar.length);
        at += scalar.length;
    }
    addRest(parts, done, text.size());
}

bool isPunctuation(char32_t value) {
    if (value < 0x80)
        return (value >= 33 && value <= 47) || (value >= 58 && value <= 64) || (value >= 91 && value <= 96) ||
               (value >= 123 && value <= 126);
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(value));
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

/// Parts to pieces of the behaviour asked for, at `offset` of the whole text.
class PieceWriter {
  public:
    PieceWriter(std::vector<ByteRange>& out, std::size_t offset) : m_out(out), m_offset(offset) {}

    void write(Parts& parts, SplitBehavior behavior) {
        switch (behavior) {
        case SplitBehavior::Isolated:
            for (const Part& part : parts) put(part);
            break;
        case SplitBehavior::Removed:
            for (const Part& part : parts)
                if (!part.isMatch) put(part);
            break;
        case SplitBehavior::Contiguous:
            return join(parts, [](const Part& before, const Part& part) { return before.isMatch == part.isMatch; });
        case SplitBehavior::MergedWithPrevious:
            return join(parts, [](const Part& before, const Part& part) { return part.isMatch && !before.isMatch; });
        case SplitBehavior::MergedWithNext:
            return join(parts, [](const Part& before, const Part& part) { return before.isMatch && !part.isMatch; });
        }
    }

  private:
    void put(const Part& part) {
        if (part.begin < part.end)
            m_out.push_back(
                {static_cast<std::uint32_t>(m_offset + part.begin), static_cast<std::uint32_t>(m_offset + part.end)});
    }
    /// Joins each part to the piece before it when `belongs` says so of it and the part before.
    template <class Belongs>
    void join(const Parts& parts, Belongs belongs) {
        Part open;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (i > 0 && belongs(parts[i - 1], parts[i])) {
                open.end = parts[i].end;
                continue;
            }
            if (i > 0) put(open);
            open = parts[i];
        }
        if (!parts.empty()) put(open);
    }
    std::vector<ByteRange>& m_out;
    std::size_t m_offset;
};

Status findParts(const Cut& cut, std::string_view text, Parts& parts) {
    switch (cut.kind) {
    case CutKind::Pattern:
        return matchPattern(*cut.regex, text, parts);
    case CutKind::Literal:
        matchLiteral(cut.literal, text, parts);
        break;
    case CutKind::Digits:
        matchCharacters(text, parts, [](char32_t c) { return CharClasses::instance().of(c) == CharClass::Number; });
        break;
    case CutKind::Punctuation:
        matchCharacters(text, parts, isPunctuation);
        break;
    case CutKind::WhiteSpace:
    case CutKind::Bert:
    case CutKind::Known:
        matchCharacters(text, parts, isWhiteSpace);
        break;
    }
    return {};
}

void cutKnown(KnownPattern pattern, std::string_view text, std::size_t offset, std::vector<ByteRange>& out) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = nextPiece(pattern, text, at);
        out.push_back({static_cast<std::uint32_t>(offset + at), static_cast<std::uint32_t>(offset + end)});
        at = end;
    }
}

void cutBert(std::string_view text, std::size_t offset, std::vector<ByteRange>& out) {
    Parts words;
    matchCharacters(text, words, isWhiteSpace);
    for (const Part& word : words) {
        if (word.isMatch) continue;
        Parts parts;
        matchCharacters(text.substr(word.begin, word.end - word.begin), parts, isPunctuation);
        PieceWriter(out, offset + word.begin).write(parts, SplitBehavior::Isolated);
    }
}

Status cutPiece(const Cut& cut, std::string_view text, std::size_t offset, std::vector<ByteRange>& out) {
    if (cut.kind == CutKind::Known) {
        cutKnown(cut.known, text, offset, out);
        return {};
    }
    if (cut.kind == CutKind::Bert) {
        cutBert(text, offset, out);
        return {};
    }
    Parts parts;
    if (Status status = findParts(cut, text, parts); !status) return status;
    if (cut.invert)
        for (Part& part : parts) part.isMatch = !part.isMatch;
    PieceWriter(out, offset).write(parts, cut.behavior);
    return {};
}

const char* nameOf(const Cut& cut) {
    switch (cut.kind) {
    case CutKind::Known:
        return patternName(cut.known);
    case CutKind::Pattern:
        return "pattern";
    case CutKind::Literal:
        return "literal";
    case CutKind::Digits:
        return cut.behavior == SplitBehavior::Isolated ? "each digit" : "digits";
    case CutKind::Bert:
        return "BERT";
    case CutKind::WhiteSpace:
        return "white space";
    case CutKind::Punctuation:
        break;
    }
    return "punctuation";
}

} // namespace

std::string PreTokenizer::name() const {
    std::string text;
    for (const Cut& cut : m_cuts) text += (text.empty() ? "" : ", ") + std::string(nameOf(cut));
    return text.empty() ? "none" : text;
}

std::optional<KnownPattern> PreTokenizer::onlyScanner() const {
    if (m_cuts.size() != 1 || m_cuts[0].kind != CutKind::Known) return std::nullopt;
    return m_cuts[0].known;
}

Status PreTokenizer::cut(std::string_view text, std::vector<ByteRange>& pieces) const {
    if (text.empty()) return {};
    std::vector<ByteRange> current{{0, static_cast<std::uint32_t>(text.size())}}, next;
    for (const Cut& cut : m_cuts) {
        next.clear();
        for (const ByteRange& piece : current)
            if (Status status = cutPiece(cut, text.substr(piece.begin, piece.end - piece.begin), piece.begin, next);
                !status)
                return status;
        current.swap(next);
    }
    pieces.insert(pieces.end(), current.begin(), current.end());
    return {};
}

} // namespace vitrine::lm
