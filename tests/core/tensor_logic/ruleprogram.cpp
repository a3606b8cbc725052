// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/ruleprogram.hpp"

#include "core/methods/tensor_logic/integers.hpp"
#include "core/methods/tensor_logic/parser.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace vitrine::test {

using namespace tl;

namespace {

class Lowering {
  public:
    explicit Lowering(Program& program) : m_program(program) {}

    void run() {
        for (const ast::Statement& statement : m_program.syntax.statements) {
            if (const auto* facts = std::get_if<ast::Facts>(&statement.body))
                for (const ast::Ref& atom : facts->atoms) fact(atom);
            if (const auto* rule = std::get_if<ast::Rule>(&statement.body)) lower(*rule, statement.range);
        }
    }
    TensorId tensor(const std::string& name, std::uint32_t arity) {
        if (const auto found = m_program.find(name)) return *found;
        TensorInfo info;
        info.name = name;
        info.arity = arity;
        info.isRelation = true;
        info.isBuiltin = name == "Even" || name == "Odd";
        info.type = ElementType::Bool;
        m_program.tensors.push_back(info);
        return static_cast<TensorId>(m_program.tensors.size() - 1);
    }

  private:
    void fact(const ast::Ref& atom) {
        GivenData& given = m_program.tensors[tensor(atom.name, static_cast<std::uint32_t>(atom.indices.size()))].given;
        for (const ast::Index& index : atom.indices) given.cells.push_back(term(*index.first).constant);
        ++given.rows;
    }

    VarId var(const std::string& name) {
        for (VarId i = 0; i < m_rule.vars.size(); ++i)
            if (m_rule.vars[i].name == name && name != "_") return i;
        m_rule.vars.push_back({name, NoId, name == "_"});
        return static_cast<VarId>(m_rule.vars.size() - 1);
    }

    static bool isVariable(const std::string& name) { return name[0] == '_' || (name[0] >= 'a' && name[0] <= 'z'); }

    IndexTerm constant(std::int64_t value) {
        IndexTerm result;
        result.offset = value;
        result.constant = m_program.dictionary->integer(value);
        return result;
    }

    IndexTerm term(const ast::IndexExpr& expr) {
        using From = ast::IndexExpr::Kind;
        IndexTerm result;
        result.range = expr.range;
        switch (expr.kind) {
        case From::Integer:
            return constant(expr.integer);
        case From::String:
            result.constant = m_program.dictionary->symbol(expr.text);
            return result;
        case From::Name:
            if (!isVariable(expr.text)) {
                result.constant = m_program.dictionary->symbol(expr.text);
                return result;
            }
            result.kind = IndexTerm::Kind::Variable;
            result.var = var(expr.text);
            return result;
        case From::Negate:
            if (expr.operands[0].kind == From::Integer) return constant(-expr.operands[0].integer);
            result.kind = IndexTerm::Kind::Negate;
            break;
        case From::Add:
            result.kind = IndexTerm::Kind::Add;
            break;
        case From::Subtract:
            result.kind = IndexTerm::Kind::Subtract;
            break;
        case From::Multiply:
            result.kind = IndexTerm::Kind::Multiply;
            break;
        case From::Divide:
            result.kind = IndexTerm::Kind::Divide;
            break;
        case From::Modulo:
            result.kind = IndexTerm::Kind::Modulo;
            break;
        }
        for (const ast::IndexExpr& operand : expr.operands) result.operands.push_back(term(operand));
        return result;
    }

    Atom atom(const ast::Ref& ref, bool isNegated) {
        Atom result;
        result.isNegated = isNegated;
        result.range = ref.range;
        for (const ast::Index& index : ref.indices) result.args.push_back(term(*index.first));
        result.tensor = tensor(ref.name, static_cast<std::uint32_t>(ref.indices.size()));
        return result;
    }

