// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/engine_impl.hpp"

#include <algorithm>
#include <cmath>

/// The orders of joins, for people.
namespace vitrine::tl::sparse {

namespace {

const char* kindName(Step::Kind kind) {
    switch (kind) {
    case Step::Kind::Scan:
        return "scan";
    case Step::Kind::Join:
        return "join";
    case Step::Kind::Domain:
        return "domain";
    case Step::Kind::Exists:
        return "exists";
    case Step::Kind::Member:
        return "member";
    case Step::Kind::Compute:
        return "compute";
    case Step::Kind::Define:
        return "define";
    default:
        return "test";
    }
}

bool makesRows(Step::Kind kind) {
    return kind == Step::Kind::Scan || kind == Step::Kind::Join || kind == Step::Kind::Domain;
}

RulePlan explained(const Plan& plan, std::uint32_t rule, const std::vector<std::uint64_t>* rows) {
    RulePlan out;
    out.rule = rule;
    out.delta = plan.delta == NoAtom ? NoId : plan.delta;
    out.engine = "tuples";
    double estimated = 1;
    for (std::size_t k = 0; k < plan.steps.size(); ++k) {
        const Step& step = plan.steps[k];
        JoinStep& one = out.steps.emplace_back();
        one.kind = kindName(step.kind);
        one.literal = step.literal == NoAtom ? NoId : step.literal;
        one.isComparison =
            step.kind == Step::Kind::Compare || step.kind == Step::Kind::Define ||
            ((step.kind == Step::Kind::Equal || step.kind == Step::Kind::Order) && step.literal != NoAtom);
        one.relation = step.relation;
        for (std::uint32_t column = 0; column < step.cells.size() && column < MaxColumns; ++column)
            if (step.bound >> column & 1) one.bound.push_back(column);
        one.isDelta = step.isDelta;
        one.isNegated = step.isNegated;
        if (makesRows(step.kind)) estimated *= std::max(1.0, step.fanOut);
        one.fanOut = step.fanOut;
        one.estimated = estimated;
        const bool isCounted = makesRows(step.kind) || k + 1 == plan.steps.size() || makesRows(plan.steps[k + 1].kind);
        if (rows && isCounted) one.joined = (*rows)[k];
    }
    return out;
}

} // namespace

/// A product of rows: from the frontier of the recursive relation on, or along the path.
RulePlan SparseEngine::chainPlan(std::uint32_t number, const ChainRule& chain) const {
    const Rule& rule = m_database.program.rules[number];
    RulePlan out;
    out.rule = number;
    out.engine = "rows";
    std::vector<bool> isTaken(rule.atoms.size());
    double estimated = 1;
    for (const ChainStep& step : chain.steps) {
        JoinStep& one = out.steps.emplace_back();
        one.kind = out.steps.size() == 1 ? "scan" : "join";
        one.relation = step.relation;
        one.isDelta = step.isRecursive;
        if (one.kind == "join") one.bound = {step.isTurned ? 1U : 0U};
        for (std::uint32_t atom = 0; atom < rule.atoms.size() && one.literal == NoId; ++atom)
            if (!isTaken[atom] && !rule.atoms[atom].isNegated && rule.atoms[atom].tensor == step.relation) {
                isTaken[atom] = true;
                one.literal = atom;
            }
        const auto size = static_cast<double>(m_database.size(step.relation));
        one.fanOut = one.kind == "scan" ? size : std::sqrt(size);
        estimated *= std::max(1.0, one.fanOut);
        one.estimated = estimated;
    }
    const auto isOfHead = [&](const auto& entry) { return entry.second.head == chain.head; };
    if (std::count_if(m_chains.begin(), m_chains.end(), isOfHead) == 1) {
        std::uint64_t joined = 0;
        for (const RoundReport& report : m_rounds)
            if (report.relation == chain.head && report.round > 1) joined += report.joinedRows, ++out.runs;
        if (!out.steps.empty()) out.steps.back().joined = joined;
    } else
        out.runs = 1;
    return out;
}

std::vector<RulePlan> SparseEngine::plans(std::uint32_t number) const {
    std::vector<RulePlan> out;
    const Rule& rule = m_database.program.rules[number];
    const std::scoped_lock lock(m_mutex);
    for (const PlanRecord& record : m_database.records()) {
        if (record.plan.rule != &rule) continue;
        out.push_back(explained(record.plan, number, &record.rows));
        out.back().runs = record.runs;
    }
    if (const auto chain = m_chains.find(number); chain != m_chains.end())
        out.push_back(chainPlan(number, chain->second));
    if (!out.empty()) return out;
    const std::uint32_t stratum = m_stratumOf[rule.head.tensor];
    const auto isRecursive = [&](TensorId id) {
        return stratum != NoId && m_stratumOf[id] == stratum && m_database.program.strata[stratum].isRecursive;
    };
    PlanOptions options;
    options.size = [&](TensorId id) { return expectedRows(m_database.size(id), isRecursive(id)); };
    for (std::uint32_t atom = 0; atom < rule.atoms.size(); ++atom) {
        if (rule.atoms[atom].isNegated || !isRecursive(rule.atoms[atom].tensor)) continue;
        options.delta = atom;
        out.push_back(explained(makePlan(m_database.program, rule, options), number, nullptr));
    }
    if (!out.empty()) return out;
    options.delta = NoAtom;
    out.push_back(explained(makePlan(m_database.program, rule, options), number, nullptr));
    return out;
}

} // namespace vitrine::tl::sparse
