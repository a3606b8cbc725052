// SPDX-License-Identifier: GPL-3.0-or-later
// Learning: the equations between the learned tensors and the loss are compiled once and replayed at every step;
// derivatives come from the tensor library's reverse mode.
#include "core/methods/tensor_logic/evaluator.hpp"

#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/dense/batch.hpp"
#include "core/methods/tensor_logic/dense/optimiser.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace vitrine::tl {

namespace {

/// More steps than this are reported in part.
constexpr std::int64_t MostReports = 2000;

bool isTrained(const TensorInfo& info) {
    return info.isLearned && !info.isFrozen;
}

/// Runs a stratum that only sweeps can solve, anew at every step.
class SweepComponent final : public dense::Component {
  public:
    SweepComponent(dense::Store& store, dense::ComponentInput input) : m_store(store), m_input(std::move(input)) {}
    void run(dense::Frame& frame) override {
        static_cast<void>(dense::sweep(m_store, m_input, frame, [](std::int64_t, double) {}));
    }

  private:
    dense::Store& m_store;
    dense::ComponentInput m_input;
};

/// When a state of learning is to be saved: after a number of steps or seconds, whichever comes first.
class CheckpointClock {
  public:
    explicit CheckpointClock(const EvaluateOptions& options) : m_options(options) {}
    bool isDue(std::int64_t step) {
        if (!m_options.onCheckpoint) return false;
        if (m_last < 0) m_last = step - 1;
        const auto now = std::chrono::steady_clock::now();
        const double seconds = std::chrono::duration<double>(now - m_time).count();
        if (step - m_last < m_options.checkpointSteps && seconds < m_options.checkpointSeconds) return false;
        m_last = step;
        m_time = now;
        return true;
    }

  private:
    const EvaluateOptions& m_options;
    std::int64_t m_last = -1;
    std::chrono::steady_clock::time_point m_time = std::chrono::steady_clock::now();
};

/// One plan: the strata of the loss, compiled for one batch size.
struct TrainingPlan {
    std::unique_ptr<dense::BatchStore> batch; ///< null: everything at once
    dense::Store* store = nullptr;
    std::vector<std::unique_ptr<dense::Component>> components;
};

} // namespace

std::vector<bool> Evaluator::dependsOnLearned() const {
    std::vector<bool> late(m_program->strata.size(), false);
    if (m_program->learnings.empty()) return late;
    std::set<TensorId> changing;
    for (TensorId tensor = 0; tensor < m_program->tensors.size(); ++tensor)
        if (isTrained(m_program->tensors[tensor])) changing.insert(tensor);
    for (std::size_t k = 0; k < late.size(); ++k) {
        const Stratum& stratum = m_program->strata[k];
        bool isLate = false;
        forEachRead(stratum, [&](TensorId tensor) { isLate = isLate || changing.count(tensor) != 0; });
        late[k] = isLate;
        if (isLate) changing.insert(stratum.tensors.begin(), stratum.tensors.end());
    }
    return late;
}

namespace {

/// Strata between the learned tensors and the loss, in order.
std::vector<std::uint32_t>
pathOf(const Program& program, const std::vector<bool>& late, TensorId loss,
       const std::function<void(const Stratum&, const std::function<void(TensorId)>&)>& forEachRead) {
    std::set<TensorId> needed = {loss};
    std::vector<std::uint32_t> path;
    for (std::size_t k = late.size(); k-- > 0;) {
        if (!late[k]) continue;
        const Stratum& stratum = program.strata[k];
        const bool isNeeded = std::any_of(stratum.tensors.begin(), stratum.tensors.end(),
                                          [&](TensorId tensor) { return needed.count(tensor) != 0; });
        if (!isNeeded) continue;
        path.push_back(static_cast<std::uint32_t>(k));
        forEachRead(stratum, [&](TensorId tensor) { needed.insert(tensor); });
    }
    std::reverse(path.begin(), path.end());
    return path;
}

} // namespace

void Evaluator::learn() {
    if (m_program->learnings.empty()) return;
    const std::vector<bool> late = dependsOnLearned();
    const auto reads = [this](const Stratum& stratum, const std::function<void(TensorId)>& visit) {
        forEachRead(stratum, visit);
    };
    // A saved state holds all parameters: what was learned before it is in there.
    const std::size_t first = m_options.resumeLearning ? m_options.resumeLearning->learning : 0;
    for (std::size_t k = first; k < m_program->learnings.size(); ++k) {
        const Learning& learning = m_program->learnings[k];
        learnOne(learning, pathOf(*m_program, late, learning.loss, reads));
    }
}

