// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/alignment.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

/// One change of the text before it is cut.
enum class NormalStep : std::uint8_t {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
    Lowercase,       ///< character by character, without regard to the word
    StripMarks,      ///< drop combining marks (M)
    StripNonspacing, ///< NFD, then drop nonspacing marks (Mn): BERT's accents
    BertClean,       ///< drop controls, formats and private characters; white space becomes spaces
    BertIdeographs,  ///< spaces around CJK ideographs
    PrefixSpace      ///< a space in front unless there is one
};

/// A text after normalisation, and the way back to the bytes before it.
struct NormalizedText {
    std::string_view text = {}; ///< of the input or of `storage`
    std::string storage = {};
    std::vector<Alignment> alignments = {}; ///< one a step that changed something, in order

    NormalizedText() = default;
    NormalizedText(const NormalizedText&) = delete; // `text` may point into `storage`
    NormalizedText& operator=(const NormalizedText&) = delete;

    [[nodiscard]] std::uint32_t sourceBegin(std::uint32_t at) const;
    [[nodiscard]] std::uint32_t sourceEnd(std::uint32_t at) const;
};

class Normalizer {
  public:
    Normalizer() = default;
    explicit Normalizer(std::vector<NormalStep> steps) : m_steps(std::move(steps)) {}
    void add(NormalStep step) { m_steps.push_back(step); }
    /// For reports: "NFC", "BERT, lower case", "none".
    [[nodiscard]] std::string name() const;

    /// \param text valid UTF-8, which must outlive `out`. \cost linear; text that is in order already is not copied
    void apply(std::string_view text, NormalizedText& out) const;

  private:
    std::vector<NormalStep> m_steps;
};

} // namespace vitrine::lm
