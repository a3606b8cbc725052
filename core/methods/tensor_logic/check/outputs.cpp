// SPDX-License-Identifier: GPL-3.0-or-later
// Queries and writes.
#include "core/base/files.hpp"
#include "core/methods/tensor_logic/check/resolve.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

class OutputReader {
  public:
    explicit OutputReader(Context& context) : m_context(context) {}

    void run() {
        const auto& statements = m_context.program.syntax.statements;
        for (m_statement = 0; m_statement < statements.size(); ++m_statement) {
            if (const auto* query = std::get_if<ast::Query>(&statements[m_statement].body))
                readQuery(query->ref, statements[m_statement].range);
            else if (const auto* write = std::get_if<ast::Write>(&statements[m_statement].body))
                readWrite(*write, statements[m_statement].range);
        }
    }

  private:
    void readQuery(const ast::Ref& ref, ByteRange range) {
        const auto id = m_context.find(ref.name);
        if (!id) return;
        Query query;
        query.statement = m_statement;
        query.range = range;
        query.tensor = *id;
        query.isBare = ref.bracket == ast::Bracket::None;
        const std::size_t arity = m_context.program.tensors[*id].arity;
        m_names.clear();
        for (std::uint32_t axis = 0; axis < ref.indices.size(); ++axis)
            query.arguments.push_back(argument(ref.indices[axis], *id, axis));
        if (!query.isBare && ref.indices.size() != arity) return;
        m_context.program.outputs.push_back(std::move(query));
    }

    void readWrite(const ast::Write& write, ByteRange range) {
        const auto id = m_context.find(write.source.name);
        if (!id) return;
        std::vector<std::string_view> names;
        for (const ast::Index& index : write.source.indices) {
            const bool isVariable = !index.isSlice && index.first && index.first->kind == ast::IndexExpr::Kind::Name &&
                                    isVariableName(index.first->text);
            const bool isNew = isVariable && (isAnonymousName(index.first->text) ||
                                              std::find(names.begin(), names.end(), index.first->text) == names.end());
            if (!isNew) {
                m_context.error("E-INDEX", "A file takes a whole tensor: its indices are different variables", {},
                                index.range);
                return;
            }
            names.push_back(index.first->text);
        }
        if (m_context.options.readFiles) checkTarget(write, range);
        m_context.program.outputs.push_back(Output{m_statement, range, *id, write.file});
    }

    /// What the file replaces must be a file, and neither the program nor anything that it reads.
    void checkTarget(const ast::Write& write, ByteRange range) {
        namespace fs = std::filesystem;
        const fs::path path = m_context.options.folder / write.file;
        const auto isSame = [&path](const fs::path& other) {
            std::error_code problem; // one of them is not there: they are two
            return fs::equivalent(path, other, problem);
        };
        if (const auto target = fileToReplace(path); !target)
            m_context.error("E-FILE", "%1: cannot be written: %2",
                            {write.file, fillIn(target.error().message, target.error().arguments)}, range);
        else if (isSame(m_context.program.source.name()))
            m_context.error("E-FILE", "%1 is this program: write another file", {write.file}, range);
        else if (const ast::Read* read = readOf(isSame))
            m_context.error("E-FILE", "%1 is a file that this program reads: write another file", {write.file}, range)
                .notes.push_back({"It is read here", {}, read->fileRange});
    }

    template <typename IsSame>
    [[nodiscard]] const ast::Read* readOf(const IsSame& isSame) const {
        for (const ast::Statement& statement : m_context.program.syntax.statements) {
            const auto* read = std::get_if<ast::Read>(&statement.body);
            if (read != nullptr && isSame(m_context.options.folder / read->file)) return read;
        }
        return nullptr;
    }

