// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/evaluator.hpp"

#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/prepare.hpp"
#include "core/tensor/device.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <new>

namespace vitrine::tl {

namespace {

Diagnostic internalError(const std::string& message, ByteRange range) {
    Diagnostic diagnostic;
    diagnostic.code = "E-LIMIT";
    diagnostic.message = "The tensor library could not do this: %1";
    diagnostic.arguments = {message};
    diagnostic.range = range;
    return diagnostic;
}

/// An error is among the diagnostics: nothing further runs.
struct Ended {};

std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

} // namespace

Evaluator::Evaluator(std::shared_ptr<Program> program, const EvaluateOptions& options, Observer* observer)
    : m_program(std::move(program)), m_options(options), m_observer(observer),
      m_result(std::make_shared<EvaluationResult>(m_program, options)),
      m_frame{m_result->m_store, 0, true, options.stop} {
    if (m_options.seedOverride != 0) m_program->seed = m_options.seedOverride;
    if (m_options.mode) m_program->mode = *m_options.mode;
}

Evaluated Evaluator::run() {
    Evaluated evaluated;
    try {
        m_result->m_engine = sparse::Engine::create(*m_program, m_options, m_result->m_host, &m_engineObserver);
        walk();
    } catch (const dense::Cancelled&) {
        m_wasCancelled = true;
    } catch (const Ended&) {
    } catch (const dense::Failure& failure) {
        m_diagnostics.push_back(failure.diagnostic);
    } catch (const std::bad_alloc&) {
        m_diagnostics.push_back(internalError("out of memory", {}));
    } catch (const c10::Error& error) {
        m_diagnostics.push_back(internalError(firstLine(error.what_without_backtrace()), {}));
    } catch (const std::exception& error) {
        m_diagnostics.push_back(internalError(firstLine(error.what()), {}));
    }
    if (m_result->m_engine) {
        m_result->m_rounds = m_result->m_engine->rounds();
        const auto [subgoals, tuples] = m_result->m_engine->demanded();
        m_result->m_demanded.first += subgoals;
        m_result->m_demanded.second += tuples;
    }
    m_result->m_rounds.insert(m_result->m_rounds.end(), m_denseRounds.begin(), m_denseRounds.end());
    m_result->m_isPartial = m_wasCancelled || hasErrors(m_diagnostics);
    sortDiagnostics(m_diagnostics);
    evaluated.evaluation = m_result;
    evaluated.diagnostics = std::move(m_diagnostics);
    evaluated.wasCancelled = m_wasCancelled;
    return evaluated;
}

void Evaluator::walk() {
    if (m_program->mode == Mode::Backward && m_program->learnings.empty()) {
        runBackward();
        return;
    }
    const std::vector<bool> isLate = dependsOnLearned();
    for (std::uint32_t k = 0; k < m_program->strata.size(); ++k)
        if (!isLate[k]) runStratum(k);
    learn();
    for (std::uint32_t k = 0; k < m_program->strata.size(); ++k)
        if (isLate[k] && m_settled.count(k) == 0) runStratum(k);
}

void Evaluator::choose(std::uint32_t stratum, TensorId tensor, std::string what, std::string reason,
                       std::vector<std::string> arguments) {
    Choice choice{stratum, tensor, std::move(what), std::move(reason), std::move(arguments)};
    if (m_observer != nullptr) m_observer->onChoice(choice);
    m_result->m_choices.push_back(std::move(choice));
}

/// Calls visit for every tensor that a stratum reads.
void Evaluator::forEachRead(const Stratum& stratum, const std::function<void(TensorId)>& visit) const {
    const std::function<void(const Node&)> walk = [&](const Node& node) {
        if (node.kind == Node::Kind::Tensor) visit(node.tensor);
        for (const Node& operand : node.operands) walk(operand);
    };
    for (const std::uint32_t id : stratum.equations)
        dense::collectReads(m_program->equations[id], [&](const Node& node) { visit(node.tensor); });
    for (const std::uint32_t id : stratum.rules) {
        for (const Atom& atom : m_program->rules[id].atoms) visit(atom.tensor);
        for (const Comparison& comparison : m_program->rules[id].comparisons) {
            walk(comparison.left);
            walk(comparison.right);
        }
    }
}

/// Keeps diagnostics; true when none is an error and nobody asked to stop.
bool Evaluator::runDiagnostics(Diagnostics found) {
    const bool isFine = !hasErrors(found);
    m_diagnostics.insert(m_diagnostics.end(), found.begin(), found.end());
    if (m_options.stop.stop_requested()) throw dense::Cancelled{};
    return isFine;
}

void Evaluator::runStratum(std::uint32_t index) {
    m_frame.checkStop();
    if (m_followed.contains(index)) return;
    const Stratum& stratum = m_program->strata[index];
    if (m_observer != nullptr) m_observer->onProgress("strata", index, static_cast<double>(m_program->strata.size()));
    switch (stratum.kind) {
    case Stratum::Kind::Data:
        runData(stratum, index);
        break;
    case Stratum::Kind::Rules:
        runRules(stratum, index);
        break;
    case Stratum::Kind::Equations:
        runEquations(stratum, index);
        break;
    case Stratum::Kind::Recursive:
        runRecursive(stratum, index);
        break;
    }
}

void Evaluator::insertGiven(TensorId tensor) {
    const TensorInfo& info = m_program->tensors[tensor];
    if (info.given.rows == 0) return;
    if (info.isRelation) {
        m_result->m_engine->insert(tensor, info.given.cells, info.given.rows);
        return;
    }
    std::vector<Cell> cells; // of a Boolean tensor: those with a value above 0
    std::uint64_t rows = 0;
    for (std::uint64_t row = 0; row < info.given.rows; ++row) {
        const double value = !info.given.integers.empty() ? static_cast<double>(info.given.integers[row])
                             : !info.given.reals.empty()  ? info.given.reals[row]
                                                          : 1;
        if (value <= 0) continue;
        ++rows;
        for (std::uint32_t k = 0; k < info.arity; ++k) cells.push_back(info.given.cells[row * info.arity + k]);
    }
    m_result->m_engine->insert(tensor, cells, rows);
}

void Evaluator::runData(const Stratum& stratum, std::uint32_t index) {
    bool hasRelation = false;
    for (const TensorId tensor : stratum.tensors) {
        const TensorInfo& info = m_program->tensors[tensor];
        if (info.isBuiltin) continue;
        if (info.isRelation) {
            insertGiven(tensor);
            hasRelation = true;
        }
    }
    if (hasRelation && !runDiagnostics(m_result->m_engine->evaluate(index))) throw Ended{};
    for (const TensorId tensor : stratum.tensors) {
        const TensorInfo& info = m_program->tensors[tensor];
        if (info.isBuiltin) continue;
        if (info.isRelation) {
            takeTuples(tensor);
            continue;
        }
        checkTensorSize(tensor, {});
        if (info.isLearned) {
            initialiseLearned(tensor);
            continue;
        }
        at::Tensor value = m_result->m_store.given(tensor);
        if (!value.defined())
            value = at::zeros(m_result->m_store.shapeOf(tensor),
                              at::TensorOptions(m_result->m_store.device())
                                  .dtype(info.type == ElementType::Real ? m_result->m_store.realType() : at::kLong));
        if (info.type == ElementType::Bool) value = value.gt(0).to(at::kLong);
        m_result->m_store.setDense(tensor, std::move(value));
    }
}

void Evaluator::takeTuples(TensorId tensor) {
    std::shared_ptr<const sparse::TupleSet> set = m_result->m_engine->set(tensor);
    m_result->m_store.setTuples(tensor, std::move(set));
    completeDomains(tensor);
    if (m_program->tensors[tensor].isRelation) return;
    // A Boolean tensor whose recursion ran as rules prints as numbers: keep it dense.
    dense::Slot& slot = m_result->m_store.slot(tensor);
    const at::Tensor value = m_result->m_store.value(tensor, false);
    slot.tuples = nullptr;
    m_result->m_store.setDense(tensor, value);
}

void Evaluator::completeDomains(TensorId tensor) {
    if (!m_program->shapes) return;
    const auto& tuples = m_result->m_store.slot(tensor).tuples;
    std::vector<std::vector<Cell>> columns;
    for (std::uint32_t k = 0; k < m_program->tensors[tensor].arity; ++k)
        columns.push_back(tuples ? tuples->column(k) : std::vector<Cell>{});
    if (!runDiagnostics(completeRelation(*m_program, tensor, columns))) throw Ended{};
}

/// Of all values outside the tuple engine, which counts its own.
std::int64_t Evaluator::denseBytes() const {
    std::int64_t bytes = m_result->m_store.bytes();
    for (TensorId tensor = 0; tensor < m_program->tensors.size(); ++tensor)
        if (const auto& tuples = m_result->m_store.slot(tensor).tuples) bytes -= tuples->bytes();
    return bytes;
}

void Evaluator::insertDense(TensorId tensor, const at::Tensor& value) {
    const TensorInfo& info = m_program->tensors[tensor];
    const at::Tensor found = value.gt(0).nonzero().to(at::kCPU).contiguous();
    const std::int64_t rows = found.size(0);
    std::vector<Cell> cells;
    cells.reserve(static_cast<std::size_t>(rows) * info.arity);
    const std::int64_t* data = found.const_data_ptr<std::int64_t>();
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::uint32_t k = 0; k < info.arity; ++k)
            cells.push_back(cellAt(*m_program, m_program->domains[info.axes[k]],
                                   data[row * static_cast<std::int64_t>(info.arity) + k]));
    m_result->m_engine->insert(tensor, cells, static_cast<std::uint64_t>(rows));
}

