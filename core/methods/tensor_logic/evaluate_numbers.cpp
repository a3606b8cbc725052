// SPDX-License-Identifier: GPL-3.0-or-later
// Numeric strata: which engine and which storage, and why.
#include "core/methods/tensor_logic/evaluator.hpp"

#include "core/base/rng.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>

namespace vitrine::tl {

namespace {

/// Cells of matrices above which a product of two relations is counted from tuples.
constexpr double SmallMatrices = 1 << 24;

std::string shortNumber(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

/// Assignments of a slice below which single elements are faster than tensor operations.
constexpr double TinySlice = 8;

/// Assignments of all equations in one iteration of a slice loop.
double assignmentsPerSlice(const dense::Store& store, const Stratum& stratum, const dense::SlicePlan& plan) {
    double total = 0;
    for (const std::uint32_t id : stratum.equations) {
        const Equation& equation = store.program().equations[id];
        const auto axis = static_cast<std::size_t>(plan.axes.at(equation.head));
        const std::optional<Affine> along = affineOf(equation.headIndex[axis]);
        double mine = 1;
        for (VarId var = 0; var < equation.vars.size(); ++var)
            if (!along || along->terms.empty() || along->terms[0].first != var)
                mine *= static_cast<double>(store.sizeOf(equation.vars[var].domain));
        total += mine;
    }
    return total;
}

/// A product of relation atoms with an integer factor.
struct CountTerm {
    std::int64_t factor = 1;
    std::vector<Atom> atoms;
};

bool addFactors(const Program& program, const Node& node, CountTerm& term) {
    switch (node.kind) {
    case Node::Kind::Multiply:
        return std::all_of(node.operands.begin(), node.operands.end(),
                           [&](const Node& operand) { return addFactors(program, operand, term); });
    case Node::Kind::Sum:
        return addFactors(program, node.operands[0], term);
    case Node::Kind::Negate:
        term.factor = -term.factor;
        return addFactors(program, node.operands[0], term);
    case Node::Kind::Constant:
        term.factor *= node.integer;
        return node.isInteger;
    case Node::Kind::Tensor: {
        if (!program.tensors[node.tensor].isRelation) return false;
        Atom atom;
        atom.tensor = node.tensor;
        atom.args = node.index;
        atom.range = node.range;
        term.atoms.push_back(std::move(atom));
        return true;
    }
    default:
        return false;
    }
}

void addTerms(const Node& node, std::vector<const Node*>& terms) {
    if (node.kind == Node::Kind::Add)
        for (const Node& operand : node.operands) addTerms(operand, terms);
    else
        terms.push_back(&node);
}

std::set<VarId> varsOf(const Node& node) {
    std::set<VarId> vars;
    dense::collectVars(node, vars);
    return vars;
}

/// The equation as counts over tuples; nothing when it is not of that form.
std::optional<std::vector<CountTerm>> countTerms(const Program& program, const Equation& equation) {
    if (equation.op != ProjectOp::Sum || equation.isStepped || !equation.bounds.empty()) return std::nullopt;
    std::set<VarId> head;
    for (const IndexTerm& term : equation.headIndex) {
        if (!term.isPlain() || head.count(term.var) != 0) return std::nullopt;
        head.insert(term.var);
    }
    std::vector<const Node*> nodes;
    addTerms(equation.value, nodes);
    std::vector<CountTerm> terms;
    for (const Node* node : nodes) {
        CountTerm term;
        if (!addFactors(program, *node, term) || term.atoms.empty()) return std::nullopt;
        const std::set<VarId> vars = varsOf(*node);
        if (!std::includes(vars.begin(), vars.end(), head.begin(), head.end())) return std::nullopt;
        if (node->kind == Node::Kind::Sum) // a summed index that no atom has
            for (const VarId var : node->sumVars)
                if (vars.count(var) == 0) return std::nullopt;
        terms.push_back(std::move(term));
    }
    return terms;
}

} // namespace

dense::ComponentInput Evaluator::inputOf(const std::vector<TensorId>& tensors,
                                         const std::vector<std::uint32_t>& equations) const {
    dense::ComponentInput input;
    input.tensors = tensors;
    input.equations = equations;
    input.surroundings.budget = static_cast<double>(m_options.memoryBudget);
    input.surroundings.alive = aliveBytes();
    input.surroundings.maxCells = std::max(0.0, input.surroundings.budget - input.surroundings.alive) / 8;
    input.keepsAllSlices = keepsAllSlices(tensors);
    return input;
}

bool Evaluator::keepsAllSlices(const std::vector<TensorId>& tensors) const {
    if (!m_program->learnings.empty()) return true;
    const std::set<TensorId> inside(tensors.begin(), tensors.end());
    bool keeps = false;
    for (const Equation& equation : m_program->equations) {
        if (inside.count(equation.head) != 0) continue;
        dense::collectReads(equation, [&](const Node& node) {
            const int axis = m_program->tensors[node.tensor].virtualAxis;
            if (inside.count(node.tensor) == 0 || axis < 0) return;
            const IndexTerm& term = node.index[static_cast<std::size_t>(axis)];
            keeps = keeps || term.kind != IndexTerm::Kind::Constant;
        });
    }
    return keeps;
}

/// Computes what does not need `stratum`, before its turn; false when it does.
bool Evaluator::runAhead(TensorId tensor, const Stratum& stratum) {
    if (m_program->tensors[tensor].isBuiltin || m_result->m_store.slot(tensor).isComplete) return true;
    for (std::uint32_t k = 0; k < m_program->strata.size(); ++k) {
        const Stratum& own = m_program->strata[k];
        if (std::find(own.tensors.begin(), own.tensors.end(), tensor) == own.tensors.end()) continue;
        if (&own == &stratum) return false;
        bool isFree = true;
        forEachRead(own, [&](TensorId read) {
            const bool isOwn = std::find(own.tensors.begin(), own.tensors.end(), read) != own.tensors.end();
            isFree = isFree && (isOwn || runAhead(read, stratum));
        });
        if (!isFree) return false;
        runStratum(k);
        m_followed.insert(k);
        return true;
    }
    return false;
}

/// An equation on its own that reads one tensor of the recursion, at the step of its loop, and otherwise what is
/// complete; the step is an index of the head, or summed or reduced over the whole right side.
std::optional<dense::Follower> Evaluator::followerOf(const Stratum& reader, const Stratum& stratum,
                                                     const dense::SlicePlan& plan) {
    if (reader.kind != Stratum::Kind::Equations || reader.equations.size() != 1 || reader.tensors.size() != 1 ||
        m_program->tensors[reader.tensors[0]].given.rows > 0)
        return std::nullopt;
    dense::Follower follower;
    follower.equation = reader.equations[0];
    const Equation& equation = m_program->equations[follower.equation];
    std::set<TensorId> sources;
    bool isPossible = true;
    dense::collectReads(equation, [&](const Node& node) {
        if (std::find(stratum.tensors.begin(), stratum.tensors.end(), node.tensor) == stratum.tensors.end()) {
            isPossible = isPossible && runAhead(node.tensor, stratum);
            return;
        }
        const IndexTerm& term = node.index[static_cast<std::size_t>(plan.axes.at(node.tensor))];
        isPossible = isPossible && term.isPlain() && (follower.var == NoId || follower.var == term.var);
        follower.var = term.var;
        sources.insert(node.tensor);
    });
    if (!isPossible || sources.size() != 1) return std::nullopt;
    int places = 0;
    for (std::size_t k = 0; k < equation.headIndex.size(); ++k) {
        std::set<VarId> vars;
        dense::collectVars(equation.headIndex[k], vars);
        if (!vars.contains(follower.var)) continue;
        ++places;
        if (!equation.headIndex[k].isPlain()) return std::nullopt;
        follower.headAxis = static_cast<int>(k);
    }
    if (places > 0) return places == 1 ? std::optional(follower) : std::nullopt;
    const auto holds = [&](const std::vector<VarId>& vars) {
        return std::find(vars.begin(), vars.end(), follower.var) != vars.end();
    };
    const bool isSummed = equation.op == ProjectOp::Sum && !equation.isStepped &&
                          equation.value.kind == Node::Kind::Sum && holds(equation.value.sumVars);
    if (isSummed || (equation.op != ProjectOp::Sum && holds(equation.reduced))) return follower;
    return std::nullopt;
}

std::vector<dense::Follower> Evaluator::followersOf(const Stratum& stratum, const dense::SlicePlan& plan,
                                                    std::set<std::uint32_t>& strata) {
    if (!m_program->learnings.empty() || m_program->mode == Mode::Backward) return {};
    std::vector<dense::Follower> followers;
    for (std::uint32_t k = 0; k < m_program->strata.size(); ++k) {
        const Stratum& reader = m_program->strata[k];
        bool needsSteps = false;
        if (&reader != &stratum)
            for (const std::uint32_t id : reader.equations)
                dense::collectReads(m_program->equations[id], [&](const Node& node) {
                    const int axis = m_program->tensors[node.tensor].virtualAxis;
                    if (axis < 0 || !plan.axes.contains(node.tensor)) return;
                    needsSteps =
                        needsSteps || node.index[static_cast<std::size_t>(axis)].kind != IndexTerm::Kind::Constant;
                });
        if (!needsSteps) continue;
        const auto follower = followerOf(reader, stratum, plan);
        if (!follower) {
            strata.clear();
            return {};
        }
        followers.push_back(*follower);
        strata.insert(k);
    }
    return followers;
}

void Evaluator::checkTensorSize(TensorId tensor, const std::vector<std::uint32_t>& equations) const {
    const TensorInfo& info = m_program->tensors[tensor];
    std::vector<std::int64_t> shape = m_result->m_store.shapeOf(tensor);
    if (info.virtualAxis >= 0 && m_program->learnings.empty()) { // its loop says what it keeps
        std::int64_t& steps = shape[static_cast<std::size_t>(info.virtualAxis)];
        steps = std::min(steps, info.virtualSlices + 1);
    }
    double cells = 1;
    for (const std::int64_t size : shape) cells *= static_cast<double>(size);
    if (cells * 8 <= static_cast<double>(m_options.memoryBudget)) return;
    dense::fail("E-LIMIT", "%1 would need %2 cells (%3 bytes), more than the memory budget of %4 bytes",
                {info.name, shortNumber(cells), shortNumber(cells * 8), std::to_string(m_options.memoryBudget)},
                equations.empty() ? info.firstUse : m_program->equations[equations[0]].range);
}

void Evaluator::initialiseLearned(TensorId tensor) {
    dense::Store& store = m_result->m_store;
    at::Tensor value = store.given(tensor);
    const std::vector<std::int64_t> shape = store.shapeOf(tensor);
    if (!value.defined()) {
        const at::Tensor host = at::zeros(shape, at::kDouble);
        if (shape.size() > 1) {
            const double bound = std::sqrt(6.0 / static_cast<double>(shape.front() + shape.back()));
            std::mt19937_64 random(SeedSequence(m_program->seed).seed("learned " + m_program->tensors[tensor].name));
            double* data = host.data_ptr<double>();
            for (std::int64_t k = 0; k < host.numel(); ++k)
                data[k] = bound * (2 * (static_cast<double>(random() >> 11) * 0x1.0p-53) - 1);
        }
        value = host;
    }
    store.setDense(tensor, value.to(store.device(), store.realType()));
}

void Evaluator::runByElement(const std::vector<TensorId>& tensors) {
    for (const TensorId tensor : tensors) {
        dense::Slot& slot = m_result->m_store.slot(tensor);
        slot.slices.clear();
        slot.sliceAxis = -1;
        slot.dense = at::Tensor();
    }
    dense::ElementTable table(m_result->m_store, m_result->m_host, tensors, m_options.stop);
    table.computeAll([this](double done, double total) {
        if (m_observer != nullptr) m_observer->onProgress("elements", done, total);
    });
}

bool Evaluator::countTuples(TensorId tensor, const std::vector<std::uint32_t>& equations, std::uint32_t index) {
    const TensorInfo& info = m_program->tensors[tensor];
    dense::Store& store = m_result->m_store;
    double cells = 1, matrices = 0;
    std::size_t mostAtoms = 0;
    for (const std::int64_t size : store.shapeOf(tensor)) cells *= static_cast<double>(size);
    std::vector<std::vector<CountTerm>> all;
    for (const std::uint32_t id : equations) {
        std::optional<std::vector<CountTerm>> terms = countTerms(*m_program, m_program->equations[id]);
        if (!terms) return false;
        for (const CountTerm& term : *terms) {
            mostAtoms = std::max(mostAtoms, term.atoms.size());
            for (const Atom& atom : term.atoms) {
                double mine = 1;
                for (const std::int64_t size : store.shapeOf(atom.tensor)) mine *= static_cast<double>(size);
                matrices = std::max(matrices, mine);
            }
        }
        all.push_back(std::move(*terms));
    }
    const bool isLarge = cells > static_cast<double>(m_options.sparseCells) && info.hint != Storage::Dense;
    const bool isSparse = isLarge || info.hint == Storage::Tuples;
    if (!isSparse && (mostAtoms < 2 || matrices <= SmallMatrices)) return false;

    std::map<std::vector<Cell>, std::int64_t> sums;
    auto merged = std::make_shared<sparse::Counts>();
    merged->arity = info.arity;
    const bool isSingle = equations.size() == 1 && all[0].size() == 1 && info.given.rows == 0;
    for (std::size_t e = 0; e < all.size(); ++e) {
        const Equation& equation = m_program->equations[equations[e]];
        std::vector<VarId> kept;
        for (const IndexTerm& term : equation.headIndex) kept.push_back(term.var);
        for (const CountTerm& term : all[e]) {
            m_frame.checkStop();
            Result<sparse::Counts> counted = m_result->m_engine->count(equation, kept, term.atoms);
            if (!counted) dense::fail("E-LIMIT", counted.error().message, counted.error().arguments, equation.range);
            for (std::int64_t& value : counted->values) value *= term.factor;
            if (isSingle) {
                *merged = std::move(*counted);
                continue;
            }
            for (std::size_t row = 0; row < counted->values.size(); ++row) {
                const auto begin = counted->cells.begin() + static_cast<std::ptrdiff_t>(row * info.arity);
                sums[std::vector<Cell>(begin, begin + info.arity)] += counted->values[row];
            }
        }
    }
    for (std::uint64_t row = 0; row < info.given.rows; ++row) {
        std::vector<Cell> key;
        for (std::uint32_t k = 0; k < info.arity; ++k) key.push_back(info.given.cells[row * info.arity + k]);
        sums[key] += info.given.integers.empty() ? 1 : info.given.integers[row];
    }
    for (const auto& [key, value] : sums) {
        if (value == 0) continue;
        merged->cells.insert(merged->cells.end(), key.begin(), key.end());
        merged->values.push_back(value);
    }
    store.setCounts(tensor, merged);
    if (isSparse) {
        choose(index, tensor, "sparse counts",
               info.hint == Storage::Tuples ? "asked for by @sparse" : "%1 cells are more than the limit of %2",
               {shortNumber(cells), std::to_string(m_options.sparseCells)});
        return true;
    }
    const at::Tensor value = store.value(tensor, false);
    store.slot(tensor).counts = nullptr;
    store.setDense(tensor, value);
    choose(index, tensor, "dense", "counted from tuples: the relations would need matrices of %1 cells",
           {shortNumber(matrices)});
    return true;
}

void Evaluator::runEquations(const Stratum& stratum, std::uint32_t index) {
    if (stratum.tensors.size() == 1 && countTuples(stratum.tensors[0], stratum.equations, index)) return;
    for (const TensorId tensor : stratum.tensors) checkTensorSize(tensor, stratum.equations);
    try {
        dense::compileEquations(m_result->m_store, inputOf(stratum.tensors, stratum.equations))->run(m_frame);
    } catch (const dense::Suspect&) {
        runByElement(stratum.tensors);
    }
    for (const TensorId tensor : stratum.tensors) choose(index, tensor, "dense", "a numeric equation");
}

void Evaluator::runRecursive(const Stratum& stratum, std::uint32_t index) {
    for (const TensorId tensor : stratum.tensors) checkTensorSize(tensor, stratum.equations);
    const auto sizeOf = [this](DomainId domain) { return m_result->m_store.sizeOf(domain); };
    dense::ComponentInput input = inputOf(stratum.tensors, stratum.equations);
    const auto plan = dense::planSlices(*m_program, stratum.tensors, stratum.equations, sizeOf);
    const bool hasVirtual = std::any_of(stratum.tensors.begin(), stratum.tensors.end(), [this](TensorId tensor) {
        return m_program->tensors[tensor].virtualAxis >= 0;
    });
    if (plan && !hasVirtual && assignmentsPerSlice(m_result->m_store, stratum, *plan) <= TinySlice) {
        runByElement(stratum.tensors);
        for (const TensorId tensor : stratum.tensors)
            choose(index, tensor, "by element", "its slices are too small for tensor operations");
        return;
    }
    if (plan) {
        std::set<std::uint32_t> followed;
        if (hasVirtual && input.keepsAllSlices) input.followers = followersOf(stratum, *plan, followed);
        if (!input.followers.empty()) input.keepsAllSlices = false;
        try {
            dense::compileSlices(m_result->m_store, input, *plan)->run(m_frame);
            m_followed.insert(followed.begin(), followed.end());
            for (const std::uint32_t reader : followed)
                for (const TensorId tensor : m_program->strata[reader].tensors)
                    choose(reader, tensor, "slice loop", "reads only the step under way of %1, so no step is kept",
                           {m_program->tensors[stratum.tensors[0]].name});
            for (const TensorId tensor : stratum.tensors)
                choose(index, tensor, "slice loop", "recurs along index %1 of %2",
                       {std::to_string(plan->axes.at(tensor) + 1), m_program->tensors[tensor].name});
            return;
        } catch (const dense::Suspect&) {
            runByElement(stratum.tensors);
            return;
        }
    }
    try {
        runByElement(stratum.tensors);
        for (const TensorId tensor : stratum.tensors)
            choose(index, tensor, "by element", "the recursion follows no single index");
        return;
    } catch (const dense::Failure& failure) {
        if (failure.diagnostic.code != "E-CYCLE" || !m_program->iterates) throw;
    }
    for (const TensorId tensor : stratum.tensors)
        choose(index, tensor, "sweeps", "elements depend on themselves and @iterate allows it");
    try {
        const dense::SweepResult result =
            dense::sweep(m_result->m_store, input, m_frame, [this](std::int64_t sweep, double residual) {
                if (m_observer != nullptr) m_observer->onSweep(sweep, residual);
            });
        if (result.isConverged) return;
        Diagnostic warning;
        warning.severity = Severity::Warning;
        warning.code = "W-ITERATE";
        warning.message = "@iterate stopped at sweep %1 with residual %2";
        warning.arguments = {std::to_string(result.sweeps), shortNumber(result.residual)};
        warning.range = m_program->equations[stratum.equations[0]].range;
        m_diagnostics.push_back(std::move(warning));
    } catch (const dense::Suspect&) {
        // Which cell: by element, from the values of the last sweep.
        dense::ElementEvaluator elements(*m_program, m_result->m_host);
        for (const std::uint32_t id : stratum.equations) {
            const TensorId head = m_program->equations[id].head;
            const std::vector<std::int64_t> shape = m_result->m_store.shapeOf(head);
            std::int64_t cells = 1;
            for (const std::int64_t size : shape) cells *= size;
            for (std::int64_t k = 0; k < cells; ++k) {
                dense::Position position(shape.size());
                std::int64_t rest = k;
                for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
                    position[axis] = rest % shape[axis];
                dense::Parts parts;
                elements.contribute(id, position, parts, nullptr);
            }
        }
        dense::fail("E-MATH", "The sweeps of @iterate left the range of numbers", {},
                    m_program->equations[stratum.equations[0]].range);
    }
}

} // namespace vitrine::tl
