// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/chaincontext.hpp"

/// The two evaluations of chain rules by rows. Both start from base facts in the stores, keep the rounds of semi-naive
/// evaluation for every tuple and leave RowsSets; a row belongs to one thread at a time.
namespace vitrine::tl::sparse {

/// Rounds of all relations of a stratum: what the reports show.
struct RowRound {
    std::uint32_t round = 0;
    std::vector<std::uint64_t> delta, joined; ///< by relation
    double seconds = 0;
};

struct RowResult {
    std::vector<std::shared_ptr<RowTable>> tables; ///< by relation
};

/// Hears of each complete round. May throw Refused: the round before is then the last.
using OnRowRound = std::function<void(const RowRound&, std::int64_t bytes)>;

/// Every recursive relation keeps its first argument: one search for each source with a bitmap of what it has seen.
/// Sources advance together in blocks of rounds, so that a stop leaves complete rounds. \errors throws Stopped, Refused
void runBySource(Database& database, const ChainContext& context, RowResult& result, const OnRowRound& onRound);

/// Round after round, a row at a time: products of the rows that the delta touches. \errors throws Stopped, Refused
void runRowRounds(Database& database, const ChainContext& context, RowResult& result, const OnRowRound& onRound);

/// Runs `work(thread)` on as many threads, the first being this one; rethrows what the first of them throws.
void onThreads(int threads, const std::function<void(int)>& work);

} // namespace vitrine::tl::sparse
