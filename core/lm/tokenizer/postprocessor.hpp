// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/tokenizer.hpp"

#include <vector>

namespace vitrine::lm {

/// One place of a template: special tokens, or a text.
struct TemplatePlace {
    enum class Kind { Special, First, Second } kind = Kind::First;
    std::vector<TokenId> ids = {}; ///< of Special
    std::uint8_t type = 0;
};

/// What is written around one text, and around two; empty: nothing around one, two are not possible.
struct PostTemplate {
    std::vector<TemplatePlace> single = {};
    std::vector<TemplatePlace> pair = {};

    /// Ids in front of the first text of `single`.
    [[nodiscard]] std::vector<TokenId> leading() const {
        std::vector<TokenId> ids;
        for (const TemplatePlace& place : single) {
            if (place.kind != TemplatePlace::Kind::Special) break;
            ids.insert(ids.end(), place.ids.begin(), place.ids.end());
        }
        return ids;
    }
};

} // namespace vitrine::lm
