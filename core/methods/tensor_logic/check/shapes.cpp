// SPDX-License-Identifier: GPL-3.0-or-later
// Classes of index positions (digest 2.5, rules 1 to 3): union-find over (tensor, axis) and (statement, variable).
#include "core/methods/tensor_logic/check/shapes.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

using Class = ShapeState::Class;
using NodeId = std::uint32_t;

/// A known size with the place where it came in.
struct Known {
    std::int64_t size = 0;
    const DomainDirective* directive = nullptr; ///< lists symbols
    ByteRange origin;                           ///< what states the size
    ByteRange place;                            ///< where this class met it
};

/// A variable of an equation or a rule, as the builder sees both.
struct StatementView {
    std::uint32_t statement = 0;
    bool isEquation = false;
    bool isBroken = false;
    std::vector<VarInfo>* vars = nullptr;
    std::vector<Use>* uses = nullptr;
    std::vector<SliceUse>* slices = nullptr;
    std::uint32_t varBase = 0;
    EquationInfo* equation = nullptr;
    RuleInfo* rule = nullptr;
};

class ShapeBuilder {
  public:
    explicit ShapeBuilder(Context& context) : m_context(context), m_state(std::make_shared<ShapeState>()) {}

    void run() {
        numberNodes();
        findShifted();
        merge();
        numberDomains();
        gather();
        ShapeSolver solver(m_context.program, *m_state, m_context.diagnostics, locator());
        solver.solve();
        settle();
        checkRanges(m_context.program, *m_state, m_context.diagnostics, solver);
        placeAll();
        if (std::any_of(m_state->classes.begin(), m_state->classes.end(), [](const Class& c) { return !c.isSized; }))
            m_context.program.shapes = m_state;
    }

  private:
    // ---------------------------------------------------------------- nodes
    void numberNodes() {
        NodeId next = 0;
        for (const TensorInfo& info : m_context.program.tensors) {
            m_context.tensorBase.push_back(next);
            next += info.arity;
        }
        m_tensorNodes = next;
        for (EquationInfo& info : m_context.equations)
            m_views.push_back(
                {info.statement, true, info.isBroken, &info.vars, &info.uses, &info.slices, 0, &info, nullptr});
        for (RuleInfo& info : m_context.rules)
            m_views.push_back(
                {info.statement, false, info.isBroken, &info.vars, &info.uses, &info.slices, 0, nullptr, &info});
        std::sort(m_views.begin(), m_views.end(),
                  [](const StatementView& a, const StatementView& b) { return a.statement < b.statement; });
        for (StatementView& view : m_views) {
            view.varBase = next;
            if (view.equation != nullptr) view.equation->varBase = next;
            if (view.rule != nullptr) view.rule->varBase = next;
            next += static_cast<NodeId>(view.vars->size());
        }
        m_parents.resize(next);
        for (NodeId node = 0; node < next; ++node) m_parents[node] = node;
        m_known.resize(next);
        m_isClashed.assign(next, false);
        m_isShifted.assign(m_tensorNodes, false);
        m_isDeclared.assign(m_tensorNodes, false);
    }

    NodeId find(NodeId node) {
        while (m_parents[node] != node) {
            m_parents[node] = m_parents[m_parents[node]];
            node = m_parents[node];
        }
        return node;
    }
    [[nodiscard]] NodeId nodeOf(TensorId tensor, std::size_t axis) const {
        return m_context.tensorBase[tensor] + static_cast<NodeId>(axis);
    }
    [[nodiscard]] bool isBuiltin(TensorId tensor) const { return m_context.program.tensors[tensor].isBuiltin; }

    // ---------------------------------------------------------------- rule 2
    static bool hasVariable(const IndexTerm& term, const std::vector<VarInfo>& vars) {
        if (term.kind == IndexTerm::Kind::Variable) return !vars[term.var].isSlice;
        return std::any_of(term.operands.begin(), term.operands.end(),
                           [&](const IndexTerm& operand) { return hasVariable(operand, vars); });
    }

