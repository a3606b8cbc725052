// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/check/sums.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

using Kind = Node::Kind;

bool isAtom(const Node& node) {
    return node.kind == Kind::Constant || node.kind == Kind::Symbol;
}

void addFree(const Node& node, VarSet& set) {
    if (node.kind == Kind::IndexValue) set.insert(node.var);
    for (const IndexTerm& term : node.index) addVars(term, set);
    if (node.kind != Kind::Sum) {
        for (const Node& operand : node.operands) addFree(operand, set);
        return;
    }
    VarSet inner;
    addFree(node.operands[0], inner);
    for (const VarId var : node.sumVars) inner.erase(var);
    set |= inner;
}

/// In how many factors of one additive term a variable occurs; denominators and operands of % are factors too.
std::size_t factorsWith(const Node& term, VarId var) {
    switch (term.kind) {
    case Kind::Negate:
        return factorsWith(term.operands[0], var);
    case Kind::Multiply:
    case Kind::Divide:
    case Kind::Modulo: {
        std::size_t count = 0;
        for (const Node& operand : term.operands) count += factorsWith(operand, var);
        return count;
    }
    default:
        return freeVars(term).contains(var) ? 1 : 0;
    }
}

void additiveTerms(const Node& node, std::vector<const Node*>& terms) {
    if (node.kind == Kind::Add) {
        for (const Node& operand : node.operands) additiveTerms(operand, terms);
    } else if (node.kind == Kind::Negate && node.operands[0].kind == Kind::Add) {
        additiveTerms(node.operands[0], terms);
    } else {
        terms.push_back(&node);
    }
}

/// Einstein's own rule for the base of a power.
bool repeatsInOneTerm(const Node& base, VarId var) {
    std::vector<const Node*> terms;
    additiveTerms(base, terms);
    const Node* only = nullptr;
    for (const Node* term : terms) {
        if (!freeVars(*term).contains(var)) continue;
        if (only != nullptr) return false;
        only = term;
    }
    return only != nullptr && factorsWith(*only, var) >= 2;
}

} // namespace

VarSet freeVars(const Node& node) {
    VarSet result;
    addFree(node, result);
    return result;
}

void productFactors(Node& node, std::vector<Node*>& factors) {
    if (node.kind == Kind::Multiply) {
        for (Node& operand : node.operands) productFactors(operand, factors);
    } else if (node.kind == Kind::Divide || (node.kind == Kind::Negate && node.operands[0].kind != Kind::Add)) {
        productFactors(node.operands[0], factors);
    } else {
        factors.push_back(&node);
    }
}

// -------------------------------------------------------------------- homes

std::uint32_t SumPlacer::openScope(const Node& node, std::uint32_t parent, bool isPower) {
    Scope scope;
    scope.parent = parent;
    scope.depth = parent == NoId ? 0 : m_scopes[parent].depth + 1;
    scope.isPower = isPower;
    scope.node = &node;
    m_scopes.push_back(std::move(scope));
    return static_cast<std::uint32_t>(m_scopes.size() - 1);
}

void SumPlacer::occurs(VarId var, std::uint32_t scope) {
    std::uint32_t& home = m_homes[var];
    if (home == NoId) {
        home = scope;
        return;
    }
    while (home != scope) {
        if (m_scopes[home].depth >= m_scopes[scope].depth)
            home = m_scopes[home].parent;
        else
            scope = m_scopes[scope].parent;
    }
}

void SumPlacer::findScopes(const Node& node, std::uint32_t scope) {
    if (node.kind == Kind::IndexValue) occurs(node.var, scope);
    VarSet used;
    for (const IndexTerm& term : node.index) addVars(term, used);
    for (const VarId var : used.items()) occurs(var, scope);
    const bool isCall = node.kind == Kind::Call || node.kind == Kind::Normalise;
    const bool isQuotient = node.kind == Kind::Divide || node.kind == Kind::Modulo;
    for (std::size_t k = 0; k < node.operands.size(); ++k) {
        const Node& operand = node.operands[k];
        const bool isPower = node.kind == Kind::Power && k == 0;
        const bool isContext = isCall || isPower || (isQuotient && k == 1 && !m_reduces);
        findScopes(operand, isContext ? openScope(operand, scope, isPower) : scope);
    }
}

void SumPlacer::chooseHomes() {
    for (VarId var = 0; var < m_varCount; ++var) {
        if (m_homes[var] == NoId || m_left.contains(var)) continue;
        std::uint32_t home = m_homes[var];
        while (m_scopes[home].isPower && !repeatsInOneTerm(*m_scopes[home].node, var)) home = m_scopes[home].parent;
        m_scopes[home].summed.push_back(var);
    }
}

std::vector<VarId> SumPlacer::place(Node& value) {
    m_homes.assign(m_varCount, NoId);
    if (value.kind == Kind::Concat) return {}; // its own indices are joined, not summed
    openScope(value, NoId, false);
    findScopes(value, 0);
    chooseHomes();
    m_next = 1;
    placeScopes(value);
    std::vector<VarId> whole = m_scopes[0].summed;
    if (m_reduces) return whole;
    VarSet vars;
    for (const VarId var : whole) vars.insert(var);
    value = sum(std::move(value), vars);
    return {};
}

