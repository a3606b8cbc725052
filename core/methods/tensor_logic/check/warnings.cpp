// SPDX-License-Identifier: GPL-3.0-or-later
// Warnings (digest 2.8): they never change a result. W-DIVIDE and W-SHADOW are given by the pass `resolve`; W-EMPTY and
// W-ITERATE are known only after a run.
#include "core/methods/tensor_logic/check/sums.hpp"

#include <algorithm>
#include <limits>

namespace vitrine::tl::checking {

namespace {

constexpr double LargeProduct = 1e7;

/// A variable that occurs once says nothing: `_` shows that this is meant.
void warnOnce(Context& context, const RuleInfo& info) {
    for (const VarInfo& var : info.vars) {
        if (var.count != 1 || var.isAnonymous || var.isSlice || var.name.front() == '_') continue;
        context
            .warning("W-ONCE", "%1 occurs once in this rule: write _ if its value does not matter", {var.name},
                     var.first)
            .fixes.push_back({"Replace %1 by _", {var.name}, var.first, "_"});
    }
}

/// Rows of a relation that is data only; nothing when rules compute it.
class ProductWarning {
  public:
    explicit ProductWarning(Context& context) : m_context(context), m_isComputed(context.program.tensors.size()) {
        for (const Rule& rule : context.program.rules) m_isComputed[rule.head.tensor] = true;
        for (const Equation& equation : context.program.equations) m_isComputed[equation.head] = true;
    }

    void check(const Rule& rule) {
        std::vector<VarSet> groups;
        std::vector<double> rows;
        for (const Atom& atom : rule.atoms) {
            if (atom.isNegated || m_context.program.tensors[atom.tensor].isBuiltin) continue;
            if (m_isComputed[atom.tensor]) return;
            VarSet vars;
            for (const IndexTerm& term : atom.args) addVars(term, vars);
            double most = static_cast<double>(m_context.program.tensors[atom.tensor].given.rows);
            for (std::size_t k = groups.size(); k-- > 0;) {
                if ((groups[k] & vars).empty()) continue;
                vars |= groups[k];
                most = std::max(most, rows[k]);
                groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(k));
                rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(k));
            }
            groups.push_back(vars);
            rows.push_back(most);
        }
        double product = 1;
        for (const double each : rows) product *= each;
        if (rows.size() < 2 || product <= LargeProduct) return;
        m_context.warning("W-PRODUCT", "Nothing joins the parts of this body: it has up to %1 combinations",
                          {std::to_string(static_cast<std::uint64_t>(std::min(product, 1e18)))}, rule.range);
    }

  private:
    Context& m_context;
    std::vector<bool> m_isComputed;
};

std::size_t summedInside(const Node& node) {
    if (node.kind == Node::Kind::Sum) return node.sumVars.size() + summedInside(node.operands[0]);
    if (node.kind == Node::Kind::Call) return 0;
    std::size_t count = 0;
    for (const Node& operand : node.operands) count = std::max(count, summedInside(operand));
    return count;
}

void warnLogSum(Context& context, const Node& node) {
    const bool isCall =
        node.kind == Node::Kind::Call && (node.function == Function::Log || node.function == Function::Exp);
    if (isCall && summedInside(node.operands[0]) > 1)
        context.warning("W-LOGSUM",
                        "The argument of %1 sums several indices; if the sum is meant outside, use them outside too",
                        {node.function == Function::Log ? "log" : "exp"}, node.range);
    for (const Node& operand : node.operands) warnLogSum(context, operand);
}

/// The bounds that one term brings into its equation, as tensor and axis with the index.
using TermBounds = std::vector<const Equation::Bound*>;

bool isSameTerm(const IndexTerm& a, const IndexTerm& b) {
    return a.kind == b.kind && a.var == b.var && a.offset == b.offset && a.constant == b.constant &&
           std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(), isSameTerm);
}

bool isSameBound(const Equation::Bound& a, const Equation::Bound& b) {
    return a.tensor == b.tensor && a.axis == b.axis && isSameTerm(a.index, b.index);
}

/// The one variable of `v + constant`, or nothing.
std::optional<std::pair<VarId, std::int64_t>> shiftOf(const IndexTerm& index) {
    const std::optional<Affine> affine = affineOf(index);
    if (!affine || affine->terms.size() != 1 || affine->terms[0].second != 1) return std::nullopt;
    return std::pair{affine->terms[0].first, affine->constant};
}

/// Sizes that are known now; a deferred one bounds nothing yet.
std::int64_t sizeOf(const Program& program, DomainId domain) {
    const bool isKnown = domain != NoId && !program.domains[domain].isDeferred;
    return isKnown ? program.domains[domain].size : std::numeric_limits<std::int64_t>::max() / 4;
}