    void findShifted() {
        for (const StatementView& view : m_views) {
            if (!view.isEquation || view.isBroken) continue;
            for (const Use& use : *view.uses) {
                if (isBuiltin(use.tensor)) continue;
                for (std::size_t axis = 0; axis < use.index->size(); ++axis) {
                    const IndexTerm& term = (*use.index)[axis];
                    if (!term.isPlain() && hasVariable(term, *view.vars)) m_isShifted[nodeOf(use.tensor, axis)] = true;
                }
            }
        }
    }

    // ---------------------------------------------------------------- rules 1 and 3
    void clash(const Known& here, const Known& there, ByteRange range) {
        Diagnostic& error = m_context.error(
            "E-SHAPE", "size %1 here but %2 at %3",
            {std::to_string(here.size), std::to_string(there.size), m_context.placeText(there.place)}, range);
        error.notes.push_back({"Size %1 is stated here", {std::to_string(there.size)}, there.origin});
        if (here.origin.begin != range.begin)
            error.notes.push_back({"Size %1 is stated here", {std::to_string(here.size)}, here.origin});
    }

    static bool isSame(const Known& a, const Known& b) {
        if (a.size != b.size) return false;
        return a.directive == nullptr || b.directive == nullptr || a.directive->symbols == b.directive->symbols;
    }

    static void keepSymbols(Known& into, const Known& from) {
        if (into.directive == nullptr) into.directive = from.directive;
    }

    void put(NodeId node, const Known& known) {
        const NodeId root = find(node);
        std::optional<Known>& have = m_known[root];
        if (!have) {
            have = known;
        } else if (!isSame(known, *have) && !m_isClashed[root]) {
            m_isClashed[root] = true;
            clash(known, *have, known.place);
        } else {
            keepSymbols(*have, known);
        }
    }

    void join(NodeId var, NodeId position, ByteRange range) {
        const NodeId a = find(var), b = find(position);
        if (a == b) return;
        std::optional<Known> merged = m_known[a];
        if (merged && m_known[b] && !isSame(*merged, *m_known[b])) {
            if (!m_isClashed[a] && !m_isClashed[b]) clash(*m_known[b], *merged, range);
            m_isClashed[a] = true;
        } else if (!merged && m_known[b]) {
            merged = m_known[b];
            merged->place = range;
        } else if (merged && m_known[b]) {
            keepSymbols(*merged, *m_known[b]);
        }
        m_isClashed[a] = m_isClashed[a] || m_isClashed[b];
        // The smaller number stays the root: roots do not depend on the order of merging.
        const NodeId root = std::min(a, b), other = std::max(a, b);
        m_parents[other] = root;
        m_known[root] = merged;
        m_isClashed[root] = m_isClashed[a];
    }

    void merge() {
        // What states a size comes first, wherever it stands: a clash is shown at a use rather than at data.
        for (const SizeEvent& event : m_context.sizes) {
            const NodeId node = nodeOf(event.tensor, event.axis);
            put(node, {event.size, nullptr, event.range, event.range});
            if (event.isDeclaration) m_isDeclared[node] = true;
        }
        for (const StatementView& view : m_views)
            if (!view.isBroken) mergeStatement(view);
    }

    void mergeStatement(const StatementView& view) {
        if (!m_context.domains.empty()) {
            for (VarId var = 0; var < view.vars->size(); ++var) {
                const VarInfo& info = (*view.vars)[var];
                const auto directive = m_context.domains.find(info.name);
                if (directive == m_context.domains.end() || info.isAnonymous || !info.isInIndex) continue;
                const DomainDirective& domain = directive->second;
                put(view.varBase + var,
                    {domain.size, domain.isSymbols ? &domain : nullptr, domain.range, domain.range});
            }
        }
        for (const Use& use : *view.uses) {
            if (isBuiltin(use.tensor)) continue;
            for (std::size_t axis = 0; axis < use.index->size(); ++axis) {
                const IndexTerm& term = (*use.index)[axis];
                const NodeId position = nodeOf(use.tensor, axis);
                if (!term.isPlain() || m_isShifted[position] || (*view.vars)[term.var].isSlice) continue;
                join(view.varBase + term.var, position, term.range);
            }
        }
    }

