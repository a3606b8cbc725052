// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/session.hpp"

#include <memory>

namespace vitrine::tl {

/// The interactive twin of the room: checks, evaluates and answers questions about the last evaluation on one worker.
///
/// Requests are objects with "request" and, echoed in the reply, "revision":
/// * evaluate {name, text, folder, engine, mode, device, threads, memory, rounds, seed}: parts {"event": "round" |
///   "learning" | "progress", ...}, then the summary (see session_summary.hpp). A newer evaluate stops a running one.
/// * rows {tensor, offset, count, through, only}: a Table page; `through` and `only` pick rounds, 0 is all.
/// * tile {tensor, prefix, top, left, bottom, right, height, width, through}: TensorSnapshot [2, h, w] float32, values
///   and rounds.
/// * labels {tensor, axis, from, count}: {"labels": [...]} of the positions of an axis.
/// * proof {tensor, cells, depth}: a part {"facts", "rules": {line: uses}, ...}, then the tree as a GraphSnapshot.
/// * terms {tensor, position, most}: a Table of text and value, largest first.
/// * graph {name, text, folder}: the program's tensors and strata as a GraphSnapshot; needs no evaluation.
/// * tensor {tensor}, gradient {tensor}: the dense values, at most 2^22 elements.
/// * witnesses {tensor, cells}: {"rules": [{line, join, einsum, count, isExact}]}, the count before the step.
/// \errors VIT-SESSION-001 cancelled, -002 no such request or argument, -003 nothing has been evaluated, -004 no such
/// tensor or cell, -005 internal
[[nodiscard]] std::unique_ptr<Session> makeSession(Session::Sink sink);

} // namespace vitrine::tl
