// SPDX-License-Identifier: GPL-3.0-or-later
// E-CYCLE where the text alone shows it: an element that needs itself in every case. What depends on data (layers,
// paths on acyclic graphs) is found while it is evaluated.
#include "core/methods/tensor_logic/check/context.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

bool isSameTerm(const IndexTerm& a, const IndexTerm& b) {
    if (a.kind != b.kind || a.operands.size() != b.operands.size()) return false;
    if (a.kind == IndexTerm::Kind::Variable && a.var != b.var) return false;
    if (a.kind == IndexTerm::Kind::Constant && a.constant != b.constant) return false;
    return std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), isSameTerm);
}

bool isSameIndex(const std::vector<IndexTerm>& a, const std::vector<IndexTerm>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), isSameTerm);
}

/// Every cell of the head applies and every combination counts: no Boolean factor, no computed index, no empty index.
bool alwaysApplies(const Context& context, const EquationInfo& info) {
    for (const Use& use : info.uses) {
        if (!use.isHead && context.isBoolean(use.tensor)) return false;
        for (const IndexTerm& term : *use.index)
            if (!term.isPlain() && term.kind != IndexTerm::Kind::Constant) return false;
    }
    return std::all_of(info.ir.vars.begin(), info.ir.vars.end(), [&](const Var& var) {
        const Domain& domain = context.program.domains[var.domain];
        return !domain.isDeferred && domain.size > 0;
    });
}

bool needsItself(const EquationInfo& info) {
    return std::any_of(info.uses.begin(), info.uses.end(), [&](const Use& use) {
        return !use.isHead && use.tensor == info.ir.head && isSameIndex(*use.index, info.ir.headIndex);
    });
}

} // namespace

void findCycles(Context& context) {
    const Program& program = context.program;
    if (program.iterates) return;
    std::vector<bool> isReported(program.strata.size(), false);
    for (const EquationInfo& info : context.equations) {
        if (info.isBroken || info.isData) continue;
        const std::uint32_t at = context.stratumOf[info.ir.head];
        const Stratum& stratum = program.strata[at];
        if (stratum.kind != Stratum::Kind::Recursive || isReported[at]) continue;
        if (!alwaysApplies(context, info) || !needsItself(info)) continue;
        isReported[at] = true;
        context.error("E-CYCLE", "An element of %1 needs itself; @iterate permits that",
                      {program.tensors[info.ir.head].name}, program.syntax.statements[info.statement].range);
    }
}

} // namespace vitrine::tl::checking
