// SPDX-License-Identifier: GPL-3.0-or-later
// Directives that are not about learning: @domain @sparse @dense @iterate @mode @seed.
#include "core/methods/tensor_logic/check/directives.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

using Word = ast::Directive::Word;

constexpr std::array<std::string_view, 10> Known{"domain", "learn",  "freeze", "minimize", "maximize",
                                                 "seed",   "sparse", "dense",  "iterate",  "mode"};

class DirectiveReader {
  public:
    DirectiveReader(Context& context, const ast::Statement& statement, const ast::Directive& directive)
        : m_context(context), m_statement(statement), m_directive(directive), m_words(directive) {}

    void read() {
        const std::string& name = m_directive.name;
        if (std::find(Known.begin(), Known.end(), name) == Known.end())
            fail("There is no directive @%1", {name});
        else if (name == "domain")
            domain();
        else if (name == "sparse" || name == "dense")
            storage(name == "sparse" ? Storage::Tuples : Storage::Dense);
        else if (name == "iterate")
            iterate();
        else if (name == "mode")
            mode();
        else if (name == "seed")
            seed();
    }

  private:
    void fail(const char* message, std::vector<std::string> arguments = {}) {
        m_context.error("E-DIRECTIVE", message, std::move(arguments), m_statement.range);
    }

    void domain() {
        std::vector<const Word*> names;
        do {
            const Word* name = m_words.takeName();
            if (name == nullptr || !isVariableName(name->text)) {
                fail("@domain names an index variable: @domain i = 5");
                return;
            }
            names.push_back(name);
        } while (m_words.take(","));
        DomainDirective result;
        result.range = m_statement.range;
        if (!m_words.take("=") || !value(result) || !m_words.atEnd()) {
            fail("@domain takes a size or symbols: @domain i = 5 or @domain x = {Alice, Bob}");
            return;
        }
        for (const Word* name : names) add(*name, result);
    }

    void add(const Word& name, const DomainDirective& domain) {
        const auto [known, isNew] = m_context.domains.emplace(name.text, domain);
        const DomainDirective& first = known->second;
        if (isNew || (first.size == domain.size && first.symbols == domain.symbols)) return;
        m_context
            .error(
                "E-SHAPE", "%1 has size %2 here but %3 at %4",
                {name.text, std::to_string(domain.size), std::to_string(first.size), m_context.placeText(first.range)},
                name.range)
            .notes.push_back({"The other @domain", {}, first.range});
    }

    bool value(DomainDirective& result) {
        if (m_words.take("{")) return symbols(result);
        const Word* word = m_words.take();
        if (word == nullptr) return false;
        std::optional<std::int64_t> size;
        if (word->kind == Word::Kind::Number) size = integerOf(word->text);
        if (word->kind == Word::Kind::Name) {
            const auto scalar = m_context.scalars.find(word->text);
            if (scalar != m_context.scalars.end()) size = scalar->second;
        }
        if (!size || *size < 0) return false;
        result.size = *size;
        return true;
    }

    bool symbols(DomainDirective& result) {
        result.isSymbols = true;
        Dictionary& dictionary = *m_context.program.dictionary;
        while (!m_words.take("}")) {
            if (!result.symbols.empty() && !m_words.take(",")) return false;
            const Word* word = m_words.take();
            if (word == nullptr || word->kind == Word::Kind::Punctuation || word->kind == Word::Kind::Number)
                return false;
            const Cell cell = dictionary.symbol(word->text);
            result.symbols.push_back(cell);
        }
        std::vector<Cell> sorted = result.symbols;
        std::sort(sorted.begin(), sorted.end());
        if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
            fail("A symbol stands twice in this @domain");
            return true;
        }
        result.size = static_cast<std::int64_t>(result.symbols.size());
        return true;
    }

    void storage(Storage hint) {
        bool isFirst = true;
        while (!m_words.atEnd()) {
            if (!isFirst) (void)m_words.take(",");
            const Word* name = m_words.takeName();
            const auto id = name == nullptr ? std::nullopt : m_context.find(name->text);
            if (name == nullptr) {
                fail("@%1 takes names of tensors", {m_directive.name});
                return;
            }
            if (!id)
                m_context.error("E-UNDEF", "%1 has no data, equation, rule, file or declaration", {name->text},
                                name->range);
            else
                m_context.program.tensors[*id].hint = hint;
            isFirst = false;
        }
        if (isFirst) fail("@%1 takes names of tensors", {m_directive.name});
    }

    void iterate() {
        Program& program = m_context.program;
        program.iterates = true;
        m_context.iterateAt = m_statement.range;
        while (!m_words.atEnd()) {
            (void)m_words.take(",");
            const Word* key = m_words.takeName();
            const bool isAssigned = m_words.take("=");
            const Word* word = m_words.take();
            const bool isNumber = isAssigned && word != nullptr && word->kind == Word::Kind::Number;
            const std::int64_t count = isNumber ? integerOf(word->text).value_or(-1) : -1;
            const double tolerance = isNumber ? realOf(word->text).value_or(-1) : -1;
            if (key != nullptr && key->text == "max" && count >= 0) {
                program.iterateMax = count;
            } else if (key != nullptr && key->text == "tol" && tolerance >= 0) {
                program.iterateTolerance = tolerance;
            } else {
                fail("@iterate takes max and tol: @iterate max=100 tol=1e-6");
                return;
            }
        }
    }

    void mode() {
        const Word* word = m_words.takeName();
        const bool isForward = word != nullptr && word->text == "forward";
        const bool isBackward = word != nullptr && word->text == "backward";
        if ((!isForward && !isBackward) || !m_words.atEnd()) {
            fail("@mode is forward or backward");
            return;
        }
        m_context.program.mode = isForward ? Mode::Forward : Mode::Backward;
    }

    void seed() {
        const Word* word = m_words.take();
        const bool isNumber = word != nullptr && word->kind == Word::Kind::Number && m_words.atEnd();
        const auto value = isNumber ? integerOf(word->text) : std::nullopt;
        if (!value || *value < 0) {
            fail("@seed takes an integer that is not negative: @seed 7");
            return;
        }
        m_context.program.seed = static_cast<std::uint64_t>(*value);
    }

    Context& m_context;
    const ast::Statement& m_statement;
    const ast::Directive& m_directive;
    DirectiveWords m_words;
};

} // namespace

void readDirectives(Context& context) {
    for (const ast::Statement& statement : context.program.syntax.statements)
        if (const auto* directive = std::get_if<ast::Directive>(&statement.body))
            DirectiveReader(context, statement, *directive).read();
}

} // namespace vitrine::tl::checking