    // ---------------------------------------------------------------- domains
    void numberDomains() {
        m_domainOf.assign(m_parents.size(), NoId);
        for (NodeId node = 0; node < m_parents.size(); ++node) {
            const NodeId root = find(node);
            if (m_domainOf[root] == NoId) {
                m_domainOf[root] = static_cast<DomainId>(m_state->classes.size());
                m_state->classes.emplace_back();
                Domain domain;
                if (const auto& known = m_known[root]) {
                    domain.size = known->size;
                    if (known->directive != nullptr) domain.symbols = known->directive->symbols;
                    m_state->classes.back().isSized = true;
                }
                m_context.program.domains.push_back(std::move(domain));
            }
            m_domainOf[node] = m_domainOf[root];
            if (m_isClashed[root]) m_state->classes[m_domainOf[node]].hasReport = true;
        }
        for (TensorId id = 0; id < m_context.program.tensors.size(); ++id) {
            TensorInfo& info = m_context.program.tensors[id];
            for (std::uint32_t axis = 0; axis < info.arity; ++axis) {
                const DomainId domain = m_domainOf[nodeOf(id, axis)];
                info.axes.push_back(domain);
                Class& known = m_state->classes[domain];
                known.isShifted = known.isShifted || m_isShifted[nodeOf(id, axis)];
                (info.isRelation ? known.hasRelationColumn : known.hasTensorPosition) = true;
                known.isTainted = known.isTainted || m_context.tensors[id].isTainted;
                if (known.firstUse.end == 0) known.firstUse = info.firstUse;
            }
        }
    }

    [[nodiscard]] DomainId domainOf(const StatementView& view, VarId var) const {
        return m_domainOf[view.varBase + var];
    }

    ShapeState::VarDomains varDomains(const StatementView& view, const IndexTerm& term, VarId except = NoId) const {
        VarSet used;
        addVars(term, used);
        ShapeState::VarDomains result;
        for (const VarId var : used.items())
            if (var != except) result.emplace_back(var, domainOf(view, var));
        return result;
    }

    // ---------------------------------------------------------------- what sizes depend on
    void gather() {
        std::vector<std::size_t> shiftedAt(m_tensorNodes, 0);
        for (TensorId id = 0; id < m_context.program.tensors.size(); ++id) {
            const TensorInfo& info = m_context.program.tensors[id];
            for (std::uint32_t axis = 0; axis < info.arity; ++axis) {
                const NodeId node = nodeOf(id, axis);
                if (info.isRelation && info.given.rows > 0 && !m_isShifted[node])
                    m_state->classes[info.axes[axis]].given.emplace_back(id, axis);
                if (!m_isShifted[node]) continue;
                shiftedAt[node] = m_state->shifted.size();
                m_state->shifted.push_back({info.axes[axis], info.isRelation, {}, id});
            }
        }
        for (const StatementView& view : m_views) {
            if (view.isBroken) {
                taint(view);
                continue;
            }
            gatherVars(view);
            for (const Use& use : *view.uses) gatherUse(view, use, shiftedAt);
            for (const SliceUse& slice : *view.slices) {
                if (isBuiltin(slice.tensor)) continue;
                m_state->slices.push_back({domainOf(view, slice.var), m_domainOf[nodeOf(slice.tensor, slice.axis)],
                                           slice.low, slice.high, m_context.isRelation(slice.tensor), slice.range,
                                           slice.lowRange, slice.highRange});
                if (slice.isHead && slice.high && *slice.high > slice.low) addSliceEnd(slice);
            }
            if (view.equation != nullptr) gatherSpecials(view);
            if (view.rule != nullptr) gatherComputed(view);
        }
    }

    /// A slice on the left reaches to its last position, like a constant there.
    void addSliceEnd(const SliceUse& slice) {
        const NodeId node = nodeOf(slice.tensor, slice.axis);
        if (m_isShifted[node]) return;
        const Cell last = m_context.program.dictionary->integer(*slice.high - 1);
        m_state->classes[m_domainOf[node]].constants.emplace_back(last, slice.highRange);
    }

