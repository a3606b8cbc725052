// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace vitrine::tl {

inline constexpr std::uint64_t MaxAnswerLines = 10000; ///< printed without AnswerOptions::all

struct AnswerOptions {
    bool all = false;             ///< print more than 10,000 lines
    std::filesystem::path folder; ///< where relative output files go
    bool writeFiles = true;       ///< false: show them, write nothing (the window's evaluate)
    bool filesOnly = false;       ///< write the files, answer no query
    std::uint32_t from = 0;       ///< statements before this one are skipped
    std::size_t partBytes = 0;    ///< with `all`: hand long answers over in parts of about this size; 0: whole
    std::stop_token stop{};       ///< ends before the next answer, or within one, which is then dropped
};

/// One answer in canonical text (digest 2.8).
struct Answer {
    std::uint32_t statement = 0;
    std::string heading;      ///< "R(Alice, x)? 2", "Y = 1.2", "wrote out.csv"
    std::uint64_t count = 0;  ///< answers, or lines of the file
    std::string lines;        ///< indented, newline after each
    bool isCut = false;       ///< the lines are left out because there are too many
    bool isContinued = false; ///< more lines of the answer before; no heading
};

/// Answers of all queries and writes in source order, handed over one at a time. Nothing is handed over when a query
/// is out of range.
/// \errors E-RANGE of a query against a domain that was sized at run time, E-FILE.
/// \cost   lines that are cut are not formatted. Constants in the first arguments of a relation: O(log n) rows,
/// elsewhere
///         one pass over its rows
[[nodiscard]] Diagnostics answer(const Evaluation& evaluation, const AnswerOptions& options,
                                 const std::function<void(const Answer&)>& take);

/// Numbers as printed: integers of magnitude below 2^53 exactly, else %.6g; never "-0". Independent of the locale.
[[nodiscard]] std::string formatNumber(double value);
[[nodiscard]] std::string formatNumber(std::int64_t value);

} // namespace vitrine::tl