void Evaluator::runRules(const Stratum& stratum, std::uint32_t index) {
    for (const TensorId tensor : stratum.tensors) insertGiven(tensor);
    for (const std::uint32_t id : stratum.equations) {
        const Equation& equation = m_program->equations[id];
        checkTensorSize(equation.head, {id});
        const dense::ComponentInput input = inputOf({equation.head}, {id});
        try {
            dense::CompiledEquation compiled(m_result->m_store, input.surroundings, equation, std::nullopt);
            const dense::Contribution part = compiled.run(m_frame);
            if (part.value.defined()) insertDense(equation.head, part.value);
        } catch (const dense::Suspect&) {
            dense::ElementTable table(m_result->m_store, m_result->m_host, {equation.head}, m_options.stop);
            table.computeAll([](double, double) {});
            insertDense(equation.head, m_result->m_store.slot(equation.head).dense);
            m_result->m_store.forget(equation.head);
        }
    }
    m_result->m_engine->setMemoryBudget(std::max<std::int64_t>(1, m_options.memoryBudget - denseBytes()));
    if (m_options.engine == Engine::NaiveDense && runNaiveDense(stratum, index)) return;
    Diagnostics found = m_result->m_engine->evaluate(index);
    if (hasErrors(found) || m_options.stop.stop_requested()) { // the last complete round is kept
        for (const TensorId tensor : stratum.tensors)
            m_result->m_store.setTuples(tensor, m_result->m_engine->set(tensor));
        static_cast<void>(runDiagnostics(std::move(found)));
        throw Ended{};
    }
    static_cast<void>(runDiagnostics(std::move(found)));
    for (const TensorId tensor : stratum.tensors) takeTuples(tensor);
}

