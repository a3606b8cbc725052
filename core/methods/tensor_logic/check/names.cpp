// SPDX-License-Identifier: GPL-3.0-or-later
// Which tensors there are: definitions, brackets, arities, integer scalars.
#include "core/methods/tensor_logic/check/constants.hpp"
#include "core/methods/tensor_logic/check/context.hpp"

#include "core/methods/tensor_logic/tablefile.hpp"
#include "core/methods/tensor_logic/utf8.hpp"

#include <utf8proc.h>

namespace vitrine::tl::checking {

bool isVariableName(std::string_view name) {
    if (name.empty()) return false;
    const auto first = static_cast<unsigned char>(name.front());
    if (first < 0x80) return first == '_' || (first >= 'a' && first <= 'z');
    return utf8proc_category(codePointAt(name, 0).value) == UTF8PROC_CATEGORY_LL;
}

bool isAnonymousName(std::string_view name) {
    return name == "_";
}

std::optional<TensorId> Context::find(std::string_view name) const {
    const auto known = tensorIds.find(name);
    if (known == tensorIds.end()) return std::nullopt;
    return known->second;
}

namespace {

class Collector {
  public:
    explicit Collector(Context& context) : m_context(context) {}

    void run() {
        const auto& statements = m_context.program.syntax.statements;
        for (const ast::Statement& statement : statements) define(statement);
        for (const ast::Statement& statement : statements) use(statement);
    }

  private:
    TensorId tensor(std::string_view name) {
        const auto next = static_cast<TensorId>(m_context.program.tensors.size());
        const auto [known, isNew] = m_context.tensorIds.emplace(name, next);
        if (isNew) {
            m_context.program.tensors.push_back({});
            m_context.program.tensors.back().name = name;
            m_context.tensors.push_back({});
        }
        return known->second;
    }

    TensorFacts& head(const ast::Ref& ref) {
        const TensorId id = tensor(ref.name);
        TensorInfo& info = m_context.program.tensors[id];
        TensorFacts& facts = m_context.tensors[id];
        if (!info.hasDefinition) info.definition = ref.range;
        info.hasDefinition = true;
        facts.isRoundHead = facts.isRoundHead || ref.bracket == ast::Bracket::Round;
        if (facts.virtualAxes.size() < ref.indices.size()) facts.virtualAxes.resize(ref.indices.size());
        for (std::size_t k = 0; k < ref.indices.size(); ++k) {
            if (!ref.indices[k].isVirtual) continue;
            facts.virtualAxes[k] = true;
            facts.virtualAt = ref.indices[k].range;
        }
        return facts;
    }

    static bool isStepped(const ast::Expr& expr) { return expr.kind == ast::Expr::Kind::Call && expr.text == "step"; }

    void define(const ast::Statement& statement) {
        if (const auto* facts = std::get_if<ast::Facts>(&statement.body)) {
            for (const ast::Ref& atom : facts->atoms) head(atom).hasFacts = true;
        } else if (const auto* rule = std::get_if<ast::Rule>(&statement.body)) {
            ++head(rule->head).ruleCount;
        } else if (const auto* equation = std::get_if<ast::Equation>(&statement.body)) {
            TensorFacts& known = head(equation->head);
            ++known.equationCount;
            known.allStep = known.allStep && isStepped(equation->value);
        } else if (const auto* literal = std::get_if<ast::LiteralEquation>(&statement.body)) {
            head(literal->head).hasLiteral = true;
        } else if (const auto* read = std::get_if<ast::Read>(&statement.body)) {
            TensorFacts& known = head(read->target);
            known.hasFile = true;
            known.isText = known.isText || tableFormatOf(read->file) == TableFormat::Words;
        } else if (const auto* declaration = std::get_if<ast::Declaration>(&statement.body)) {
            TensorFacts& known = head(declaration->ref);
            known.hasDeclaration = true;
            known.isDeclaredBool = known.isDeclaredBool || declaration->type == ast::TypeName::Bool;
            if (!known.declared) known.declaredAt = declaration->ref.range;
            known.declared = declaration->type;
        }
    }

    void arity(const ast::Ref& ref, std::uint32_t count) {
        const auto id = m_context.find(ref.name);
        if (!id) return;
        TensorFacts& facts = m_context.tensors[*id];
        if (!facts.arity) {
            facts.arity = count;
            facts.arityAt = ref.range;
            m_context.program.tensors[*id].firstUse = ref.range;
        } else if (*facts.arity != count) {
            m_context
                .error(
                    "E-ARITY", count == 1 ? "%1 has %2 index here but %3 at %4" : "%1 has %2 indices here but %3 at %4",
                    {ref.name, std::to_string(count), std::to_string(*facts.arity), m_context.placeText(facts.arityAt)},
                    ref.range)
                .notes.push_back({"The other use of %1", {ref.name}, facts.arityAt});
        }
    }

