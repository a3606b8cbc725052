// SPDX-License-Identifier: GPL-3.0-or-later
// Dependencies between tensors, their components in execution order, cycles that have no meaning.
#include "core/methods/tensor_logic/check/strata.hpp"
#include "core/methods/tensor_logic/check/shapes.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

/// Why a tensor needs another one.
struct Edge {
    enum class Kind { Join, Negation, Comparison, Number, Size };
    TensorId head = NoId, used = NoId;
    Kind kind = Kind::Join;
    ByteRange range;
    std::string variable; ///< of a size: a variable of its class
    [[nodiscard]] bool isStrict() const { return kind != Kind::Join && kind != Kind::Size; }
};

class StrataBuilder {
  public:
    explicit StrataBuilder(Context& context) : m_context(context) {}

    void run() {
        const std::size_t count = m_context.program.tensors.size();
        m_isComputed.assign(count, false);
        for (const RuleInfo& info : m_context.rules)
            if (!info.isBroken) addRule(info);
        for (const EquationInfo& info : m_context.equations)
            if (!info.isBroken && !info.isData) addEquation(info);
        addSizes();
        m_successors.resize(count);
        for (const Edge& edge : m_edges) m_successors[edge.head].push_back(edge.used);
        m_components = componentsOf(m_successors);
        m_componentOf.resize(count);
        for (std::uint32_t k = 0; k < m_components.size(); ++k)
            for (const TensorId id : m_components[k]) m_componentOf[id] = k;
        m_edgesWithin.resize(m_components.size());
        for (std::uint32_t k = 0; k < m_edges.size(); ++k)
            if (m_componentOf[m_edges[k].head] == m_componentOf[m_edges[k].used])
                m_edgesWithin[m_componentOf[m_edges[k].head]].push_back(k);
        for (std::uint32_t k = 0; k < m_components.size(); ++k) addStratum(k);
    }

  private:
    void add(TensorId head, TensorId used, Edge::Kind kind, ByteRange range) {
        if (!m_context.program.tensors[used].isBuiltin) m_edges.push_back({head, used, kind, range, {}});
    }

    void addComparison(TensorId head, const Node& node) {
        if (node.kind == Node::Kind::Tensor) add(head, node.tensor, Edge::Kind::Comparison, node.range);
        for (const Node& operand : node.operands) addComparison(head, operand);
    }

    void addRule(const RuleInfo& info) {
        const TensorId head = info.ir.head.tensor;
        m_isComputed[head] = true;
        for (const Atom& atom : info.ir.atoms) {
            const bool isJoin = m_context.isBoolean(atom.tensor);
            add(head, atom.tensor,
                atom.isNegated ? Edge::Kind::Negation : (isJoin ? Edge::Kind::Join : Edge::Kind::Number), atom.range);
        }
        for (const Comparison& comparison : info.ir.comparisons) {
            addComparison(head, comparison.left);
            addComparison(head, comparison.right);
        }
    }

    void addEquation(const EquationInfo& info) {
        m_isComputed[info.ir.head] = true;
        for (const Use& use : info.uses)
            if (!use.isHead)
                add(info.ir.head, use.tensor, info.isJoin ? Edge::Kind::Join : Edge::Kind::Number, use.range);
    }

    // ---------------------------------------------------------------- sizes that come at run time
    /// A tensor whose axes or equations run through a deferred domain waits for the relations that size it.
    void addSizes() {
        const Program& program = m_context.program;
        if (!program.shapes) return;
        const std::vector<std::vector<TensorId>> relations = relationsOf(*program.shapes);
        const auto wait = [&](TensorId head, DomainId domain) {
            if (domain == NoId) return;
            for (const TensorId relation : relations[domain])
                m_edges.push_back({head, relation, Edge::Kind::Size, program.shapes->classes[domain].firstUse,
                                   program.shapes->classes[domain].name});
        };
        for (TensorId id = 0; id < program.tensors.size(); ++id)
            if (!program.tensors[id].isRelation)
                for (const DomainId domain : program.tensors[id].axes) wait(id, domain);
        for (const EquationInfo& info : m_context.equations) {
            if (info.isBroken || info.isData || (info.isJoin && m_context.isRelation(info.ir.head))) continue;
            for (const Var& var : info.ir.vars) wait(info.ir.head, var.domain);
            for (const Use& use : info.uses) // a constant at a column needs its position too
                if (!use.isHead)
                    for (const DomainId domain : program.tensors[use.tensor].axes) wait(info.ir.head, domain);
        }
        for (const RuleInfo& info : m_context.rules)
            if (!info.isBroken)
                for (const VarId var : domainVars(info)) wait(info.ir.head.tensor, info.ir.vars[var].domain);
    }