std::shared_ptr<const Evaluation> Evaluator::prepare() {
    m_result->m_isPartial = true;
    try {
        m_result->m_engine = sparse::Engine::create(*m_program, m_options, m_result->m_host, &m_engineObserver);
        for (std::uint32_t k = 0; k < m_program->strata.size(); ++k) {
            const Stratum& stratum = m_program->strata[k];
            if (stratum.kind == Stratum::Kind::Data)
                runData(stratum, k);
            else if (stratum.kind == Stratum::Kind::Rules)
                for (const TensorId tensor : stratum.tensors) insertGiven(tensor);
        }
    } catch (const dense::Cancelled&) {
    } catch (const Ended&) {
    } catch (const dense::Failure&) { // what does not fit is not there: a run would say so
    } catch (const std::exception&) {
    }
    return m_result;
}

std::shared_ptr<const Evaluation> prepare(std::shared_ptr<Program> program, const EvaluateOptions& options) {
    return Evaluator(std::move(program), options, nullptr).prepare();
}

Evaluated evaluate(std::shared_ptr<Program> program, const EvaluateOptions& options, Observer* observer) {
    if (const Status device = useDevice(options.device); !device.ok()) {
        Evaluated evaluated;
        Diagnostic diagnostic;
        diagnostic.code = "E-LIMIT";
        diagnostic.message = device.error().message;
        diagnostic.arguments = device.error().arguments;
        evaluated.diagnostics.push_back(std::move(diagnostic));
        return evaluated;
    }
    Evaluator evaluator(std::move(program), options, observer);
    return evaluator.run();
}

} // namespace vitrine::tl