    /// \param isBareWhole  a name without brackets stands for the whole tensor (queries, writes, reads)
    void reference(const ast::Ref& ref, bool isBareWhole) {
        if (!m_context.find(ref.name)) {
            if (isBuiltin(ref.name)) {
                builtin(ref);
                return;
            }
            if (!m_context.isInUnread(ref.name))
                m_context.error("E-UNDEF", "%1 has no data, equation, rule, file or declaration", {ref.name},
                                ref.nameRange);
            return;
        }
        TensorFacts& facts = m_context.tensors[*m_context.find(ref.name)];
        facts.isUsed = true;
        facts.isRoundUsed = facts.isRoundUsed || (!isBareWhole && ref.bracket == ast::Bracket::Round);
        facts.isSquareUsed = facts.isSquareUsed || (!isBareWhole && ref.bracket == ast::Bracket::Square);
        if (ref.bracket == ast::Bracket::None && isBareWhole) {
            if (!facts.arity) m_context.program.tensors[*m_context.find(ref.name)].firstUse = ref.range;
            return;
        }
        arity(ref, static_cast<std::uint32_t>(ref.indices.size()));
    }

    static bool isBuiltin(std::string_view name) { return name == "Even" || name == "Odd"; }

    void builtin(const ast::Ref& ref) {
        const TensorId id = tensor(ref.name);
        TensorInfo& info = m_context.program.tensors[id];
        info.isBuiltin = info.isRelation = true;
        info.type = ElementType::Bool;
        info.arity = 1;
        info.firstUse = info.definition = ref.range;
        info.hasDefinition = true;
        m_context.tensors[id].arity = 1;
        m_context.tensors[id].arityAt = ref.range;
        if (ref.indices.size() != 1)
            m_context.error("E-ARITY", "%1 takes one argument, not %2", {ref.name, std::to_string(ref.indices.size())},
                            ref.range);
    }

    void defined(const ast::Ref& ref) { arity(ref, static_cast<std::uint32_t>(ref.indices.size())); }

    /// Bare lower-case names may be variables: the pass `resolve` decides on them.
    /// \param isSide  a whole side of a comparison: an upper-case name that is no scalar is a symbol
    void expression(const ast::Expr& expr, bool isSide) {
        if (isSide && expr.kind == ast::Expr::Kind::Ref && expr.ref.bracket == ast::Bracket::None) return;
        forEachRef(expr, [this](const ast::Ref& ref) {
            if (ref.bracket != ast::Bracket::None || !isVariableName(ref.name)) reference(ref, false);
        });
    }

    void literal(const ast::LiteralEquation& equation) {
        const ast::Ref& ref = equation.head;
        std::uint32_t rank = 0;
        for (const ast::List* list = &equation.value; !list->isNumber; list = &list->items.front()) {
            ++rank;
            if (list->items.empty()) break;
        }
        const auto count = ref.bracket == ast::Bracket::None ? rank : static_cast<std::uint32_t>(ref.indices.size());
        TensorFacts& facts = m_context.tensors[*m_context.find(ref.name)];
        const bool isBareClash = ref.bracket == ast::Bracket::None && facts.arity && *facts.arity != rank;
        if (!isBareClash && count == rank) {
            arity(ref, count);
            return;
        }
        if (!isBareClash) arity(ref, count);
        m_context.error("E-SHAPE", "This literal has rank %1, but %2 has rank %3",
                        {std::to_string(rank), ref.name, std::to_string(facts.arity.value_or(count))},
                        equation.value.range);
    }

    void use(const ast::Statement& statement) {
        if (const auto* facts = std::get_if<ast::Facts>(&statement.body)) {
            for (const ast::Ref& atom : facts->atoms) defined(atom);
        } else if (const auto* rule = std::get_if<ast::Rule>(&statement.body)) {
            defined(rule->head);
            for (const ast::Literal& part : rule->body) {
                if (part.kind == ast::Literal::Kind::Comparison) {
                    expression(part.left, true);
                    expression(part.right, true);
                } else {
                    reference(part.atom, false);
                }
            }
        } else if (const auto* equation = std::get_if<ast::Equation>(&statement.body)) {
            defined(equation->head);
            expression(equation->value, false);
        } else if (const auto* values = std::get_if<ast::LiteralEquation>(&statement.body)) {
            literal(*values);
        } else if (const auto* read = std::get_if<ast::Read>(&statement.body)) {
            if (read->target.bracket != ast::Bracket::None) {
                defined(read->target);
            } else if (tableFormatOf(read->file) == TableFormat::Words) {
                arity(read->target, 2);
            }
        } else if (const auto* declaration = std::get_if<ast::Declaration>(&statement.body)) {
            defined(declaration->ref);
        } else if (const auto* write = std::get_if<ast::Write>(&statement.body)) {
            reference(write->source, true);
        } else if (const auto* query = std::get_if<ast::Query>(&statement.body)) {
            reference(query->ref, true);
        }
    }

    Context& m_context;
};

} // namespace

void collectNames(Context& context) {
    Collector(context).run();
    for (TensorId id = 0; id < context.tensors.size(); ++id)
        context.tensors[id].isTainted = context.isInUnread(context.program.tensors[id].name);
    foldScalars(context);
}

} // namespace vitrine::tl::checking