/// True when every cell of the left side meets the bound: `F[i]` under `F[i+2]`.
bool isImplied(const Program& program, const Equation& equation, const Equation::Bound& bound) {
    const auto shift = shiftOf(bound.index);
    if (!shift || shift->second < 0) return false;
    const auto [var, offset] = *shift;
    const std::int64_t extent = sizeOf(program, program.tensors[bound.tensor].axes[bound.axis]);
    if (sizeOf(program, equation.vars[var].domain) + offset <= extent) return true;
    const std::vector<DomainId>& headAxes = program.tensors[equation.head].axes;
    for (std::size_t axis = 0; axis < equation.headIndex.size(); ++axis) {
        const auto head = shiftOf(equation.headIndex[axis]);
        if (head && head->first == var && sizeOf(program, headAxes[axis]) - head->second + offset <= extent)
            return true;
    }
    return false;
}

void addTermBounds(const Program& program, const Equation& equation, const Node& node, TermBounds& found) {
    if (node.kind == Node::Kind::Tensor) {
        for (const Equation::Bound& bound : equation.bounds) {
            if (bound.tensor != node.tensor || !isSameTerm(bound.index, node.index[bound.axis])) continue;
            if (isImplied(program, equation, bound)) continue;
            const bool isKnown =
                std::any_of(found.begin(), found.end(), [&](const auto* other) { return isSameBound(*other, bound); });
            if (!isKnown) found.push_back(&bound);
        }
    }
    for (const Node& operand : node.operands) addTermBounds(program, equation, operand, found);
}

bool isSubset(const TermBounds& a, const TermBounds& b) {
    return std::all_of(a.begin(), a.end(), [&](const auto* bound) {
        return std::any_of(b.begin(), b.end(), [&](const auto* other) { return isSameBound(*bound, *other); });
    });
}

void warnCells(Context& context, const Equation& equation) {
    if (equation.bounds.empty() || equation.value.kind != Node::Kind::Add) return;
    std::vector<TermBounds> terms;
    for (const Node& term : equation.value.operands) {
        terms.emplace_back();
        addTermBounds(context.program, equation, term, terms.back());
    }
    const bool areSame = std::all_of(terms.begin(), terms.end(), [&](const TermBounds& bounds) {
        return isSubset(bounds, terms.front()) && isSubset(terms.front(), bounds);
    });
    if (areSame) return;
    context.warning("W-CELLS",
                    "The terms of this right side apply to different cells: where one does not apply, none is used. "
                    "Write an equation for each",
                    {}, equation.value.range);
}

/// What every tensor is computed from, directly.
std::vector<std::vector<TensorId>> sourcesOf(const Context& context) {
    std::vector<std::vector<TensorId>> result(context.program.tensors.size());
    for (const EquationInfo& info : context.equations) {
        if (info.isBroken || info.isData) continue;
        for (const Use& use : info.uses)
            if (!use.isHead) result[info.ir.head].push_back(use.tensor);
    }
    return result;
}

std::vector<bool> reachedFrom(const std::vector<std::vector<TensorId>>& next, TensorId start) {
    std::vector<bool> isReached(next.size(), false);
    std::vector<TensorId> open{start};
    isReached[start] = true;
    while (!open.empty()) {
        const TensorId id = open.back();
        open.pop_back();
        for (const TensorId other : next[id]) {
            if (isReached[other]) continue;
            isReached[other] = true;
            open.push_back(other);
        }
    }
    return isReached;
}

/// `PX[x] = CPT[x, a, b] PA[a] PB[b]` is exact only when PA and PB are independent.
class AncestorWarning {
  public:
    explicit AncestorWarning(Context& context) : m_context(context), m_sources(sourcesOf(context)) {}

    void check(const EquationInfo& info) {
        if (info.isBroken || info.isData || info.ir.op != ProjectOp::Sum || info.uses.size() < 4) return;
        VarSet table;
        for (const Use& use : info.uses)
            if (!use.isHead && use.index->size() >= 3)
                for (const IndexTerm& term : *use.index) addVars(term, table);
        std::vector<const Use*> parents;
        for (const Use& use : info.uses) {
            const bool isVector = !use.isHead && use.index->size() == 1 && use.index->front().isPlain();
            if (!isVector || m_context.isBoolean(use.tensor) || m_sources[use.tensor].empty()) continue;
            const VarId var = use.index->front().var;
            if (table.contains(var) && !info.left.contains(var)) parents.push_back(&use);
        }
        for (std::size_t a = 0; a < parents.size(); ++a)
            for (std::size_t b = a + 1; b < parents.size(); ++b)
                if (shareAncestor(*parents[a], *parents[b])) return;
    }