    /// What a broken statement would have told is missing: no errors that follow from it.
    void taint(const StatementView& view) {
        for (const Use& use : *view.uses) {
            if (use.tensor == NoId) continue;
            for (const DomainId domain : m_context.program.tensors[use.tensor].axes)
                m_state->classes[domain].isTainted = true;
        }
        for (VarId var = 0; var < view.vars->size(); ++var) m_state->classes[domainOf(view, var)].isTainted = true;
    }

    void gatherVars(const StatementView& view) {
        for (VarId var = 0; var < view.vars->size(); ++var) {
            Class& known = m_state->classes[domainOf(view, var)];
            const VarInfo& info = (*view.vars)[var];
            (view.isEquation ? known.hasEquationVar : known.hasRuleVar) = true;
            if (info.isAnonymous || info.isSlice) continue;
            if (known.name.empty() || info.first.begin < known.firstUse.begin) known.firstUse = info.first;
            std::string& names = m_context.program.domains[domainOf(view, var)].name;
            if (known.name.empty()) known.name = info.name;
            if (names.empty())
                names = info.name;
            else if (names.size() < 24 && (", " + names + ", ").find(", " + info.name + ", ") == std::string::npos)
                names += ", " + info.name;
        }
    }

    void gatherUse(const StatementView& view, const Use& use, const std::vector<std::size_t>& shiftedAt) {
        if (isBuiltin(use.tensor)) return;
        const bool isRelation = m_context.isRelation(use.tensor);
        for (std::size_t axis = 0; axis < use.index->size(); ++axis) {
            const IndexTerm& term = (*use.index)[axis];
            const NodeId node = nodeOf(use.tensor, axis);
            const DomainId domain = m_domainOf[node];
            if (term.kind == IndexTerm::Kind::Constant) {
                if (!m_isShifted[node]) m_state->classes[domain].constants.emplace_back(term.constant, term.range);
                if (!isRelation) m_state->uses.push_back({use.tensor, domain, term.constant, term.range});
                continue;
            }
            if (!m_isShifted[node]) continue;
            if (term.isPlain() && view.isEquation && !(*view.vars)[term.var].isSlice)
                m_state->classes[domainOf(view, term.var)].plainAtShifted.push_back(domain);
            if (use.isHead && view.isEquation && hasVariable(term, *view.vars))
                m_state->shifted[shiftedAt[node]].heads.push_back({term, varDomains(view, term)});
        }
    }

    /// Rule 4 and concat.
    void gatherSpecials(const StatementView& view) {
        const EquationInfo& info = *view.equation;
        if (info.concatVar != NoId) {
            gatherConcat(view);
            return;
        }
        VarSet isPlain, isInside;
        for (const Use& use : info.uses) {
            if (use.isHead || isBuiltin(use.tensor)) continue;
            for (const IndexTerm& term : *use.index) {
                if (term.isPlain())
                    isPlain.insert(term.var);
                else if (!m_context.isRelation(use.tensor))
                    addVars(term, isInside);
            }
        }
        for (const VarId var : (isInside - isPlain).items())
            if (!info.vars[var].isSlice) gatherConvolution(view, var);
    }

    void gatherConvolution(const StatementView& view, VarId var) {
        const EquationInfo& info = *view.equation;
        ShapeState::Convolution result;
        result.domain = domainOf(view, var);
        result.var = var;
        result.range = info.vars[var].first;
        result.name = info.vars[var].name;
        result.isExcused = m_context.domains.contains(info.vars[var].name);
        for (const Use& use : info.uses) {
            if (isBuiltin(use.tensor)) continue;
            for (std::size_t axis = 0; axis < use.index->size(); ++axis) {
                const IndexTerm& term = (*use.index)[axis];
                VarSet used;
                addVars(term, used);
                if (!used.contains(var)) continue;
                const NodeId node = nodeOf(use.tensor, axis);
                if (use.isHead) result.isExcused = result.isExcused || (term.isPlain() && m_isDeclared[node]);
                if (use.isHead || m_context.isRelation(use.tensor)) continue;
                result.accesses.push_back({term, m_domainOf[node], varDomains(view, term, var)});
            }
        }
        takeDeclaredSize(view, result);
        m_state->classes[result.domain].hasSpecial = true;
        m_state->convolutions.push_back(std::move(result));
    }