void Evaluator::learnOne(const Learning& learning, const std::vector<std::uint32_t>& path) {
    dense::Store& whole = m_result->m_store;
    const bool hasRules = std::any_of(path.begin(), path.end(), [this](std::uint32_t k) {
        return m_program->strata[k].kind == Stratum::Kind::Rules;
    });
    if (hasRules) // relations on the way stay as the first values make them
        for (const std::uint32_t k : path) {
            if (m_settled.count(k) == 0) runStratum(k);
            if (m_program->strata[k].kind == Stratum::Kind::Rules) m_settled.insert(k);
        }

    std::vector<TensorId> learned, constants;
    std::set<TensorId> changing;
    for (const std::uint32_t k : path)
        if (m_program->strata[k].kind != Stratum::Kind::Rules)
            changing.insert(m_program->strata[k].tensors.begin(), m_program->strata[k].tensors.end());
    for (TensorId tensor = 0; tensor < m_program->tensors.size(); ++tensor) {
        if (isTrained(m_program->tensors[tensor]))
            learned.push_back(tensor);
        else if (whole.slot(tensor).isComplete && changing.count(tensor) == 0)
            constants.push_back(tensor);
    }
    std::vector<at::Tensor> parameters;
    for (const TensorId tensor : learned)
        parameters.push_back(whole.value(tensor, true).detach().clone().set_requires_grad(true));
    changing.insert(learned.begin(), learned.end());

    const std::int64_t count = learning.batch > 0 && learning.over != NoId ? whole.sizeOf(learning.over) : 0;
    const std::int64_t batch = std::min(count, learning.batch);
    if (count > 0) refuseBatchArithmetic(learning, path);
    std::map<std::int64_t, TrainingPlan> plans;
    const auto planFor = [&](std::int64_t size, const at::Tensor& positions) -> TrainingPlan& {
        const auto known = plans.find(size);
        TrainingPlan& plan = known != plans.end() ? known->second : plans[size];
        if (known == plans.end() && size > 0)
            plan.batch = std::make_unique<dense::BatchStore>(whole, m_options, learning.over, size, constants);
        plan.store = plan.batch ? &plan.batch->store() : &whole;
        if (plan.batch) plan.batch->bind(positions);
        for (std::size_t k = 0; k < learned.size(); ++k) plan.store->setDense(learned[k], parameters[k]);
        if (known == plans.end()) {
            plan.components = compilePath(path, *plan.store, changing, plan.batch.get());
            checkLearningBudget(learning, plan.components);
        }
        return plan;
    };

    dense::Optimiser optimiser(learning.optimizer == "sgd" ? dense::Optimiser::Kind::Sgd : dense::Optimiser::Kind::Adam,
                               learning.learningRate, parameters);
    dense::BatchOrder order(count, std::max<std::int64_t>(batch, 1), SeedSequence(m_program->seed).seed("batches"));
    const std::int64_t every = std::max<std::int64_t>(1, (learning.steps + MostReports - 1) / MostReports);
    const auto number = static_cast<std::uint32_t>(&learning - m_program->learnings.data());
    std::int64_t first = 1;
    if (m_options.resumeLearning && m_options.resumeLearning->learning == number) {
        if (!restoreLearning(*m_options.resumeLearning, learned, parameters, optimiser, order))
            dense::fail("E-LIMIT", "The saved state of learning is of another program", {}, learning.range);
        first = m_options.resumeLearning->step + 1;
        for (const auto& [step, loss] : m_options.resumeLearning->losses)
            m_result->m_learning.push_back({step, learning.steps, loss, 0, {}});
    }
    CheckpointClock saving(m_options);
    const auto begin = std::chrono::steady_clock::now();
    const auto finish = [&] {
        for (std::size_t k = 0; k < learned.size(); ++k) {
            const at::Tensor gradient = parameters[k].grad();
            if (gradient.defined()) m_result->m_gradients[learned[k]] = snapshotOf(gradient, false);
            whole.setDense(learned[k], parameters[k].detach());
        }
        for (const TensorId tensor : changing) {
            if (isTrained(m_program->tensors[tensor])) continue;
            whole.forget(tensor); // computed anew from the learned values
        }
    };
    try {
        for (std::int64_t step = first; step <= learning.steps; ++step) {
            m_frame.checkStop();
            const at::Tensor positions = count > 0 ? whole.fromHost(order.next()) : at::Tensor();
            TrainingPlan& plan = planFor(count > 0 ? positions.size(0) : 0, positions);
            dense::Frame frame{*plan.store, 0, false, m_options.stop};
            for (const auto& component : plan.components) component->run(frame);
            const at::Tensor loss = plan.store->value(learning.loss, true);
            optimiser.zeroGradients();
            if (loss.requires_grad()) (learning.isMaximised ? loss.neg() : loss).backward();
            const bool isReported = step % every == 0 || step == 1 || step == learning.steps;
            if (isReported) {
                LearningReport report;
                report.step = step;
                report.steps = learning.steps;
                report.loss = loss.item<double>();
                if (!std::isfinite(report.loss)) throw dense::Suspect{};
                for (std::size_t k = 0; k < learned.size(); ++k) {
                    const at::Tensor gradient = parameters[k].grad();
                    report.gradientNorms.emplace_back(learned[k],
                                                      gradient.defined() ? gradient.norm().item<double>() : 0);
                }
                report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
                if (m_observer != nullptr) m_observer->onLearning(report);
                m_result->m_learning.push_back(std::move(report));
            }
            optimiser.step();
            if (saving.isDue(step) && step < learning.steps)
                m_options.onCheckpoint(stateOfLearning(number, step, learned, parameters, optimiser, order));
        }
    } catch (const dense::Cancelled&) {
        finish(); // the last complete step is kept
        throw;
    } catch (const dense::Suspect&) {
        finish();
        for (const std::uint32_t k : path) runStratum(k); // finds the cell
        dense::fail("E-MATH", "The loss is not finite", {}, learning.range);
    }
    finish();
}

