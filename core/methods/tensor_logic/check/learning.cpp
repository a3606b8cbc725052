// SPDX-License-Identifier: GPL-3.0-or-later
// @minimize @maximize @learn @freeze.
#include "core/methods/tensor_logic/check/directives.hpp"

namespace vitrine::tl::checking {

namespace {

using Word = ast::Directive::Word;

class LearningReader {
  public:
    explicit LearningReader(Context& context) : m_context(context) {}

    void run() {
        const auto& statements = m_context.program.syntax.statements;
        for (std::uint32_t k = 0; k < statements.size(); ++k) {
            const auto* directive = std::get_if<ast::Directive>(&statements[k].body);
            if (directive == nullptr) continue;
            m_range = statements[k].range;
            if (directive->name == "minimize" || directive->name == "maximize")
                loss(*directive, k);
            else if (directive->name == "learn")
                names(*directive, true);
            else if (directive->name == "freeze")
                names(*directive, false);
        }
        choose();
    }

  private:
    void fail(const char* message, std::vector<std::string> arguments = {}) {
        m_context.error("E-DIRECTIVE", message, std::move(arguments), m_range);
    }

    std::optional<TensorId> tensor(const Word& word) {
        const auto id = m_context.find(word.text);
        if (!id && !m_context.isInUnread(word.text))
            m_context.error("E-UNDEF", "%1 has no data, equation, rule, file or declaration", {word.text}, word.range);
        return id;
    }

    void names(const ast::Directive& directive, bool isLearned) {
        DirectiveWords words(directive);
        do {
            const Word* name = words.takeName();
            if (name == nullptr) {
                fail("@%1 takes names of tensors", {directive.name});
                return;
            }
            const auto id = tensor(*name);
            if (!id) continue;
            if (isLearned)
                learn(*id, *name);
            else
                m_context.program.tensors[*id].isFrozen = true;
        } while (!words.atEnd() && (words.take(",") || true));
    }

    void learn(TensorId id, const Word& name) {
        m_hasNames = true;
        const TensorFacts& facts = m_context.tensors[id];
        const TensorInfo& info = m_context.program.tensors[id];
        if (info.type == ElementType::Bool || facts.declared == ast::TypeName::Int) {
            m_context.error("E-TYPE", "%1 cannot be learned: its elements are no real numbers", {info.name},
                            name.range);
            return;
        }
        if (isComputed(id)) {
            m_context.error("E-TYPE", "%1 cannot be learned: equations compute it", {info.name}, name.range);
            return;
        }
        m_named.push_back(id);
    }

    /// Has equations beside those that only state data.
    [[nodiscard]] bool isComputed(TensorId id) const {
        if (m_isComputed.empty()) {
            m_isComputed.assign(m_context.program.tensors.size(), false);
            for (const EquationInfo& info : m_context.equations)
                if (!info.isData) m_isComputed[info.ir.head] = true;
        }
        return m_isComputed[id];
    }

    void loss(const ast::Directive& directive, std::uint32_t statement) {
        Learning learning;
        learning.statement = statement;
        learning.range = m_range;
        learning.isMaximised = directive.name == "maximize";
        DirectiveWords words(directive);
        const Word* name = words.takeName();
        if (name == nullptr) {
            fail("@%1 names the tensor to learn by: @%1 Loss lr=0.01 steps=500", {directive.name});
            return;
        }
        while (!words.atEnd()) {
            (void)words.take(",");
            const Word* key = words.takeName();
            const bool isAssigned = words.take("=");
            const Word* value = words.take();
            if (key == nullptr || !isAssigned || value == nullptr) {
                fail("@%1 takes NAME=VALUE: lr, steps, optimizer, batch, over", {directive.name});
                return;
            }
            if (!option(learning, *key, *value)) return;
        }
        const auto id = tensor(*name);
        if (!id) return;
        if (m_context.program.tensors[*id].arity != 0) {
            m_context.error("E-ARITY", "The loss is a scalar, but %1 has rank %2",
                            {name->text, std::to_string(m_context.program.tensors[*id].arity)}, name->range);
            return;
        }
        if ((learning.batch > 0) != (learning.over != NoId)) {
            fail("batch=N and over=INDEX go together");
            return;
        }
        learning.loss = *id;
        m_context.program.learnings.push_back(learning);
    }

    bool option(Learning& learning, const Word& key, const Word& value) {
        const bool isNumber = value.kind == Word::Kind::Number;
        const std::int64_t count = isNumber ? integerOf(value.text).value_or(-1) : -1;
        const double real = isNumber ? realOf(value.text).value_or(-1) : -1;
        if (key.text == "lr" && real > 0) {
            learning.learningRate = real;
        } else if (key.text == "steps" && count >= 0) {
            learning.steps = count;
        } else if (key.text == "batch" && count > 0) {
            learning.batch = count;
        } else if (key.text == "optimizer") {
            if (value.text != "sgd" && value.text != "adam") {
                fail("There is no optimizer %1: sgd and adam are possible", {value.text});
                return false;
            }
            learning.optimizer = value.text;
        } else if (key.text == "over" && value.kind == Word::Kind::Name) {
            return over(learning, value);
        } else {
            fail("%1=%2 is not possible: lr is positive, steps and batch are counts, optimizer is sgd or adam, over is "
                 "an index",
                 {key.text, value.text});
            return false;
        }
        return true;
    }

    /// The class of an index variable, by its name in equations.
    bool over(Learning& learning, const Word& name) {
        for (const EquationInfo& info : m_context.equations) {
            if (info.isBroken) continue;
            for (const Var& var : info.ir.vars) {
                if (var.name != name.text || var.isAnonymous) continue;
                learning.over = var.domain;
                return true;
            }
        }
        m_context.error("E-UNDEF", "No equation has an index %1", {name.text}, name.range);
        return false;
    }

    void choose() {
        Program& program = m_context.program;
        for (const TensorId id : m_named) program.tensors[id].isLearned = true;
        if (program.learnings.empty() || m_hasNames) {
            for (TensorInfo& info : program.tensors) info.isLearned = info.isLearned && !info.isFrozen;
            return;
        }
        for (TensorId id = 0; id < program.tensors.size(); ++id) {
            TensorInfo& info = program.tensors[id];
            const TensorFacts& facts = m_context.tensors[id];
            info.isLearned = info.type != ElementType::Bool && facts.declared != ast::TypeName::Int &&
                             !facts.hasGiven && facts.ruleCount == 0 && !isComputed(id) && !info.isFrozen &&
                             facts.hasDeclaration;
        }
    }

    Context& m_context;
    ByteRange m_range;
    std::vector<TensorId> m_named;
    bool m_hasNames = false;
    mutable std::vector<bool> m_isComputed;
};

} // namespace

void readLearning(Context& context) {
    LearningReader(context).run();
}

} // namespace vitrine::tl::checking