    /// A declaration of the left-hand tensor sizes the index also where its position is shifted.
    void takeDeclaredSize(const StatementView& view, const ShapeState::Convolution& convolution) {
        Class& known = m_state->classes[convolution.domain];
        if (known.isSized) return;
        const Use& head = view.equation->uses.front();
        for (std::size_t axis = 0; axis < head.index->size(); ++axis) {
            const IndexTerm& term = (*head.index)[axis];
            const NodeId node = nodeOf(head.tensor, axis);
            if (!term.isPlain() || term.var != convolution.var || !m_isDeclared[node]) continue;
            m_context.program.domains[convolution.domain].size = m_context.program.domains[m_domainOf[node]].size;
            known.isSized = true;
        }
    }

    void gatherConcat(const StatementView& view) {
        const EquationInfo& info = *view.equation;
        ShapeState::Concatenation result;
        result.domain = domainOf(view, info.concatVar);
        result.range = info.vars[info.concatVar].first;
        result.name = info.vars[info.concatVar].name;
        VarSet inside;
        for (const Use& use : info.uses) {
            if (use.isHead) continue;
            for (const IndexTerm& term : *use.index) addVars(term, inside);
        }
        for (const VarId var : (inside - info.left).items()) result.joined.push_back(domainOf(view, var));
        m_state->classes[result.domain].hasSpecial = true;
        m_state->concatenations.push_back(std::move(result));
    }

    /// Rule 8: columns whose values rules compute.
    void gatherComputed(const StatementView& view) {
        const RuleInfo& info = *view.rule;
        const Use& head = info.uses.front();
        for (std::uint32_t axis = 0; axis < head.index->size(); ++axis) {
            const IndexTerm& term = (*head.index)[axis];
            const bool isDefined = term.isPlain() && std::find(info.computed.begin(), info.computed.end(), term.var) !=
                                                         info.computed.end();
            if (term.kind == IndexTerm::Kind::Constant || (term.isPlain() && !isDefined)) continue;
            const DomainId domain = m_domainOf[nodeOf(head.tensor, axis)];
            Class& known = m_state->classes[domain];
            if (known.isSized) continue;
            known.isLazy = true;
            auto& columns = m_context.program.domains[domain].columns;
            const std::pair<TensorId, std::uint32_t> column{head.tensor, axis};
            if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
            columns.push_back(column);
            m_state->columns.push_back({head.tensor, axis, domain, false});
            ++known.pending;
        }
    }

    // ---------------------------------------------------------------- afterwards
    ShapeSolver::Locate locator() {
        return [this](DomainId domain, const std::function<bool(Cell)>& isWanted) {
            std::optional<ByteRange> first;
            const auto offer = [&](Cell cell, ByteRange range) {
                if (isWanted(cell) && (!first || range.begin < first->begin)) first = range;
            };
            for (const auto& [cell, range] : m_state->classes[domain].constants) offer(cell, range);
            for (const auto& [tensor, column] : m_state->classes[domain].given) {
                const TensorInfo& info = m_context.program.tensors[tensor];
                for (const auto& [at, range] : m_context.tensors[tensor].factCells)
                    if (at % info.arity == column) offer(info.given.cells[at], range);
            }
            return first;
        };
    }

    /// Classes without a size: those that wait for computed columns are deferred, the others are errors.
    void settle() {
        const std::size_t count = m_state->classes.size();
        std::vector<bool> isComing(count), isHidden(count);
        for (DomainId id = 0; id < count; ++id) {
            isComing[id] = m_state->classes[id].isSized || m_state->classes[id].isLazy;
            isHidden[id] = m_state->classes[id].isTainted;
        }
        propagate(isComing);
        std::vector<bool> isExplained = isComing;
        for (DomainId id = 0; id < count; ++id) isExplained[id] = isExplained[id] || isHidden[id];
        propagate(isExplained);
        for (DomainId id = 0; id < count; ++id) {
            if (m_state->classes[id].isSized) continue;
            if (isComing[id]) {
                Domain& domain = m_context.program.domains[id];
                domain.isDeferred = true;
                for (const auto& [cell, range] : m_state->classes[id].constants) domain.constants.push_back(cell);
                continue;
            }
            m_context.unsized.push_back(id);
            if (isExplained[id]) m_state->classes[id].hasReport = true;
        }
        reportUnsized();
    }

