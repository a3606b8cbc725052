// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/regex.hpp"
#include "core/lm/tokenizer/scanners.hpp"
#include "core/lm/tokenizer/tokenizer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

/// What becomes of the matches of a split.
enum class SplitBehavior { Isolated, Removed, MergedWithPrevious, MergedWithNext, Contiguous };

enum class CutKind {
    Known,      ///< a pattern with a scanner; isolated
    Pattern,    ///< any pattern
    Literal,    ///< a fixed text
    Digits,     ///< Unicode N, each alone or in runs
    Bert,       ///< white space removed, each punctuation mark alone
    WhiteSpace, ///< white space removed
    Punctuation ///< ASCII or Unicode punctuation
};

/// One cut of the pieces into smaller ones.
struct Cut {
    CutKind kind = CutKind::Known;
    KnownPattern known = KnownPattern::Gpt2;
    std::optional<Regex> regex = {};
    std::string literal = {};
    SplitBehavior behavior = SplitBehavior::Isolated;
    bool invert = false; ///< the matches are what lies between
};

/// Cuts a text into the pieces in which a model works, cut after cut.
class PreTokenizer {
  public:
    void add(Cut cut) { m_cuts.push_back(std::move(cut)); }
    [[nodiscard]] std::string name() const;
    /// Set when one scanner does it all: pieces can then be asked for one after the other.
    [[nodiscard]] std::optional<KnownPattern> onlyScanner() const;
    /// Appends the pieces of `text` (valid UTF-8), none of them empty. \errors VIT-TOK-004
    [[nodiscard]] Status cut(std::string_view text, std::vector<ByteRange>& pieces) const;

  private:
    std::vector<Cut> m_cuts;
};

} // namespace vitrine::lm