    Node node(const ast::Expr& expr) {
        using From = ast::Expr::Kind;
        Node result;
        result.range = expr.range;
        switch (expr.kind) {
        case From::Integer:
            result.isInteger = true;
            result.integer = expr.integer;
            return result;
        case From::Real:
            result.real = expr.real;
            return result;
        case From::String:
            result.kind = Node::Kind::Symbol;
            result.cell = m_program.dictionary->symbol(expr.text);
            return result;
        case From::Ref:
            result.kind = isVariable(expr.ref.name) ? Node::Kind::IndexValue : Node::Kind::Symbol;
            if (isVariable(expr.ref.name))
                result.var = var(expr.ref.name);
            else
                result.cell = m_program.dictionary->symbol(expr.ref.name);
            return result;
        case From::Negate:
            result.kind = Node::Kind::Negate;
            break;
        case From::Add:
            result.kind = Node::Kind::Add;
            break;
        case From::Subtract:
            result.kind = Node::Kind::Add;
            break;
        case From::Multiply:
            result.kind = Node::Kind::Multiply;
            break;
        case From::Divide:
            result.kind = Node::Kind::Divide;
            break;
        case From::Modulo:
            result.kind = Node::Kind::Modulo;
            break;
        case From::Power:
            result.kind = Node::Kind::Power;
            break;
        case From::Call:
            result.kind = Node::Kind::Call;
            if (expr.text != "log") throw std::runtime_error("only log is lowered");
            result.function = Function::Log;
            break;
        }
        for (const ast::Expr& operand : expr.operands) result.operands.push_back(node(operand));
        if (expr.kind == From::Subtract) {
            Node negated;
            negated.kind = Node::Kind::Negate;
            negated.range = expr.range;
            negated.operands.push_back(result.operands[1]);
            result.operands[1] = negated;
        }
        return result;
    }

    /// `v == expr` defines v when no positive atom has it as a plain argument.
    void findDefinitions() {
        std::set<VarId> bound;
        for (const Atom& atom : m_rule.atoms)
            for (const IndexTerm& arg : atom.args)
                if (!atom.isNegated && arg.isPlain() && !m_program.tensors[atom.tensor].isBuiltin)
                    bound.insert(arg.var);
        for (Comparison& comparison : m_rule.comparisons) {
            if (comparison.op != CompareOp::Equal) continue;
            for (const bool isLeft : {true, false}) {
                const Node& side = isLeft ? comparison.left : comparison.right;
                if (side.kind != Node::Kind::IndexValue || bound.contains(side.var)) continue;
                comparison.defines = side.var;
                comparison.definesLeft = isLeft;
                bound.insert(side.var);
                break;
            }
        }
    }

    void lower(const ast::Rule& source, ByteRange range) {
        m_rule = Rule();
        m_rule.range = range;
        m_rule.statement = static_cast<std::uint32_t>(m_program.rules.size());
        m_rule.head = atom(source.head, false);
        for (const ast::Literal& literal : source.body) {
            if (literal.kind != ast::Literal::Kind::Comparison) {
                m_rule.atoms.push_back(atom(literal.atom, literal.kind == ast::Literal::Kind::NegatedAtom));
                continue;
            }
            Comparison comparison;
            comparison.op = literal.op;
            comparison.range = literal.range;
            comparison.left = node(literal.left);
            comparison.right = node(literal.right);
            m_rule.comparisons.push_back(comparison);
        }
        findDefinitions();
        m_program.rules.push_back(m_rule);
    }

    Program& m_program;
    Rule m_rule;
};

/// Strata by repeated search for relations that reach each other.
void stratify(Program& program) {
    const std::size_t count = program.tensors.size();
    std::vector<std::vector<bool>> reaches(count, std::vector<bool>(count));
    for (const Rule& rule : program.rules)
        for (const Atom& atom : rule.atoms) reaches[rule.head.tensor][atom.tensor] = true;
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j)
                if (reaches[i][k] && reaches[k][j]) reaches[i][j] = true;
    std::vector<bool> isDone(count);
    for (std::size_t round = 0; round < count; ++round)
        for (TensorId id = 0; id < count; ++id) {
            bool isReady = !isDone[id];
            for (std::size_t j = 0; j < count; ++j)
                if (reaches[id][j] && !reaches[j][id] && !isDone[j]) isReady = false;
            if (!isReady) continue;
            Stratum stratum;
            for (TensorId j = 0; j < count; ++j)
                if (j == id || (reaches[id][j] && reaches[j][id])) {
                    stratum.tensors.push_back(j);
                    isDone[j] = true;
                }
            stratum.isRecursive = reaches[id][id];
            for (std::uint32_t rule = 0; rule < program.rules.size(); ++rule)
                if (std::count(stratum.tensors.begin(), stratum.tensors.end(), program.rules[rule].head.tensor) > 0)
                    stratum.rules.push_back(rule);
            stratum.kind = stratum.rules.empty() ? Stratum::Kind::Data : Stratum::Kind::Rules;
            program.strata.push_back(stratum);
        }
}

} // namespace

