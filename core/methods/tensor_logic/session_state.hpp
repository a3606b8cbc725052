// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/experiment/session.hpp"
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"

#include <functional>
#include <memory>
#include <stop_token>

/// Private to the session.
namespace vitrine::tl::session {

/// What is kept from one request to the next.
struct State {
    std::shared_ptr<const Evaluation> evaluation;
    std::shared_ptr<const Program> program;
    std::string folder;   ///< of the program's files
    bool isTrace = false; ///< the evaluation is what a past run left
    /// Of a trace: its program evaluated anew, once somebody asks for what the trace lacks.
    mutable std::shared_ptr<const Evaluation> again;
};

/// One request under way.
struct Call {
    const Json& payload;
    std::stop_token stop;
    std::function<void(ReplyValue)> part; ///< sends a reply that is not the last

    [[nodiscard]] std::int64_t integer(const char* key, std::int64_t fallback) const;
    [[nodiscard]] std::string text(const char* key, const std::string& fallback = {}) const;
};

[[nodiscard]] ReplyValue evaluate(State& state, const Call& call);
[[nodiscard]] ReplyValue load(State& state, const Call& call);
[[nodiscard]] ReplyValue plan(const State& state, const Call& call);
[[nodiscard]] ReplyValue goals(const State& state, const Call& call);
[[nodiscard]] ReplyValue graph(const State& state, const Call& call);
[[nodiscard]] ReplyValue rows(const State& state, const Call& call);
[[nodiscard]] ReplyValue tile(const State& state, const Call& call);
[[nodiscard]] ReplyValue labels(const State& state, const Call& call);
[[nodiscard]] ReplyValue proof(const State& state, const Call& call);
[[nodiscard]] ReplyValue terms(const State& state, const Call& call);
[[nodiscard]] ReplyValue tensor(const State& state, const Call& call);
[[nodiscard]] ReplyValue gradient(const State& state, const Call& call);
[[nodiscard]] ReplyValue witnesses(const State& state, const Call& call);

// Shared by them.
[[nodiscard]] Error sessionError(const char* code, std::string message, std::vector<std::string> arguments = {});
/// The evaluation that can be asked for more than values: of a trace its program, evaluated when first asked (a part
/// {"event": "reevaluated", "seconds"} says so). \errors VIT-SESSION-003, -006
[[nodiscard]] Result<std::shared_ptr<const Evaluation>> answering(const State& state, const Call& call);
/// Lines of the source from the statement's first to its last.
[[nodiscard]] std::string statementText(const Program& program, std::uint32_t statement);
/// The tensor that the payload names. \errors VIT-SESSION-003, -004
[[nodiscard]] Result<TensorId> tensorOf(const State& state, const Call& call);
[[nodiscard]] Result<std::vector<Cell>> cellsOf(const Program& program, TensorId tensor, const Json& cells);
[[nodiscard]] int lineOf(const Program& program, std::uint32_t statement);
[[nodiscard]] std::string tupleText(const Program& program, TensorId tensor, const std::vector<Cell>& cells);
/// Names of the argument positions: variables of the first head, else of the first use, else 1, 2, ...
[[nodiscard]] std::vector<std::string> columnNames(const Program& program, TensorId tensor);
[[nodiscard]] Json diagnosticsJson(const Diagnostics& diagnostics, const Source& source);
/// "Ancestor ⋈ Parent" and "xy,yz→xz".
[[nodiscard]] std::string joinText(const Program& program, const Rule& rule);
[[nodiscard]] std::string einsumText(const Program& program, const Rule& rule);
[[nodiscard]] Json summary(const Program& program, const Evaluation* evaluation, const Diagnostics& diagnostics);

} // namespace vitrine::tl::session
