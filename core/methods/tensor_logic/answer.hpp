// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace vitrine::tl {

struct AnswerOptions {
    bool all = false;                     ///< print more than 10,000 lines
    std::filesystem::path folder;         ///< where relative output files go
    bool writeFiles = true;               ///< false: show them, write nothing (the window's evaluate)
};

/// One answer in canonical text (digest 2.8).
struct Answer {
    std::uint32_t statement = 0;
    std::string heading;                  ///< "R(Alice, x)? 2", "Y = 1.2", "wrote out.csv"
    std::uint64_t count = 0;
    std::string lines;                    ///< indented, newline after each
    bool isCut = false;
};

/// Answers of all queries and writes in source order, handed over one at a time.
/// \errors E-RANGE of a query against a domain that was sized at run time, E-FILE.
[[nodiscard]] Diagnostics answer(const Evaluation& evaluation, const AnswerOptions& options,
                                 const std::function<void(const Answer&)>& take);

/// Numbers as printed: integers of magnitude below 2^53 exactly, else %.6g; never "-0".
[[nodiscard]] std::string formatNumber(double value);
[[nodiscard]] std::string formatNumber(std::int64_t value);

} // namespace vitrine::tl