std::unique_ptr<Program> ruleProgram(const std::string& text) {
    auto program = std::make_unique<Program>();
    program->source = Source("test.tl", text);
    Parsed parsed = parse(program->source);
    if (hasErrors(parsed.diagnostics)) throw std::runtime_error(render(parsed.diagnostics[0], program->source));
    program->syntax = std::move(parsed.program);
    program->dictionary = std::make_shared<Dictionary>();
    Lowering(*program).run();
    stratify(*program);
    return program;
}

void give(Program& program, const std::string& relation, std::uint32_t arity, const std::vector<Cell>& cells) {
    const TensorId id = Lowering(program).tensor(relation, arity);
    GivenData& given = program.tensors[id].given;
    given.cells.insert(given.cells.end(), cells.begin(), cells.end());
    given.rows += arity == 0 ? 1 : cells.size() / arity;
}

namespace {
class NoTensors final : public sparse::TensorReader {
  public:
    [[nodiscard]] Number at(TensorId, std::span<const Cell>) const override { return {}; }
};
} // namespace

const sparse::TensorReader& noTensors() {
    static const NoTensors reader;
    return reader;
}

Run load(std::unique_ptr<Program> program, const EvaluateOptions& options, const sparse::Tuning& tuning,
         Observer* observer) {
    Run result;
    result.program = std::move(program);
    result.engine = sparse::Engine::create(*result.program, options, noTensors(), observer, tuning);
    for (TensorId id = 0; id < result.program->tensors.size(); ++id) {
        const GivenData& given = result.program->tensors[id].given;
        if (given.rows > 0) result.engine->insert(id, given.cells, given.rows);
    }
    return result;
}

Run run(std::unique_ptr<Program> program, const EvaluateOptions& options, const sparse::Tuning& tuning,
        Observer* observer) {
    Run result = load(std::move(program), options, tuning, observer);
    for (std::uint32_t i = 0; i < result.program->strata.size() && result.diagnostics.empty(); ++i)
        result.diagnostics = result.engine->evaluate(i);
    return result;
}

std::shared_ptr<const sparse::TupleSet> Run::set(const std::string& relation) const {
    return engine->set(*program->find(relation));
}

TupleTable Run::tuples() const {
    TupleTable table;
    for (TensorId id = 0; id < program->tensors.size(); ++id) {
        auto& rows = table[program->tensors[id].name];
        engine->set(id)->forEach([&](std::span<const Cell> tuple, std::uint32_t round) {
            rows.emplace(Tuple(tuple.begin(), tuple.end()), round);
            return true;
        });
    }
    return table;
}

std::uint32_t Run::rounds(const std::string& relation) const {
    std::uint32_t last = 0;
    set(relation)->forEach([&](std::span<const Cell>, std::uint32_t round) {
        last = std::max(last, round);
        return true;
    });
    return last;
}

namespace {

class BruteForce {
  public:
    explicit BruteForce(Program& program) : m_program(program) {}

    TupleTable run() {
        for (const TensorInfo& info : m_program.tensors) {
            auto& rows = m_table[info.name];
            for (std::uint64_t row = 0; row < info.given.rows; ++row)
                rows.emplace(Tuple(info.given.cells.begin() + static_cast<std::ptrdiff_t>(row * info.arity),
                                   info.given.cells.begin() + static_cast<std::ptrdiff_t>((row + 1) * info.arity)),
                             1);
        }
        for (const Stratum& stratum : m_program.strata) fixpoint(stratum);
        return m_table;
    }