  private:
    bool shareAncestor(const Use& a, const Use& b) {
        if (a.tensor == b.tensor) return false;
        const std::vector<bool> ofA = reachedFrom(m_sources, a.tensor), ofB = reachedFrom(m_sources, b.tensor);
        for (TensorId id = 0; id < ofA.size(); ++id) {
            const TensorInfo& info = m_context.program.tensors[id];
            if (!ofA[id] || !ofB[id] || info.arity != 1) continue;
            m_context.warning(
                "W-ANCESTOR", "%1 and %2 both depend on %3: their product is not their joint distribution",
                {m_context.program.tensors[a.tensor].name, m_context.program.tensors[b.tensor].name, info.name},
                b.range);
            return true;
        }
        return false;
    }

    Context& m_context;
    std::vector<std::vector<TensorId>> m_sources;
};

/// A step between a learned tensor and the loss passes no gradient.
class StepWarning {
  public:
    explicit StepWarning(Context& context) : m_context(context) {}

    void run() {
        const Program& program = m_context.program;
        if (program.learnings.empty()) return;
        const std::vector<std::vector<TensorId>> sources = sourcesOf(m_context);
        m_isLearned.assign(program.tensors.size(), false);
        for (TensorId id = 0; id < program.tensors.size(); ++id) m_isLearned[id] = program.tensors[id].isLearned;
        for (const Stratum& stratum : program.strata)
            for (const TensorId id : stratum.tensors)
                for (const TensorId source : sources[id])
                    if (m_isLearned[source]) m_isLearned[id] = true;
        std::vector<bool> isWanted(program.tensors.size(), false);
        for (const Learning& learning : program.learnings) {
            const std::vector<bool> reached = reachedFrom(sources, learning.loss);
            for (TensorId id = 0; id < reached.size(); ++id) isWanted[id] = isWanted[id] || reached[id];
        }
        for (const Equation& equation : program.equations) {
            if (!isWanted[equation.head]) continue;
            if ((equation.isStepped && hasLearned(equation.value)) || hasStep(equation.value)) warn(equation.range);
        }
        for (const Rule& rule : program.rules)
            if (isWanted[rule.head.tensor] && readsLearned(rule))
                m_context.warning("W-STEP",
                                  "A relation in a learned path: zero gradient, and it keeps the tuples of the first "
                                  "values",
                                  {}, rule.range);
    }

  private:
    [[nodiscard]] bool hasLearned(const Node& node) const {
        if (node.kind == Node::Kind::Tensor && m_isLearned[node.tensor]) return true;
        return std::any_of(node.operands.begin(), node.operands.end(),
                           [this](const Node& operand) { return hasLearned(operand); });
    }

    [[nodiscard]] bool readsLearned(const Rule& rule) const {
        return std::any_of(rule.atoms.begin(), rule.atoms.end(),
                           [this](const Atom& atom) { return m_isLearned[atom.tensor]; }) ||
               std::any_of(rule.comparisons.begin(), rule.comparisons.end(), [this](const Comparison& comparison) {
                   return hasLearned(comparison.left) || hasLearned(comparison.right);
               });
    }

    [[nodiscard]] bool hasStep(const Node& node) const {
        const bool isStep = (node.kind == Node::Kind::Call && node.function == Function::Step) ||
                            (node.kind == Node::Kind::Tensor && node.asStep);
        if (isStep && hasLearned(node)) return true;
        return std::any_of(node.operands.begin(), node.operands.end(),
                           [this](const Node& operand) { return hasStep(operand); });
    }

    void warn(ByteRange range) {
        m_context.warning("W-STEP", "A step passes no gradient to what is learned: sig(x, T) does", {}, range);
    }

    Context& m_context;
    std::vector<bool> m_isLearned; ///< learned, or computed from something learned
};

} // namespace

void warnAbout(Context& context) {
    for (const RuleInfo& info : context.rules)
        if (!info.isBroken) warnOnce(context, info);
    ProductWarning products(context);
    for (const Rule& rule : context.program.rules) products.check(rule);
    for (const Equation& equation : context.program.equations) {
        warnLogSum(context, equation.value);
        warnCells(context, equation);
    }
    AncestorWarning ancestors(context);
    for (const EquationInfo& info : context.equations) ancestors.check(info);
    StepWarning(context).run();
}

} // namespace vitrine::tl::checking
