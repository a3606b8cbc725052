// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace vitrine::lm {

/// Collects what is wrong with the fields of options, one error a field. \errors VIT-LM-230
class FieldProblems {
  public:
    /// \param range  message id of what the value must be
    template <typename Number>
    void need(bool isGood, const char* field, Number value, const char* range) {
        if (!isGood) add(field, std::to_string(value), range);
    }
    [[nodiscard]] std::vector<Error> take() { return std::move(m_problems); }

  private:
    void add(const char* field, std::string value, const char* range);

    std::vector<Error> m_problems;
};

} // namespace vitrine::lm
