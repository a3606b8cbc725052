// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"

#include <memory>
#include <set>

namespace vitrine::tl {

inline constexpr std::uint64_t MaxTraceBytes = 64ULL << 20;

/// A past run as an evaluation: rows, tiles, values, rounds. It proves nothing and has no gradients.
struct LoadedTrace {
    std::shared_ptr<const Evaluation> evaluation;
    std::shared_ptr<const Program> program; ///< the text parsed again, with the sizes of the run; no data
    Json answers = Json::array();           ///< as traceOf wrote them
    std::set<TensorId> cut;                 ///< tensors of which the trace has a part, or the shape only
    bool hasProgram = false;                ///< false: a trace without the text
};

/// Reads what traceOf wrote. Nothing in the file is trusted: types, ranges, sizes and counts are checked.
/// \errors VIT-SESSION-007 with the place of what is wrong
[[nodiscard]] Result<LoadedTrace> readTrace(const Json& trace);

} // namespace vitrine::tl