    /// All that a convolution asks for has a size: if it has none itself, nothing bounds it.
    [[nodiscard]] bool isReady(const ShapeState::Convolution& convolution) const {
        const auto isSized = [this](DomainId id) { return m_state->classes[id].isSized; };
        return std::all_of(convolution.accesses.begin(), convolution.accesses.end(), [&](const auto& access) {
            return isSized(access.axis) && std::all_of(access.others.begin(), access.others.end(),
                                                       [&](const auto& other) { return isSized(other.second); });
        });
    }

    /// Which classes get a size once those that are marked have one.
    void propagate(std::vector<bool>& isComing) const {
        for (bool hasChanged = true; hasChanged;) {
            hasChanged = false;
            const auto mark = [&](DomainId domain, bool isReady) {
                if (isComing[domain] || !isReady) return;
                isComing[domain] = true;
                hasChanged = true;
            };
            const auto areComing = [&](const ShapeState::VarDomains& vars) {
                return std::all_of(vars.begin(), vars.end(), [&](const auto& var) { return isComing[var.second]; });
            };
            for (const auto& special : m_state->convolutions) {
                const bool waits = !isReady(special);
                mark(special.domain,
                     waits && std::all_of(special.accesses.begin(), special.accesses.end(),
                                          [&](const auto& a) { return isComing[a.axis] && areComing(a.others); }));
            }
            for (const auto& special : m_state->concatenations)
                mark(special.domain, std::all_of(special.joined.begin(), special.joined.end(),
                                                 [&](DomainId joined) { return isComing[joined]; }));
            for (const auto& position : m_state->shifted)
                mark(position.domain, std::any_of(position.heads.begin(), position.heads.end(),
                                                  [&](const auto& head) { return areComing(head.vars); }));
            for (const auto& slice : m_state->slices) mark(slice.domain, isComing[slice.axis]);
            for (DomainId id = 0; id < isComing.size(); ++id) {
                const std::vector<DomainId>& plain = m_state->classes[id].plainAtShifted;
                mark(id, std::any_of(plain.begin(), plain.end(), [&](DomainId shifted) { return isComing[shifted]; }));
            }
        }
    }

    /// The size that another tensor has at the same index, as A in `S[i+1] = S[i] + A[i+1]`; 0: nobody has one.
    [[nodiscard]] std::int64_t sizeBeside(TensorId tensor, std::size_t axis) const {
        const auto isSame = [](const IndexTerm& a, const IndexTerm& b) {
            const auto x = affineOf(a), y = affineOf(b);
            return x && y && !x->terms.empty() && x->terms == y->terms && x->constant == y->constant;
        };
        std::int64_t size = 0;
        for (const StatementView& view : m_views) {
            if (!view.isEquation || view.isBroken || view.equation->ir.head != tensor) continue;
            const IndexTerm& left = view.equation->ir.headIndex[axis];
            for (const Use& use : *view.uses)
                for (std::size_t k = 0; !use.isHead && use.tensor != tensor && k < use.index->size(); ++k) {
                    if (!isSame((*use.index)[k], left)) continue;
                    const DomainId domain = m_domainOf[nodeOf(use.tensor, k)];
                    if (m_state->classes[domain].isSized) size = std::max(size, m_context.program.domains[domain].size);
                }
        }
        return size;
    }

