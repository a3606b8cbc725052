// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/tables.hpp"

namespace vitrine::tl::sparse {

/// The subgoals that a finished evaluation of tables made, and who called whom, for people. The calls are joined anew
/// from the subgoals that are shown.
/// \param root  the table of the query
/// \param most  goals shown, those made first
[[nodiscard]] GoalTree readGoals(Database& database, FailureSink& failures, const Tables& tables,
                                 const Tables::Table& root, std::size_t most);

/// A query of tuples that are all known: one goal.
[[nodiscard]] GoalTree givenGoal(TensorId relation, std::span<const Cell> pattern, std::uint32_t boundMask,
                                 std::uint64_t answers);

} // namespace vitrine::tl::sparse