/// Inner scopes first; in the order of findScopes.
void SumPlacer::placeScopes(Node& node) {
    const bool isCall = node.kind == Kind::Call || node.kind == Kind::Normalise;
    const bool isQuotient = node.kind == Kind::Divide || node.kind == Kind::Modulo;
    for (std::size_t k = 0; k < node.operands.size(); ++k) {
        const bool isPower = node.kind == Kind::Power && k == 0;
        const bool isContext = isCall || isPower || (isQuotient && k == 1 && !m_reduces);
        const std::size_t scope = isContext ? m_next++ : 0;
        placeScopes(node.operands[k]);
        if (!isContext || m_scopes[scope].summed.empty()) continue;
        VarSet vars;
        for (const VarId var : m_scopes[scope].summed) vars.insert(var);
        node.operands[k] = sum(std::move(node.operands[k]), vars);
    }
}

// -------------------------------------------------------------------- sums

SumPlacer::Status SumPlacer::status(const Node& node, VarId var) const {
    switch (node.kind) {
    case Kind::Negate:
        return status(node.operands[0], var);
    case Kind::Add: {
        std::size_t all = 0, none = 0;
        for (const Node& operand : node.operands) {
            const Status one = status(operand, var);
            all += one == Status::All ? 1 : 0;
            none += one == Status::None ? 1 : 0;
        }
        if (all == node.operands.size()) return Status::All;
        return none == node.operands.size() ? Status::None : Status::Some;
    }
    case Kind::Multiply: {
        Status result = Status::None;
        for (const Node& operand : node.operands) result = std::max(result, status(operand, var));
        return result;
    }
    case Kind::Divide:
        return freeVars(node.operands[1]).contains(var) ? Status::All : status(node.operands[0], var);
    default:
        return freeVars(node).contains(var) ? Status::All : Status::None;
    }
}

Node SumPlacer::sum(Node node, const VarSet& vars) {
    const VarSet own = vars & freeVars(node);
    if (own.empty() || isAtom(node)) return node;
    if (node.kind == Kind::Add) {
        for (Node& operand : node.operands) operand = sum(std::move(operand), own);
        return node;
    }
    const bool isProduct = node.kind == Kind::Multiply || node.kind == Kind::Divide;
    if (node.kind == Kind::Negate) {
        node.operands[0] = sum(std::move(node.operands[0]), own);
        return node;
    }
    if (isProduct) return sumProduct(std::move(node), own);
    Node result;
    result.kind = Kind::Sum;
    result.range = node.range;
    result.sumVars = own.items();
    result.operands.push_back(std::move(node));
    return result;
}

Node SumPlacer::sumProduct(Node node, const VarSet& vars) {
    std::vector<Node*> factors;
    productFactors(node, factors);
    VarSet whole;
    std::vector<std::pair<VarId, Node*>> inside;
    for (const VarId var : vars.items()) {
        if (status(node, var) == Status::All) {
            whole.insert(var);
            continue;
        }
        Node* only = nullptr;
        for (Node* factor : factors) {
            if (status(*factor, var) == Status::None) continue;
            if (only != nullptr) return sum(distribute(node, var), vars);
            only = factor;
        }
        inside.emplace_back(var, only);
    }
    for (Node* factor : factors) {
        VarSet pushed;
        for (const auto& [var, only] : inside)
            if (only == factor) pushed.insert(var);
        if (!pushed.empty()) *factor = sum(std::move(*factor), pushed);
    }
    if (whole.empty()) return node;
    Node result;
    result.kind = Kind::Sum;
    result.range = node.range;
    result.sumVars = whole.items();
    result.operands.push_back(std::move(node));
    return result;
}

/// Multiplies out the parenthesised sums in which a variable is in some terms only.
Node SumPlacer::distribute(const Node& node, VarId var) {
    Node copy = node;
    std::vector<Node*> factors;
    productFactors(copy, factors);
    std::vector<std::size_t> places;
    std::vector<std::vector<Node>> terms;
    std::size_t count = 1;
    for (std::size_t k = 0; k < factors.size(); ++k) {
        if (status(*factors[k], var) != Status::Some) continue;
        const bool isNegated = factors[k]->kind == Kind::Negate;
        const Node& sum = isNegated ? factors[k]->operands[0] : *factors[k];
        std::vector<Node> choices;
        for (const Node& operand : sum.operands) {
            if (!isNegated) {
                choices.push_back(operand);
                continue;
            }
            Node negated;
            negated.kind = Kind::Negate;
            negated.range = operand.range;
            negated.operands.push_back(operand);
            choices.push_back(std::move(negated));
        }
        count *= choices.size();
        places.push_back(k);
        terms.push_back(std::move(choices));
        if (count > MaxTerms) {
            m_isTooLarge = true;
            Node nothing;
            nothing.isInteger = true;
            nothing.range = node.range;
            return nothing;
        }
    }
    Node result;
    result.kind = Kind::Add;
    result.range = node.range;
    for (std::size_t choice = 0; choice < count; ++choice) {
        std::size_t rest = choice;
        for (std::size_t k = places.size(); k-- > 0;) {
            *factors[places[k]] = terms[k][rest % terms[k].size()];
            rest /= terms[k].size();
        }
        result.operands.push_back(copy);
    }
    return result;
}

} // namespace vitrine::tl::checking