/// A batch is renumbered from 0, so the value of its index, positions computed from it and constants in its place would
/// mean other examples in every step.
void Evaluator::refuseBatchArithmetic(const Learning& learning, const std::vector<std::uint32_t>& path) const {
    const auto uses = [&](const IndexTerm& term, const Equation& equation) {
        std::set<VarId> vars;
        dense::collectVars(term, vars);
        return std::any_of(vars.begin(), vars.end(),
                           [&](VarId var) { return equation.vars[var].domain == learning.over; });
    };
    const auto refuse = [&](const std::string& name, ByteRange range) {
        dense::fail("E-INDEX",
                    "%1 runs over the minibatches of @minimize: a batch has other positions, so it can be no part of "
                    "arithmetic here",
                    {name}, range);
    };
    const auto lookAtTerms = [&](const std::vector<IndexTerm>& index, TensorId tensor, const Equation& equation) {
        for (std::size_t k = 0; k < index.size(); ++k) {
            if (!index[k].isPlain() && uses(index[k], equation))
                refuse(m_program->domains[learning.over].name, index[k].range);
            if (index[k].kind == IndexTerm::Kind::Constant && m_program->tensors[tensor].axes[k] == learning.over)
                dense::fail("E-INDEX",
                            "A constant stands where the minibatches of @minimize run: a batch has other positions", {},
                            index[k].range);
        }
    };
    for (const std::uint32_t k : path)
        for (const std::uint32_t id : m_program->strata[k].equations) {
            const Equation& equation = m_program->equations[id];
            const std::function<void(const Node&)> walk = [&](const Node& node) {
                if (node.kind == Node::Kind::IndexValue && equation.vars[node.var].domain == learning.over)
                    refuse(equation.vars[node.var].name, node.range);
                if (node.kind == Node::Kind::Tensor && !m_program->tensors[node.tensor].isBuiltin)
                    lookAtTerms(node.index, node.tensor, equation);
                for (const Node& operand : node.operands) walk(operand);
            };
            lookAtTerms(equation.headIndex, equation.head, equation);
            walk(equation.value);
            for (const Node& guard : equation.guards) walk(guard);
        }
}

/// Reverse mode keeps what the equations make, and the moments of the parameters are beside it.
void Evaluator::checkLearningBudget(const Learning& learning,
                                    const std::vector<std::unique_ptr<dense::Component>>& components) const {
    double made = 0;
    for (const auto& component : components) made += component->madeCells();
    const double needed = made * (m_result->m_store.realType() == at::kFloat ? 4 : 8), alive = aliveBytes(),
                 budget = static_cast<double>(m_options.memoryBudget);
    if (alive + needed <= budget) return;
    dense::fail("E-LIMIT",
                "Learning %1 keeps %2 bytes for the gradient, besides %3 bytes of values that are there: more than the "
                "memory budget of %4 bytes",
                {m_program->tensors[learning.loss].name, dense::bytesText(needed), dense::bytesText(alive),
                 dense::bytesText(budget)},
                learning.range);
}