    QueryArgument argument(const ast::Index& index, TensorId tensor, std::uint32_t axis) {
        if (index.isNormalised)
            m_context.error("E-NORM-AXIS", "A dot marks the normalised index on the left side of an equation", {},
                            index.range);
        if (index.isSlice) return slice(index, tensor, axis);
        QueryArgument result;
        std::vector<VarInfo> vars;
        std::vector<SliceUse> slices;
        std::size_t sliceCount = 0;
        const std::size_t before = m_context.diagnostics.size();
        const IndexTerm term = Resolver(m_context, vars).index(index, tensor, axis, sliceCount, slices);
        if (term.isPlain()) {
            result.kind = QueryArgument::Kind::Variable;
            result.name = vars[term.var].name;
            result.variable = numberOf(result.name);
            return result;
        }
        if (term.kind != IndexTerm::Kind::Constant) {
            if (m_context.diagnostics.size() == before)
                m_context.error("E-INDEX", "A query takes variables and constants: no expression with a variable", {},
                                index.range);
            return result;
        }
        result.kind = QueryArgument::Kind::Constant;
        result.constant = term.constant;
        result.position = position(term, tensor, axis);
        return result;
    }

    /// Equal names have equal values; every _ is new.
    std::uint32_t numberOf(const std::string& name) {
        const auto known = std::find(m_names.begin(), m_names.end(), name);
        if (known != m_names.end() && !isAnonymousName(name))
            return static_cast<std::uint32_t>(known - m_names.begin());
        m_names.push_back(name);
        return static_cast<std::uint32_t>(m_names.size() - 1);
    }

    std::int64_t position(const IndexTerm& term, TensorId tensor, std::uint32_t axis) {
        const TensorInfo& info = m_context.program.tensors[tensor];
        if (info.isBuiltin || axis >= info.axes.size()) return -1;
        const Domain& domain = m_context.program.domains[info.axes[axis]];
        const auto found = positionOf(m_context.program, domain, term.constant);
        if (info.isRelation || found || m_context.program.dictionary->isSymbol(term.constant))
            return found.value_or(-1);
        const bool isNegative = m_context.program.dictionary->value(term.constant).integer < 0;
        if (domain.isDeferred && !isNegative) return -1;
        if (isHidden(info.axes[axis])) return -1;
        m_context.error(
            "E-RANGE",
            isNegative ? "There are no negative positions: %1" : "%1 is outside this index of %2, which has size %3",
            {m_context.program.dictionary->text(term.constant), info.name, std::to_string(domain.size)}, term.range);
        return -1;
    }

    [[nodiscard]] bool isHidden(DomainId domain) const {
        return std::find(m_context.unsized.begin(), m_context.unsized.end(), domain) != m_context.unsized.end();
    }

    QueryArgument slice(const ast::Index& index, TensorId tensor, std::uint32_t axis) {
        QueryArgument result;
        result.kind = QueryArgument::Kind::Slice;
        std::vector<VarInfo> vars;
        std::vector<SliceUse> slices;
        std::size_t sliceCount = 0;
        const std::size_t before = m_context.diagnostics.size();
        (void)Resolver(m_context, vars).index(index, tensor, axis, sliceCount, slices);
        if (m_context.diagnostics.size() != before) return result;
        const SliceUse& use = slices.front();
        if (index.first) result.first = use.low;
        result.last = use.high;
        const TensorInfo& info = m_context.program.tensors[tensor];
        if (use.high && *use.high < use.low)
            m_context.error("E-RANGE", "This slice ends before it begins", {}, use.highRange);
        if (info.isRelation || axis >= info.axes.size()) return result;
        const Domain& domain = m_context.program.domains[info.axes[axis]];
        if (domain.isDeferred || isHidden(info.axes[axis])) return result;
        const bool isLow = use.low > domain.size, isHigh = use.high && *use.high > domain.size;
        if (isLow || isHigh)
            m_context.error("E-RANGE", "This slice reaches outside the index, which has size %1",
                            {std::to_string(domain.size)}, isLow ? use.lowRange : use.highRange);
        return result;
    }

    Context& m_context;
    std::uint32_t m_statement = 0;
    std::vector<std::string> m_names;
};

} // namespace

void resolveOutputs(Context& context) {
    OutputReader(context).run();
}

} // namespace vitrine::tl::checking
