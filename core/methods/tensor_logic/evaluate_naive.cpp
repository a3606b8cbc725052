// SPDX-License-Identifier: GPL-3.0-or-later
// Naive dense evaluation of rules: the step of a sum of matrix products, whole, in every round. It exists to be
// compared with the tuple engine.
#include "core/methods/tensor_logic/evaluator.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace vitrine::tl {

namespace {

std::string shortNumber(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

Node number(std::int64_t value) {
    Node node;
    node.kind = Node::Kind::Constant;
    node.isInteger = true;
    node.integer = value;
    return node;
}

Node combine(Node::Kind kind, std::vector<Node> operands) {
    Node node;
    node.kind = kind;
    node.isInteger = true;
    node.operands = std::move(operands);
    return node;
}

Node negated(Node inner) {
    return combine(Node::Kind::Negate, {std::move(inner)});
}
Node difference(Node a, Node b) {
    return combine(Node::Kind::Add, {std::move(a), negated(std::move(b))});
}

Node called(Function function, Node inner) {
    Node node = combine(Node::Kind::Call, {std::move(inner)});
    node.function = function;
    return node;
}

/// Turns a rule into an equation over positions; nothing when it has parts that matrices do not express.
class RuleAsEquation {
  public:
    RuleAsEquation(const Program& program, const Rule& rule) : m_program(program), m_rule(rule) {}

    std::optional<Equation> make() {
        m_equation.statement = m_rule.statement;
        m_equation.range = m_rule.range;
        m_equation.head = m_rule.head.tensor;
        m_equation.isStepped = false;
        m_equation.vars = m_rule.vars;
        for (Var& var : m_equation.vars) var.domain = NoId;
        std::vector<Node> factors;
        for (const Atom& atom : m_rule.atoms)
            if (!atom.isNegated && !addAtom(atom, factors)) return std::nullopt;
        for (const Atom& atom : m_rule.atoms)
            if (atom.isNegated && !addAtom(atom, factors)) return std::nullopt;
        for (const Comparison& comparison : m_rule.comparisons)
            if (!addComparison(comparison, factors)) return std::nullopt;
        for (std::size_t k = 0; k < m_rule.head.args.size(); ++k) {
            const IndexTerm& term = m_rule.head.args[k];
            if (!fits(term, m_rule.head.tensor, k, false)) return std::nullopt;
            m_equation.headIndex.push_back(term);
        }
        std::set<VarId> head, all;
        for (const IndexTerm& term : m_equation.headIndex) dense::collectVars(term, head);
        Node product = combine(Node::Kind::Multiply, std::move(factors));
        dense::collectVars(product, all);
        Node sum = combine(Node::Kind::Sum, {});
        for (const VarId var : all)
            if (head.count(var) == 0) sum.sumVars.push_back(var);
        if (!std::includes(all.begin(), all.end(), head.begin(), head.end())) return std::nullopt;
        sum.operands.push_back(std::move(product));
        m_equation.value = std::move(sum);
        return m_equation;
    }

  private:
    /// A plain variable whose domain is that of the column, or a constant inside it.
    bool fits(const IndexTerm& term, TensorId tensor, std::size_t column, bool mayBind) {
        const DomainId domain = m_program.tensors[tensor].axes[column];
        if (domain == NoId || m_program.domains[domain].isDeferred) return false;
        if (term.kind == IndexTerm::Kind::Constant) return term.offset >= 0;
        if (!term.isPlain()) return false;
        DomainId& mine = m_equation.vars[term.var].domain;
        if (mine == NoId && mayBind) mine = domain;
        return mine == domain;
    }
    bool addAtom(const Atom& atom, std::vector<Node>& factors) {
        Node read;
        read.kind = Node::Kind::Tensor;
        read.isInteger = true;
        read.tensor = atom.tensor;
        read.asStep = true;
        read.range = atom.range;
        for (std::size_t k = 0; k < atom.args.size(); ++k) {
            if (!fits(atom.args[k], atom.tensor, k, !atom.isNegated)) return false;
            read.index.push_back(atom.args[k]);
        }
        factors.push_back(atom.isNegated ? difference(number(1), std::move(read)) : std::move(read));
        return true;
    }
    bool addComparison(const Comparison& comparison, std::vector<Node>& factors) {
        if (comparison.defines != NoId || comparison.left.kind != Node::Kind::IndexValue ||
            comparison.right.kind != Node::Kind::IndexValue)
            return false;
        const DomainId left = m_equation.vars[comparison.left.var].domain;
        if (left == NoId || left != m_equation.vars[comparison.right.var].domain) return false;
        Node gap = difference(comparison.left, comparison.right);
        gap.operands[0].isInteger = gap.operands[1].operands[0].isInteger = true;
        switch (comparison.op) {
        case CompareOp::NotEqual:
            factors.push_back(called(Function::Step, called(Function::Abs, std::move(gap))));
            break;
        case CompareOp::Equal:
            factors.push_back(difference(number(1), called(Function::Step, called(Function::Abs, std::move(gap)))));
            break;
        default:
            return false;
        }
        return true;
    }

    const Program& m_program;
    const Rule& m_rule;
    Equation m_equation;
};

} // namespace

bool Evaluator::runNaiveDense(const Stratum& stratum, std::uint32_t index) {
    const std::set<TensorId> inside(stratum.tensors.begin(), stratum.tensors.end());
    std::vector<Equation> equations;
    std::vector<bool> recurs;
    double cells = 0;
    for (const std::uint32_t id : stratum.rules) {
        const Rule& rule = m_program->rules[id];
        std::optional<Equation> equation = RuleAsEquation(*m_program, rule).make();
        if (!equation) {
            choose(index, rule.head.tensor, "semi-naive", "a rule has parts that matrices do not express");
            return false;
        }
        equations.push_back(std::move(*equation));
        recurs.push_back(std::any_of(rule.atoms.begin(), rule.atoms.end(),
                                     [&](const Atom& atom) { return inside.count(atom.tensor) != 0; }));
    }
    dense::Store& store = m_result->m_store;
    for (const TensorId tensor : stratum.tensors) {
        double mine = 1;
        for (const std::int64_t size : store.shapeOf(tensor)) mine *= static_cast<double>(size);
        cells = std::max(cells, mine);
    }
    constexpr double copies = 4; // the matrix, the new one, two operands of a product
    if (cells * 8 * copies > static_cast<double>(m_options.memoryBudget))
        dense::fail("E-LIMIT",
                    "Naive dense evaluation of this rule needs about %1 bytes, more than the memory budget of %2",
                    {shortNumber(cells * 8 * copies), std::to_string(m_options.memoryBudget)},
                    m_program->rules[stratum.rules.at(0)].range);
    choose(index, stratum.tensors[0], "naive dense",
           "asked for; a round multiplies matrices of %1 cells: about %2 multiplications",
           {shortNumber(cells), shortNumber(cells * std::sqrt(cells))});

    for (const TensorId tensor : stratum.tensors) { // what is there already: facts
        store.setTuples(tensor, m_result->m_engine->set(tensor));
        const at::Tensor start =
            store.slot(tensor).tuples
                ? store.value(tensor, false)
                : at::zeros(store.shapeOf(tensor), at::TensorOptions(store.device()).dtype(at::kLong));
        store.slot(tensor).tuples = nullptr;
        store.setDense(tensor, start);
    }
    dense::Surroundings surroundings = inputOf(stratum.tensors, {}).surroundings;
    surroundings.variableTensors = inside;
    surroundings.keepsTuples = false;
    std::vector<std::unique_ptr<dense::CompiledEquation>> plans;
    for (const Equation& equation : equations)
        plans.push_back(std::make_unique<dense::CompiledEquation>(store, surroundings, equation, std::nullopt));

    for (std::uint32_t round = 1;; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        std::map<TensorId, at::Tensor> next;
        std::map<TensorId, std::uint64_t> joined;
        for (std::size_t k = 0; k < plans.size(); ++k) {
            if (recurs[k] == (round == 1)) continue;
            const dense::Contribution part = plans[k]->run(m_frame);
            if (!part.value.defined()) continue;
            const TensorId head = equations[k].head;
            joined[head] += static_cast<std::uint64_t>(part.value.sum().item<std::int64_t>());
            next[head] = next[head].defined() ? next[head].add(part.value) : part.value;
        }
        bool isChanged = false;
        for (const TensorId tensor : stratum.tensors) {
            const at::Tensor before = store.slot(tensor).dense;
            const at::Tensor after = next[tensor].defined() ? before.add(next[tensor]).gt(0).to(at::kLong) : before;
            const auto total = static_cast<std::uint64_t>(after.sum().item<std::int64_t>());
            const std::uint64_t delta =
                round == 1 ? total : total - static_cast<std::uint64_t>(before.sum().item<std::int64_t>());
            store.setDense(tensor, after);
            isChanged = isChanged || delta != 0;
            if (delta == 0) continue;
            RoundReport report;
            report.stratum = index;
            report.round = round;
            report.relation = tensor;
            report.delta = delta;
            report.total = total;
            report.joinedRows = joined[tensor];
            report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            report.bytes = after.numel() * 8;
            report.engine = "naive dense";
            if (m_observer != nullptr) m_observer->onRound(report);
            m_denseRounds.push_back(report);
        }
        const bool recursAtAll = std::find(recurs.begin(), recurs.end(), true) != recurs.end();
        if (!isChanged || !recursAtAll || round > m_options.maxRounds) break;
    }
    m_result->m_provesAnew = true;
    for (const TensorId tensor : stratum.tensors) {
        const at::Tensor value = store.slot(tensor).dense;
        insertDense(tensor, value);
        store.slot(tensor).dense = at::Tensor();
        takeTuples(tensor);
    }
    return true;
}

} // namespace vitrine::tl