    /// Variables that only plain indices of tensors bind.
    [[nodiscard]] std::vector<VarId> domainVars(const RuleInfo& info) const {
        VarSet all, bound;
        for (const Use& use : info.uses)
            for (const IndexTerm& term : *use.index) addVars(term, all);
        for (VarId var = 0; var < info.vars.size(); ++var)
            if (info.vars[var].isAnonymous) bound.insert(var); // any value, of a negated atom
        for (const Atom& atom : info.ir.atoms)
            if (!atom.isNegated && m_context.isBoolean(atom.tensor))
                for (const IndexTerm& term : atom.args)
                    if (term.isPlain() && !info.vars[term.var].isSlice) bound.insert(term.var);
        for (const VarId var : info.computed) bound.insert(var);
        return (all - bound).items();
    }

    /// Of each deferred domain the relations with computed columns that its size follows from.
    static std::vector<std::vector<TensorId>> relationsOf(const ShapeState& state) {
        std::vector<std::vector<TensorId>> result(state.classes.size());
        for (DomainId id = 0; id < state.classes.size(); ++id)
            if (state.classes[id].isLazy) spread(state, id, result);
        return result;
    }

    static void spread(const ShapeState& state, DomainId start, std::vector<std::vector<TensorId>>& result) {
        std::vector<bool> isReached(state.classes.size(), false);
        isReached[start] = true;
        const auto hasReached = [&](const ShapeState::VarDomains& vars) {
            return std::any_of(vars.begin(), vars.end(), [&](const auto& var) { return isReached[var.second]; });
        };
        for (bool hasChanged = true; hasChanged;) {
            hasChanged = false;
            const auto mark = [&](DomainId id, bool isNext) {
                if (!isNext || isReached[id] || state.classes[id].isSized || state.classes[id].isLazy) return;
                isReached[id] = hasChanged = true;
            };
            for (const auto& special : state.convolutions)
                for (const auto& access : special.accesses)
                    mark(special.domain, isReached[access.axis] || hasReached(access.others));
            for (const auto& special : state.concatenations)
                for (const DomainId joined : special.joined) mark(special.domain, isReached[joined]);
            for (const auto& position : state.shifted)
                for (const auto& head : position.heads) mark(position.domain, hasReached(head.vars));
            for (const auto& slice : state.slices) mark(slice.domain, isReached[slice.axis]);
            for (DomainId id = 0; id < state.classes.size(); ++id)
                for (const DomainId shifted : state.classes[id].plainAtShifted) mark(id, isReached[shifted]);
        }
        for (const ShapeState::Column& column : state.columns) {
            if (column.domain != start) continue;
            for (DomainId id = 0; id < isReached.size(); ++id) {
                std::vector<TensorId>& known = result[id];
                if (isReached[id] && std::find(known.begin(), known.end(), column.tensor) == known.end())
                    known.push_back(column.tensor);
            }
        }
    }

    // ---------------------------------------------------------------- components
    void addStratum(std::uint32_t component) {
        const std::vector<TensorId>& tensors = m_components[component];
        if (tensors.size() == 1 && m_context.program.tensors[tensors[0]].isBuiltin) return;
        const std::vector<std::uint32_t>& within = m_edgesWithin[component];
        const auto hasEdge = [&](auto&& test) {
            return std::any_of(within.begin(), within.end(), [&](std::uint32_t k) { return test(m_edges[k]); });
        };
        const bool hasRelation =
            std::any_of(tensors.begin(), tensors.end(), [this](TensorId id) { return m_context.isRelation(id); });
        const bool isStrict = hasEdge([](const Edge& edge) { return edge.isStrict(); });
        if (hasEdge([](const Edge& edge) { return edge.kind == Edge::Kind::Size; }))
            sizeError(component);
        else if (isStrict && hasRelation)
            strictError(component);
        Stratum stratum;
        stratum.tensors = tensors;
        stratum.isRecursive = !within.empty();
        const bool isSets = hasRelation || (stratum.isRecursive && !isStrict);
        for (const TensorId id : tensors) {
            if (!m_isComputed[id]) continue;
            if (isSets)
                stratum.kind = Stratum::Kind::Rules;
            else
                stratum.kind = stratum.isRecursive ? Stratum::Kind::Recursive : Stratum::Kind::Equations;
        }
        m_context.program.strata.push_back(std::move(stratum));
    }

