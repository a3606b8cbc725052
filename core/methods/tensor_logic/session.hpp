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
/// * plan {line, [name, text, folder]}: a part {"line", "items": [rule or equation]}, then the orders of joins and the
///   trees of contractions as a GraphSnapshot. A rule: {"kind": "rule", "head", "text", "what", "reason", "arguments",
///   "orders": [{"delta", "engine", "runs", "steps": [{"kind", "literal", "relation", "bound", "isDelta", "isNegated",
///   "fanOut", "estimated", "joined"}]}]}; "joined" is there when rows were seen. An equation: {"kind": "equation",
///   "head", "text", "what", "reason", "arguments", "flops", "peakBytes", "inputBytes", "resultBytes", "products":
///   [{"einsum", "flops", "writtenFlops", "tuples", "operands", "steps"}]}. With a text that was not evaluated the
///   sizes of its data decide. Node ids are "item.order.number"; details "shape|cells|flops" or
///   "bound|estimated|joined".
/// * goals {query, most, [name, text, folder]}: backward chaining of one query: a part {"query", "shown", "cap",
///   "allGoals", "allAnswers", "isCut", "isForward", "goals": [{"step", "round", "tensor", "label", "answers",
///   "memoHits", "value"}]}, then the calls as a GraphSnapshot: node ids are step numbers, edges of kind "plain" make
///   their goal, those of kind "memo" found its table. At most 2,000 goals, those made first.
/// * load {trace, [folder]}: the trace.json of a past run, at most 64 MiB, in place of an evaluation; replies the
///   summary with "isTrace". Proofs, terms and plans evaluate its program anew when first asked for.
/// * witnesses {tensor, cells}: {"rules": [{line, join, einsum, count, isExact}]}, the count before the step.
/// \errors VIT-SESSION-001 cancelled, -002 no such request or argument, -003 nothing has been evaluated, -004 no such
/// tensor or cell, -005 internal, -006 the program has errors, -007 the trace cannot be read
[[nodiscard]] std::unique_ptr<Session> makeSession(Session::Sink sink);

} // namespace vitrine::tl