  private:
    void fixpoint(const Stratum& stratum) {
        for (std::uint32_t round = 1;; ++round) {
            std::vector<std::pair<std::string, Tuple>> found;
            for (const std::uint32_t number : stratum.rules) {
                m_rule = &m_program.rules[number];
                const bool isBase = std::none_of(m_rule->atoms.begin(), m_rule->atoms.end(), [&](const Atom& atom) {
                    return std::count(stratum.tensors.begin(), stratum.tensors.end(), atom.tensor) > 0;
                });
                if (isBase != (round == 1)) continue;
                m_vars.assign(m_rule->vars.size(), std::nullopt);
                search(0, found);
            }
            bool isAny = false;
            for (const auto& [relation, tuple] : found) isAny |= m_table[relation].emplace(tuple, round).second;
            if (!isAny && round > 1) return;
        }
    }

    std::optional<std::int64_t> number(Cell cell) const {
        const Value value = m_program.dictionary->value(cell);
        return value.isSymbol ? std::nullopt : std::optional(value.integer);
    }

    std::optional<Cell> term(const IndexTerm& t) {
        if (t.kind == IndexTerm::Kind::Variable) return m_vars[t.var];
        if (t.kind == IndexTerm::Kind::Constant) return t.constant;
        const auto left = term(t.operands[0]);
        const auto a = left ? number(*left) : std::nullopt;
        if (!a) return std::nullopt;
        if (t.kind == IndexTerm::Kind::Negate) return m_program.dictionary->integer(-*a);
        const auto right = term(t.operands[1]);
        const auto b = right ? number(*right) : std::nullopt;
        if (!b) return std::nullopt;
        std::optional<std::int64_t> value;
        if (t.kind == IndexTerm::Kind::Add) value = *a + *b;
        if (t.kind == IndexTerm::Kind::Subtract) value = *a - *b;
        if (t.kind == IndexTerm::Kind::Multiply) value = *a * *b;
        if (t.kind == IndexTerm::Kind::Divide) value = floorDivide(*a, *b);
        if (t.kind == IndexTerm::Kind::Modulo) value = floorModulo(*a, *b);
        return value ? std::optional(m_program.dictionary->integer(*value)) : std::nullopt;
    }

    /// A symbol's cell, or a number.
    std::pair<std::optional<Cell>, double> value(const Node& n) {
        switch (n.kind) {
        case Node::Kind::Constant:
            return {std::nullopt, n.isInteger ? static_cast<double>(n.integer) : n.real};
        case Node::Kind::Symbol:
            return {n.cell, 0};
        case Node::Kind::IndexValue: {
            const auto integer = number(*m_vars[n.var]);
            if (integer) return {std::nullopt, static_cast<double>(*integer)};
            return {m_vars[n.var], 0};
        }
        case Node::Kind::Negate:
            return {std::nullopt, -value(n.operands[0]).second};
        case Node::Kind::Add:
            return {std::nullopt, value(n.operands[0]).second + value(n.operands[1]).second};
        case Node::Kind::Multiply:
            return {std::nullopt, value(n.operands[0]).second * value(n.operands[1]).second};
        case Node::Kind::Divide:
            return {std::nullopt, value(n.operands[0]).second / value(n.operands[1]).second};
        case Node::Kind::Modulo: {
            const auto a = static_cast<std::int64_t>(value(n.operands[0]).second);
            const auto b = static_cast<std::int64_t>(value(n.operands[1]).second);
            return {std::nullopt, static_cast<double>(floorModulo(a, b).value_or(0))};
        }
        default:
            return {std::nullopt, 0};
        }
    }

    bool holds(const Comparison& c) {
        if (c.defines != NoId && !m_vars[c.defines]) {
            const auto [symbol, x] = value(c.definesLeft ? c.right : c.left);
            if (!symbol && x != static_cast<double>(static_cast<std::int64_t>(x))) return false;
            m_vars[c.defines] = symbol ? *symbol : m_program.dictionary->integer(static_cast<std::int64_t>(x));
            return true;
        }
        const auto [a, x] = value(c.left);
        const auto [b, y] = value(c.right);
        if (a.has_value() != b.has_value()) return c.op == CompareOp::NotEqual;
        const double order = a ? m_program.dictionary->compare(*a, *b) : x < y ? -1 : x > y ? 1 : 0;
        switch (c.op) {
        case CompareOp::Equal:
            return order == 0;
        case CompareOp::NotEqual:
            return order != 0;
        case CompareOp::Less:
            return order < 0;
        case CompareOp::LessEqual:
            return order <= 0;
        case CompareOp::Greater:
            return order > 0;
        case CompareOp::GreaterEqual:
            return order >= 0;
        }
        return false;
    }

