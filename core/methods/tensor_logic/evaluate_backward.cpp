// SPDX-License-Identifier: GPL-3.0-or-later
// Backward chaining: only what the queries ask for. Relations by tabling in the tuple engine, cells of numeric tensors
// by memoised demand; where a query asks for much, the strata that it needs run forward.
#include "core/methods/tensor_logic/evaluator.hpp"

#include <algorithm>

namespace vitrine::tl {

namespace {

/// A query for more cells than this runs forward.
constexpr double MostQueriedCells = 1000;
/// Demanding more cells than this is slower than computing all of them.
constexpr std::uint64_t MostDemandedCells = 200000;

bool isBound(const QueryArgument& argument) {
    return argument.kind == QueryArgument::Kind::Constant;
}

/// Visits the positions that a query asks for.
void forEachCell(const Program& program, const Query& query, const std::vector<std::int64_t>& shape,
                 const std::function<void(const dense::Position&)>& visit) {
    dense::Position position(shape.size(), 0);
    const TensorInfo& info = program.tensors[query.tensor];
    const std::function<void(std::size_t)> walk = [&](std::size_t axis) {
        if (axis == shape.size()) {
            visit(position);
            return;
        }
        std::int64_t first = 0, last = shape[axis];
        if (!query.isBare && isBound(query.arguments[axis])) {
            const auto at = positionOf(program, program.domains[info.axes[axis]], query.arguments[axis].constant);
            if (!at) return;
            first = *at;
            last = first + 1;
        }
        for (position[axis] = first; position[axis] < last; ++position[axis]) walk(axis + 1);
    };
    walk(0);
}

} // namespace

/// Runs a stratum and all that it needs, once.
void Evaluator::ensure(std::uint32_t index) {
    if (m_isDone[index]) return;
    m_isDone[index] = true;
    for (const std::uint32_t needed : m_needs[index]) ensure(needed);
    runStratum(index);
}

/// Puts the rows of everything below a stratum into the tuple engine without computing the rules.
void Evaluator::prepareDemand(std::uint32_t index) {
    if (m_isDone[index] || m_isPrepared[index]) return;
    const Stratum& stratum = m_program->strata[index];
    if (stratum.kind != Stratum::Kind::Rules || !stratum.equations.empty()) {
        ensure(index);
        return;
    }
    m_isPrepared[index] = true;
    for (const std::uint32_t needed : m_needs[index]) prepareDemand(needed);
    for (const TensorId tensor : stratum.tensors) insertGiven(tensor);
}

void Evaluator::demandTuples(const Query& query, std::uint32_t stratum) {
    prepareDemand(stratum);
    if (m_isDone[stratum]) return;
    std::vector<Cell> pattern(m_program->tensors[query.tensor].arity, 0);
    std::uint32_t mask = 0;
    for (std::size_t k = 0; k < pattern.size(); ++k)
        if (!query.isBare && isBound(query.arguments[k])) {
            pattern[k] = query.arguments[k].constant;
            mask |= 1U << k;
        }
    std::vector<std::vector<Cell>> answers;
    if (!runDiagnostics(m_result->m_engine->demand(query.tensor, pattern, mask, answers, m_options.goals))) return;
    std::vector<std::vector<Cell>>& known = m_result->m_demandedRows[query.tensor];
    known.insert(known.end(), answers.begin(), answers.end());
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    choose(stratum, query.tensor, "tabling", "a query asks for part of it");
}

/// True when the cells were found one by one.
bool Evaluator::demandCells(const Query& query, std::uint32_t stratum) {
    const std::vector<std::int64_t> shape = m_result->m_store.shapeOf(query.tensor);
    double asked = 1;
    for (std::size_t k = 0; k < shape.size(); ++k)
        if (query.isBare || !isBound(query.arguments[k])) asked *= static_cast<double>(shape[k]);
    const bool isPart = !query.isBare && std::any_of(query.arguments.begin(), query.arguments.end(), isBound);
    if (!isPart || asked > MostQueriedCells || m_program->iterates) return false;

    std::vector<TensorId> tensors;
    std::set<std::uint32_t> seen;
    const std::function<void(std::uint32_t)> gather = [&](std::uint32_t index) {
        if (!seen.insert(index).second || m_isDone[index]) return;
        const Stratum& part = m_program->strata[index];
        if (part.kind == Stratum::Kind::Data || part.kind == Stratum::Kind::Rules) {
            ensure(index);
            return;
        }
        tensors.insert(tensors.end(), part.tensors.begin(), part.tensors.end());
        for (const std::uint32_t needed : m_needs[index]) gather(needed);
    };
    gather(stratum);
    if (tensors.empty()) return false;
    for (const TensorId tensor : tensors) checkTensorSize(tensor, {});
    dense::ElementTable table(m_result->m_store, m_result->m_host, tensors, m_options.stop);
    table.setLimit(MostDemandedCells);
    if (m_options.goals != nullptr) table.recordGoals(m_options.goals, m_options.mostGoals);
    std::map<dense::Position, dense::Number>& found = m_result->m_demandedCells[query.tensor];
    try {
        forEachCell(*m_program, query, shape,
                    [&](const dense::Position& position) { found[position] = table.demand(query.tensor, position); });
    } catch (const dense::ElementTable::LimitReached&) {
        m_result->m_demandedCells.erase(query.tensor);
        if (m_options.goals != nullptr) *m_options.goals = {};
        return false;
    }
    m_result->m_demanded.first += table.computed();
    m_result->m_demanded.second += found.size();
    choose(stratum, query.tensor, "by element", "a query asks for part of it");
    return true;
}

void Evaluator::runBackward() {
    const std::size_t count = m_program->strata.size();
    m_isDone.assign(count, false);
    m_isPrepared.assign(count, false);
    m_needs.assign(count, {});
    std::vector<std::uint32_t> stratumOf(m_program->tensors.size(), NoId);
    for (std::uint32_t k = 0; k < count; ++k)
        for (const TensorId tensor : m_program->strata[k].tensors) stratumOf[tensor] = k;
    for (std::uint32_t k = 0; k < count; ++k)
        forEachRead(m_program->strata[k], [&](TensorId tensor) {
            const std::uint32_t needed = stratumOf[tensor];
            if (needed != NoId && needed != k) m_needs[k].push_back(needed);
        });
    // Domains that rules size: what they belong to cannot be told from the queries.
    if (m_program->shapes)
        for (std::uint32_t k = 0; k < count; ++k) ensure(k);
    for (std::size_t number = 0; number < m_program->outputs.size(); ++number) {
        if (m_options.onlyOutput && number != *m_options.onlyOutput) continue;
        const auto& output = m_program->outputs[number];
        m_frame.checkStop();
        if (const Output* write = std::get_if<Output>(&output)) {
            if (stratumOf[write->tensor] != NoId) ensure(stratumOf[write->tensor]);
            continue;
        }
        const Query& query = std::get<Query>(output);
        const std::uint32_t stratum = stratumOf[query.tensor];
        if (stratum == NoId || m_isDone[stratum]) continue;
        if (m_program->strata[stratum].kind == Stratum::Kind::Rules && m_program->tensors[query.tensor].isRelation)
            demandTuples(query, stratum);
        else if (!demandCells(query, stratum))
            ensure(stratum);
    }
    // A relation that a later query needed whole is whole; the demanded rows are part of it.
    for (TensorId tensor = 0; tensor < m_program->tensors.size(); ++tensor)
        if (m_result->m_store.slot(tensor).isComplete) {
            m_result->m_demandedRows.erase(tensor);
            m_result->m_demandedCells.erase(tensor);
        }
}

} // namespace vitrine::tl