LearningState Evaluator::stateOfLearning(std::uint32_t number, std::int64_t step, const std::vector<TensorId>& learned,
                                         const std::vector<at::Tensor>& parameters, const dense::Optimiser& optimiser,
                                         const dense::BatchOrder& order) const {
    LearningState state;
    state.learning = number;
    state.step = step;
    const auto snapshot = [](const at::Tensor& tensor) {
        return tensor.defined() ? snapshotOf(tensor, false) : TensorSnapshot{};
    };
    for (std::size_t k = 0; k < learned.size(); ++k)
        state.parameters.push_back({m_program->tensors[learned[k]].name, snapshot(parameters[k].detach()),
                                    snapshot(optimiser.mean(k)), snapshot(optimiser.square(k))});
    state.order = order.order();
    state.next = order.position();
    state.random = order.random();
    for (const LearningReport& report : m_result->m_learning) state.losses.emplace_back(report.step, report.loss);
    return state;
}

bool Evaluator::restoreLearning(const LearningState& state, const std::vector<TensorId>& learned,
                                std::vector<at::Tensor>& parameters, dense::Optimiser& optimiser,
                                dense::BatchOrder& order) const {
    if (state.parameters.size() != learned.size() || state.step < 0) return false;
    std::vector<at::Tensor> values, means, squares;
    for (std::size_t k = 0; k < learned.size(); ++k) {
        const LearningState::Parameter& parameter = state.parameters[k];
        if (parameter.name != m_program->tensors[learned[k]].name) return false;
        for (const auto& [from, to] : {std::pair{&parameter.value, &values}, std::pair{&parameter.mean, &means},
                                       std::pair{&parameter.square, &squares}}) {
            if (!from->data && to != &values) continue;
            const at::IntArrayRef shape(from->shape);
            if (!from->data || from->dtype != DType::Float64 || shape != parameters[k].sizes()) return false;
            const at::Tensor host = at::empty(shape, at::kDouble);
            std::copy_n(from->as<double>(), host.numel(), host.data_ptr<double>());
            to->push_back(host.to(parameters[k].options().requires_grad(false)));
        }
    }
    if (!means.empty() && (means.size() != learned.size() || squares.size() != learned.size())) return false;
    if (means.empty() && !learned.empty() && optimiser.mean(0).defined()) return false;
    if (!order.restore(state.order, state.next, state.random)) return false;
    const c10::NoGradGuard guard;
    for (std::size_t k = 0; k < learned.size(); ++k) parameters[k].copy_(values[k]);
    optimiser.restore(state.step, std::move(means), std::move(squares));
    return true;
}

std::vector<std::unique_ptr<dense::Component>> Evaluator::compilePath(const std::vector<std::uint32_t>& path,
                                                                      dense::Store& store,
                                                                      const std::set<TensorId>& changing,
                                                                      const dense::BatchStore* batch) {
    std::vector<std::unique_ptr<dense::Component>> components;
    std::map<TensorId, int> storedSlices;
    const auto sizeOf = [&store](DomainId domain) { return store.sizeOf(domain); };
    for (const std::uint32_t k : path) {
        const Stratum& stratum = m_program->strata[k];
        if (stratum.kind == Stratum::Kind::Rules) continue;
        dense::ComponentInput input = inputOf(stratum.tensors, stratum.equations);
        input.keepsAllSlices = true;
        input.surroundings.storedSlices = storedSlices;
        input.surroundings.variableTensors = changing;
        if (batch != nullptr) input.surroundings.variableTensors.insert(batch->bound().begin(), batch->bound().end());
        if (stratum.kind != Stratum::Kind::Recursive) {
            components.push_back(dense::compileEquations(store, input));
            continue;
        }
        if (const auto plan = dense::planSlices(*m_program, stratum.tensors, stratum.equations, sizeOf)) {
            components.push_back(dense::compileSlices(store, input, *plan));
            storedSlices.insert(plan->axes.begin(), plan->axes.end());
        } else if (m_program->iterates)
            components.push_back(std::make_unique<SweepComponent>(store, input));
        else
            dense::fail("E-CYCLE",
                        "This recursion follows no single index: the loss cannot be differentiated through it", {},
                        m_program->equations[stratum.equations[0]].range);
    }
    return components;
}

} // namespace vitrine::tl