    bool matches(const Atom& atom, const Tuple& tuple) {
        for (std::size_t k = 0; k < tuple.size(); ++k) {
            const IndexTerm& t = atom.args[k];
            if (t.isPlain() && !m_vars[t.var]) {
                if (atom.isNegated) continue;
                m_vars[t.var] = tuple[k];
            }
        }
        for (std::size_t k = 0; k < tuple.size(); ++k) {
            const IndexTerm& t = atom.args[k];
            if (t.isPlain() && !m_vars[t.var]) continue;
            const auto cell = term(t);
            if (cell && *cell != tuple[k]) return false;
            if (!cell && m_isChecking) return false;
        }
        return true;
    }

    bool isParity(const Atom& atom) {
        const auto n = number(*term(atom.args[0]));
        return n && (*n % 2 != 0) == (m_program.tensors[atom.tensor].name == "Odd");
    }

    /// Nested loops over the positive atoms in source order; everything else is tested at the end.
    void search(std::size_t atomNumber, std::vector<std::pair<std::string, Tuple>>& found) {
        while (atomNumber < m_rule->atoms.size() &&
               (m_rule->atoms[atomNumber].isNegated || m_program.tensors[m_rule->atoms[atomNumber].tensor].isBuiltin))
            ++atomNumber;
        if (atomNumber == m_rule->atoms.size()) return finish(found);
        const Atom& atom = m_rule->atoms[atomNumber];
        const auto saved = m_vars;
        m_isChecking = false;
        for (const auto& [tuple, round] : m_table[m_program.tensors[atom.tensor].name]) {
            m_vars = saved;
            if (matches(atom, tuple)) search(atomNumber + 1, found);
            m_isChecking = false;
        }
        m_vars = saved;
    }

    void finish(std::vector<std::pair<std::string, Tuple>>& found) {
        const auto saved = m_vars;
        m_isChecking = true;
        if (isSatisfied()) {
            Tuple tuple;
            for (const IndexTerm& t : m_rule->head.args) tuple.push_back(*term(t));
            found.emplace_back(m_program.tensors[m_rule->head.tensor].name, tuple);
        }
        m_vars = saved;
    }

    bool isSatisfied() {
        for (std::size_t pass = 0; pass < m_rule->comparisons.size(); ++pass) // definitions that build on each other
            for (const Comparison& c : m_rule->comparisons)
                if (c.defines != NoId && !m_vars[c.defines] && isKnown(c.definesLeft ? c.right : c.left) && !holds(c))
                    return false;
        for (const Comparison& c : m_rule->comparisons)
            if (!holds(c)) return false;
        for (const Atom& atom : m_rule->atoms) {
            if (m_program.tensors[atom.tensor].isBuiltin) {
                if (isParity(atom) == atom.isNegated) return false;
                continue;
            }
            const auto& rows = m_table[m_program.tensors[atom.tensor].name];
            const bool isThere =
                std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return matches(atom, row.first); });
            if (isThere == atom.isNegated) return false;
        }
        return true;
    }

    bool isKnown(const Node& n) const {
        if (n.kind == Node::Kind::IndexValue) return m_vars[n.var].has_value();
        return std::all_of(n.operands.begin(), n.operands.end(), [this](const Node& o) { return isKnown(o); });
    }

    Program& m_program;
    TupleTable m_table;
    const Rule* m_rule = nullptr;
    std::vector<std::optional<Cell>> m_vars;
    bool m_isChecking = false;
};

} // namespace

TupleTable bruteForce(Program& program) {
    return BruteForce(program).run();
}

} // namespace vitrine::test