    void sizeError(std::uint32_t component) {
        for (const std::uint32_t k : m_edgesWithin[component]) {
            const Edge& edge = m_edges[k];
            if (edge.kind != Edge::Kind::Size) continue;
            m_context.error(
                "E-DOMAIN",
                "%1 needs the size of an index that the values of %2 give, and %2 needs %1: give the size "
                "with @domain %3 = ...",
                {m_context.program.tensors[edge.head].name, m_context.program.tensors[edge.used].name, edge.variable},
                edge.range);
            return;
        }
    }

    /// The cycle from the head over the strict use back to it; through a relation.
    std::vector<TensorId> cycleOf(const Edge& edge) const {
        std::vector<TensorId> path = pathWithin(m_successors, m_componentOf, edge.used, edge.head);
        const auto isRelation = [this](TensorId id) { return m_context.isRelation(id); };
        if (!isRelation(edge.head) && std::none_of(path.begin(), path.end(), isRelation)) {
            const auto& tensors = m_components[m_componentOf[edge.head]];
            const TensorId relation = *std::find_if(tensors.begin(), tensors.end(), isRelation);
            path = pathWithin(m_successors, m_componentOf, edge.used, relation);
            const std::vector<TensorId> back = pathWithin(m_successors, m_componentOf, relation, edge.head);
            path.insert(path.end(), back.begin() + 1, back.end());
        }
        path.insert(path.begin(), edge.head);
        return path;
    }

    void strictError(std::uint32_t component) {
        const Edge* first = nullptr;
        for (const std::uint32_t k : m_edgesWithin[component]) {
            const Edge& edge = m_edges[k];
            if (edge.isStrict() && (first == nullptr || edge.range.begin < first->range.begin)) first = &edge;
        }
        const std::vector<TensorId> cycle = cycleOf(*first);
        std::string text;
        std::vector<Diagnostic::Note> notes;
        for (std::size_t k = 0; k < cycle.size(); ++k) {
            const std::string& name = m_context.program.tensors[cycle[k]].name;
            const Edge* edge = k == 0 ? nullptr : (k == 1 ? first : edgeBetween(cycle[k - 1], cycle[k]));
            const bool isNegated = edge != nullptr && edge->kind == Edge::Kind::Negation;
            text += (k == 0 ? "" : " -> ") + std::string(isNegated ? "not " : "") + name;
            if (edge != nullptr)
                notes.push_back(
                    {"%1 needs %2 here", {m_context.program.tensors[cycle[k - 1]].name, name}, edge->range});
        }
        const char* message = first->kind == Edge::Kind::Negation ? "%1 depends on its own negation: %2"
                                                                  : "%1 depends on a number that depends on it: %2";
        m_context.error("E-STRAT", message, {m_context.program.tensors[first->head].name, text}, first->range).notes =
            std::move(notes);
    }

    [[nodiscard]] const Edge* edgeBetween(TensorId head, TensorId used) const {
        const Edge* best = nullptr;
        for (const std::uint32_t k : m_edgesWithin[m_componentOf[head]]) {
            const Edge& edge = m_edges[k];
            if (edge.head == head && edge.used == used && (best == nullptr || edge.range.begin < best->range.begin))
                best = &edge;
        }
        return best;
    }

    Context& m_context;
    std::vector<Edge> m_edges;
    std::vector<bool> m_isComputed; ///< by rules or equations
    std::vector<std::vector<TensorId>> m_successors;
    std::vector<std::vector<TensorId>> m_components;
    std::vector<std::uint32_t> m_componentOf;
    std::vector<std::vector<std::uint32_t>> m_edgesWithin;
};

void markRules(Context& context) {
    context.stratumOf.assign(context.program.tensors.size(), NoId);
    for (std::uint32_t k = 0; k < context.program.strata.size(); ++k)
        for (const TensorId id : context.program.strata[k].tensors) context.stratumOf[id] = k;
    for (EquationInfo& info : context.equations) {
        if (!info.isJoin || info.isBroken || info.isData) continue;
        const Stratum& stratum = context.program.strata[context.stratumOf[info.ir.head]];
        info.becomesRules =
            context.isRelation(info.ir.head) || (stratum.kind == Stratum::Kind::Rules && stratum.isRecursive);
    }
}

} // namespace

void orderStrata(Context& context) {
    StrataBuilder(context).run();
    markRules(context);
    findCycles(context);
}

} // namespace vitrine::tl::checking
