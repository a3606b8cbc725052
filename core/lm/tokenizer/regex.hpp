// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::lm {

struct MatchRange {
    std::size_t begin = 0, end = 0;
};

/// A pattern of a tokenizer file, run by PCRE2 (UTF, Unicode properties, JIT) with limits on steps and memory.
///
/// Files are written for Oniguruma. What both read alike is passed on; \s and \S mean White_Space as there; what they
/// read differently (\h, \w, \b, nested classes, verbs, inline flags other than i) is refused.
/// One object may be used by several threads.
class Regex {
  public:
    /// \param where JSON path for the error. \errors VIT-TOK-003
    [[nodiscard]] static Result<Regex> compile(std::string_view pattern, const std::string& where);
    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;
    ~Regex();

    /// The first match that begins at or after `from`; nothing when there is none.
    /// \param text valid UTF-8. \errors VIT-TOK-004 when the limits are reached
    [[nodiscard]] Result<std::optional<MatchRange>> find(std::string_view text, std::size_t from) const;

  private:
    struct Code;
    explicit Regex(std::unique_ptr<Code> code);
    std::unique_ptr<Code> m_code;
};

} // namespace vitrine::lm