    /// A declaration that gives one class a size: that of the data beside it, or 10 for want of any.
    [[nodiscard]] std::string declarationFor(TensorId tensor, DomainId wanted) const {
        const TensorInfo& info = m_context.program.tensors[tensor];
        std::vector<std::string> names(info.arity);
        for (const StatementView& view : m_views) {
            if (!view.isEquation || view.isBroken || view.equation->ir.head != tensor) continue;
            for (std::size_t axis = 0; axis < names.size(); ++axis) {
                const auto affine = affineOf(view.equation->ir.headIndex[axis]);
                if (!affine || affine->terms.size() != 1) continue;
                const std::string& name = (*view.vars)[affine->terms[0].first].name;
                if (std::find(names.begin(), names.end(), name) == names.end()) names[axis] = name;
            }
        }
        std::string indices, sizes;
        for (std::size_t axis = 0; axis < names.size(); ++axis) {
            const DomainId domain = m_domainOf[nodeOf(tensor, axis)];
            const bool isOpen = domain == wanted || !m_state->classes[domain].isSized;
            const std::int64_t beside = isOpen ? sizeBeside(tensor, axis) : m_context.program.domains[domain].size;
            indices += (axis > 0 ? ", " : "") + (names[axis].empty() ? "k" + std::to_string(axis + 1) : names[axis]);
            sizes += (axis > 0 ? ", " : "") + std::to_string(beside > 0 ? beside : 10);
        }
        const char* type = info.type == ElementType::Bool ? "bool" : info.type == ElementType::Int ? "int" : "real";
        return info.name + "[" + indices + "]: " + type + "[" + sizes + "]";
    }

    void reportUnsized() {
        bool hasShifted = false;
        for (const ShapeState::ShiftedPosition& position : m_state->shifted) {
            Class& known = m_state->classes[position.domain];
            if (known.isSized || known.hasReport || m_context.program.domains[position.domain].isDeferred) continue;
            hasShifted = known.hasReport = true;
            const TensorInfo& info = m_context.program.tensors[position.tensor];
            const std::string declaration = declarationFor(position.tensor, position.domain);
            Diagnostic& error = m_context.error("E-DOMAIN",
                                                "The size of %1 cannot be inferred, as its positions follow from each "
                                                "other: declare it, as in %2",
                                                {info.name, declaration}, info.firstUse);
            error.fixes.push_back({"Add %1", {declaration}, {0, 0}, declaration + "\n"});
        }
        if (hasShifted) return;
        for (DomainId id = 0; id < m_state->classes.size(); ++id) {
            Class& known = m_state->classes[id];
            const bool isNeeded = known.hasTensorPosition || known.hasEquationVar;
            if (known.isSized || known.hasReport || m_context.program.domains[id].isDeferred || !isNeeded) continue;
            known.hasReport = true;
            const bool hasName = !known.name.empty();
            Diagnostic& error = m_context.error(
                "E-DOMAIN",
                hasName ? "The size of index %1 cannot be inferred: say @domain %1 = ..."
                        : "The size of this index cannot be inferred: declare the tensor",
                hasName ? std::vector<std::string>{known.name} : std::vector<std::string>{}, known.firstUse);
            if (hasName)
                error.fixes.push_back({"Add @domain %1", {known.name}, {0, 0}, "@domain " + known.name + " = 10\n"});
        }
    }

    void placeAll() {
        for (const StatementView& view : m_views) {
            if (view.isBroken) continue;
            for (const Use& use : *view.uses) placeConstants(m_context.program, *use.index, use.tensor);
            std::vector<Var>& vars = view.isEquation ? view.equation->ir.vars : view.rule->ir.vars;
            vars.reserve(view.vars->size());
            for (VarId var = 0; var < view.vars->size(); ++var) {
                const VarInfo& info = (*view.vars)[var];
                vars.push_back({info.name, domainOf(view, var), info.isAnonymous || info.isSlice});
            }
        }
    }

    Context& m_context;
    std::shared_ptr<ShapeState> m_state;
    std::vector<StatementView> m_views; ///< source order
    NodeId m_tensorNodes = 0;
    std::vector<NodeId> m_parents;
    std::vector<std::optional<Known>> m_known; ///< of roots
    std::vector<bool> m_isClashed, m_isShifted, m_isDeclared;
    std::vector<DomainId> m_domainOf; ///< of nodes
};

} // namespace

void inferShapes(Context& context) {
    ShapeBuilder(context).run();
}

} // namespace vitrine::tl::checking
