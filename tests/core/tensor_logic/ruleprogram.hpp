// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/engine.hpp"

#include <map>
#include <set>
#include <string>

/// Rules and facts as a program for the sparse engine, without the checker, and a brute-force evaluation of it to
/// compare with: sets of tuples, nested loops over all tuples, every rule again in every round.
namespace vitrine::test {

using Tuple = std::vector<tl::Cell>;
using TupleTable = std::map<std::string, std::map<Tuple, std::uint32_t>>; ///< relation, tuple, round from 1

/// \param text  rules and facts of the dialect; comparisons over + - * / %, no tensors. Must parse.
[[nodiscard]] std::unique_ptr<tl::Program> ruleProgram(const std::string& text);
/// Adds given rows; makes the relation when the text does not mention it.
void give(tl::Program& program, const std::string& relation, std::uint32_t arity, const std::vector<tl::Cell>& cells);

/// The engine with all given rows inserted and all strata evaluated.
struct Run {
    std::unique_ptr<tl::Program> program;
    std::unique_ptr<tl::sparse::Engine> engine;
    tl::Diagnostics diagnostics;

    [[nodiscard]] std::shared_ptr<const tl::sparse::TupleSet> set(const std::string& relation) const;
    [[nodiscard]] TupleTable tuples() const;                               ///< all relations
    [[nodiscard]] std::uint32_t rounds(const std::string& relation) const; ///< largest of its tuples
};
[[nodiscard]] Run run(std::unique_ptr<tl::Program> program, const tl::EvaluateOptions& options = {},
                      const tl::sparse::Tuning& tuning = {}, tl::Observer* observer = nullptr);
/// Only inserts.
[[nodiscard]] Run load(std::unique_ptr<tl::Program> program, const tl::EvaluateOptions& options = {},
                       const tl::sparse::Tuning& tuning = {}, tl::Observer* observer = nullptr);

/// Tuples and their rounds by definition. Rules whose literals fail at run time are not for it.
[[nodiscard]] TupleTable bruteForce(tl::Program& program);

/// A reader without tensors.
[[nodiscard]] const tl::sparse::TensorReader& noTensors();

} // namespace vitrine::test
