// SPDX-License-Identifier: GPL-3.0-or-later
// Facts, literals, files and declared sizes.
#include "core/methods/tensor_logic/check/constants.hpp"
#include "core/methods/tensor_logic/check/resolve.hpp"
#include "core/methods/tensor_logic/integers.hpp"
#include "core/methods/tensor_logic/tablefile.hpp"

#include <algorithm>
#include <numeric>

namespace vitrine::tl::checking {

namespace {

/// Appends one value; the whole turns to reals with the first one that is no integer.
void addValue(GivenData& given, const Number& value) {
    if (value.isInteger && given.reals.empty()) {
        given.integers.push_back(value.integer);
        return;
    }
    if (given.reals.empty()) given.reals.assign(given.integers.begin(), given.integers.end());
    given.integers.clear();
    given.reals.push_back(value.value());
}

/// Values given twice for one position are added.
void mergeRows(GivenData& given, std::size_t arity) {
    std::vector<std::size_t> order(given.rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto row = [&](std::size_t k) { return given.cells.begin() + static_cast<std::ptrdiff_t>(k * arity); };
    const auto end = static_cast<std::ptrdiff_t>(arity);
    const auto compare = [&](std::size_t a, std::size_t b) {
        return std::lexicographical_compare(row(a), row(a) + end, row(b), row(b) + end);
    };
    std::stable_sort(order.begin(), order.end(), compare);
    const bool isReal = !given.reals.empty();
    std::vector<bool> isGone(given.rows, false);
    for (std::size_t k = 0, first = 0; k < order.size(); ++k) {
        if (k == first || compare(order[first], order[k])) {
            first = k;
            continue;
        }
        const std::size_t into = order[first], from = order[k];
        if (isReal)
            given.reals[into] += given.reals[from];
        else
            given.integers[into] = checkedAdd(given.integers[into], given.integers[from]).value_or(INT64_MAX);
        isGone[from] = true;
    }
    GivenData kept;
    for (std::size_t k = 0; k < given.rows; ++k) {
        if (isGone[k]) continue;
        kept.cells.insert(kept.cells.end(), row(k), row(k) + end);
        if (isReal)
            kept.reals.push_back(given.reals[k]);
        else
            kept.integers.push_back(given.integers[k]);
        ++kept.rows;
    }
    given = std::move(kept);
}

class DataReader {
  public:
    explicit DataReader(Context& context) : m_context(context) {}

    void run() {
        std::size_t equation = 0;
        const auto& statements = m_context.program.syntax.statements;
        for (m_statement = 0; m_statement < statements.size() && !m_context.isStopped(); ++m_statement) {
            const ast::Statement& statement = statements[m_statement];
            if (const auto* facts = std::get_if<ast::Facts>(&statement.body)) {
                for (const ast::Ref& atom : facts->atoms) fact(atom);
            } else if (const auto* literal = std::get_if<ast::LiteralEquation>(&statement.body)) {
                values(*literal);
            } else if (const auto* read = std::get_if<ast::Read>(&statement.body)) {
                file(statement, *read);
            } else if (const auto* declaration = std::get_if<ast::Declaration>(&statement.body)) {
                declare(*declaration);
            } else if (std::holds_alternative<ast::Equation>(statement.body)) {
                constantEquation(m_context.equations[equation++]);
            }
        }
        for (TensorId id = 0; id < m_context.tensors.size(); ++id) finish(id);
    }

  private:
    TensorInfo& tensor(const ast::Ref& ref) { return m_context.program.tensors[*m_context.find(ref.name)]; }
    TensorFacts& factsOf(const ast::Ref& ref) { return m_context.tensors[*m_context.find(ref.name)]; }

    void fact(const ast::Ref& atom) {
        TensorInfo& info = tensor(atom);
        TensorFacts& facts = factsOf(atom);
        std::vector<VarInfo> vars;
        std::vector<SliceUse> slices;
        Resolver resolver(m_context, vars);
        std::size_t sliceCount = 0;
        bool isConstant = atom.indices.size() == info.arity;
        const std::size_t start = info.given.cells.size();
        for (const ast::Index& index : atom.indices) {
            const std::size_t before = vars.size();
            const IndexTerm term = resolver.index(index, NoId, 0, sliceCount, slices);
            const bool isPlain = term.kind == IndexTerm::Kind::Constant && vars.size() == before;
            if (!isPlain)
                m_context.error("E-FACT-VAR", "A fact takes constants only; a lower-case name is a variable", {},
                                index.range);
            else if (index.isVirtual || index.isNormalised)
                m_context.error("E-FACT-VAR", "A fact takes constants only", {}, index.range);
            isConstant = isConstant && isPlain;
            facts.factCells.emplace_back(info.given.cells.size(), index.range);
            info.given.cells.push_back(term.constant);
        }
        if (isConstant) {
            ++info.given.rows;
            return;
        }
        info.given.cells.resize(start);
        facts.factCells.resize(facts.factCells.size() - atom.indices.size());
    }

    /// `W[1, 2] = 0.5`, `N = 3`: data like a literal.
    void constantEquation(EquationInfo& info) {
        if (info.isBroken || info.ir.op != ProjectOp::Sum || !info.left.empty() || !info.slices.empty()) return;
        const auto value = constantOf(info.syntax->value, nullptr);
        if (!value) return;
        info.isData = true;
        TensorInfo& target = m_context.program.tensors[info.ir.head];
        if (target.type == ElementType::Bool && value->value() <= 0) return;
        for (const IndexTerm& term : info.ir.headIndex) target.given.cells.push_back(term.constant);
        ++target.given.rows;
        ++m_context.tensors[info.ir.head].sources;
        m_context.tensors[info.ir.head].hasGiven = true;
        if (!target.isRelation) addValue(target.given, target.type == ElementType::Bool ? Number{true, 1, 0} : *value);
    }

    bool shapeOf(const ast::List& list, std::vector<std::int64_t>& shape, std::size_t depth) {
        if (list.isNumber || depth == shape.size()) {
            if (list.isNumber && depth == shape.size()) return true;
            return ragged(list);
        }
        if (static_cast<std::int64_t>(list.items.size()) != shape[depth]) return ragged(list);
        for (const ast::List& item : list.items)
            if (!shapeOf(item, shape, depth + 1)) return false;
        return true;
    }

    bool ragged(const ast::List& list) {
        m_context.error("E-SHAPE", "The rows of this literal differ in length or depth", {}, list.range);
        return false;
    }

    void values(const ast::LiteralEquation& literal) {
        TensorInfo& info = tensor(literal.head);
        TensorFacts& facts = factsOf(literal.head);
        std::vector<std::int64_t> shape;
        for (const ast::List* list = &literal.value; !list->isNumber; list = &list->items.front()) {
            shape.push_back(static_cast<std::int64_t>(list->items.size()));
            if (list->items.empty()) break;
        }
        const bool isWhole = isWholeTensor(literal.head);
        if (!shapeOf(literal.value, shape, 0) || shape.size() != info.arity || !isWhole) {
            facts.isTainted = true;
            return;
        }
        const TensorId id = *m_context.find(literal.head.name);
        for (std::uint32_t axis = 0; axis < shape.size(); ++axis)
            m_context.sizes.push_back({m_statement, id, axis, shape[axis], literal.value.range, false});
        ++facts.sources;
        std::vector<Cell> position(shape.size());
        addItems(info, literal.value, position, 0);
    }

    /// The indices of the head of a literal or a file are different variables.
    bool isWholeTensor(const ast::Ref& ref) {
        for (std::size_t k = 0; k < ref.indices.size(); ++k) {
            const ast::Index& index = ref.indices[k];
            bool isPlain = !index.isSlice && !index.isVirtual && !index.isNormalised && index.first &&
                           index.first->kind == ast::IndexExpr::Kind::Name && isVariableName(index.first->text);
            for (std::size_t other = 0; isPlain && other < k; ++other)
                isPlain = isAnonymousName(index.first->text) || ref.indices[other].first->text != index.first->text;
            if (isPlain) continue;
            m_context.error("E-INDEX", "The indices of a whole tensor are different variables", {}, index.range);
            return false;
        }
        return true;
    }

    void addItems(TensorInfo& info, const ast::List& list, std::vector<Cell>& position, std::size_t depth) {
        if (list.isNumber) {
            const Number value{list.isInteger, list.integer, list.real};
            addCell(info, position, value);
            return;
        }
        for (std::size_t k = 0; k < list.items.size(); ++k) {
            position[depth] = m_context.program.dictionary->integer(static_cast<std::int64_t>(k));
            addItems(info, list.items[k], position, depth + 1);
        }
    }

    static void addCell(TensorInfo& info, const std::vector<Cell>& position, const Number& value) {
        const bool isBoolean = info.type == ElementType::Bool;
        if (isBoolean && value.value() <= 0) return;
        info.given.cells.insert(info.given.cells.end(), position.begin(), position.end());
        ++info.given.rows;
        if (!info.isRelation) addValue(info.given, isBoolean ? Number{true, 1, 0} : value);
    }

    void declare(const ast::Declaration& declaration) {
        if (!declaration.sizes) return;
        TensorInfo& info = tensor(declaration.ref);
        const auto& sizes = *declaration.sizes;
        if (sizes.size() != info.arity || declaration.ref.indices.size() != info.arity) {
            if (declaration.ref.indices.size() == info.arity)
                m_context.error("E-SHAPE", "%1 has rank %2, but the number of its sizes is %3",
                                {info.name, std::to_string(info.arity), std::to_string(sizes.size())},
                                sizes.back().range);
            factsOf(declaration.ref).isTainted = true;
            return;
        }
        for (std::uint32_t axis = 0; axis < sizes.size(); ++axis) {
            const auto size = sizeOf(sizes[axis]);
            if (!size) {
                m_context.error("E-DOMAIN", "%1 is no integer scalar of known value", {sizes[axis].name},
                                sizes[axis].range);
                factsOf(declaration.ref).isTainted = true;
                continue;
            }
            if (*size < 0) {
                m_context.error("E-RANGE", "A size cannot be negative: %1", {std::to_string(*size)}, sizes[axis].range);
                factsOf(declaration.ref).isTainted = true;
                continue;
            }
            m_context.sizes.push_back(
                {m_statement, *m_context.find(declaration.ref.name), axis, *size, sizes[axis].range, true});
        }
    }

    [[nodiscard]] std::optional<std::int64_t> sizeOf(const ast::Declaration::Size& size) const {
        if (size.integer) return size.integer;
        const auto scalar = m_context.scalars.find(size.name);
        return scalar == m_context.scalars.end() ? std::nullopt : std::optional<std::int64_t>(scalar->second);
    }

    void file(const ast::Statement& statement, const ast::Read& read) {
        TensorInfo& info = tensor(read.target);
        TensorFacts& facts = factsOf(read.target);
        const bool hasBrackets = read.target.bracket != ast::Bracket::None;
        const bool isRightArity = !hasBrackets || read.target.indices.size() == info.arity;
        if (!isRightArity || !isWholeTensor(read.target) || !m_context.options.readFiles) {
            facts.isTainted = true;
            return;
        }
        TableFileOptions options;
        options.stop = m_context.options.stop;
        options.shownName = read.file;
        if (m_context.options.onFileProgress)
            options.onProgress = [&](std::uint64_t done, std::uint64_t total) {
                m_context.options.onFileProgress(read.file, done, total);
            };
        options.onHash = [&](std::uint64_t bytes, const std::string& sha256) {
            m_context.program.inputs.push_back({read.file, static_cast<std::int64_t>(bytes), sha256});
        };
        ++facts.sources;
        if (info.isRelation)
            readRows(statement, read, info, facts, options);
        else
            readTensor(statement, read, info, facts, options);
    }

    void fileError(const ast::Statement& statement, const Error& error, TensorFacts& facts) {
        facts.isTainted = true;
        m_context.error(error.code, error.message, error.arguments, statement.range);
    }

    void readRows(const ast::Statement& statement, const ast::Read& read, TensorInfo& info, TensorFacts& facts,
                  const TableFileOptions& options) {
        auto rows =
            readRelation(m_context.options.folder / read.file, facts.arity, *m_context.program.dictionary, options);
        if (!rows) {
            fileError(statement, rows.error(), facts);
            return;
        }
        if (!facts.arity) {
            facts.arity = info.arity = rows->arity;
            facts.arityAt = statement.range;
        }
        if (info.given.rows == 0)
            info.given.cells = std::move(rows->cells);
        else
            info.given.cells.insert(info.given.cells.end(), rows->cells.begin(), rows->cells.end());
        info.given.rows += rows->rows;
    }

    /// Uses decide no type (2.5): the file of a tensor that is only used as a relation is read as numbers all the same,
    /// which is seldom meant.
    static bool isProbablyRelation(const ast::Read& read, const TensorFacts& facts) {
        return read.target.bracket == ast::Bracket::None && facts.isRoundUsed && !facts.isSquareUsed &&
               !facts.hasDeclaration && facts.arity.value_or(0) > 0;
    }

    static std::string atomOf(const std::string& name, std::uint32_t arity) {
        std::string text = name + "(";
        for (std::uint32_t k = 0; k < arity; ++k)
            text += (k > 0 ? ", " : "") + (arity <= 3 ? std::string(1, "xyz"[k]) : "x" + std::to_string(k + 1));
        return text + ")";
    }

    static void offerTuples(Diagnostic& diagnostic, const ast::Read& read, const std::string& atom) {
        diagnostic.fixes.push_back({"Read tuples: write %1 on the left", {atom}, read.target.range, atom});
    }

    void notANumberFile(const ast::Statement& statement, const ast::Read& read, const Error& error,
                        TensorFacts& facts) {
        fileError(statement, error, facts);
        if (!isProbablyRelation(read, facts)) return;
        const std::string atom = atomOf(read.target.name, *facts.arity);
        Diagnostic& diagnostic = m_context.diagnostics.back();
        diagnostic.notes.push_back(
            {"Without brackets on the left a file holds numbers. If its lines are tuples, write %1 "
             "= \"%2\" or declare %1: bool",
             {atom, read.file},
             read.target.range});
        offerTuples(diagnostic, read, atom);
    }

    /// A list of edges of integers reads as a matrix of two columns without any error.
    void warnOfTuples(const ast::Read& read, const std::vector<std::int64_t>& shape, std::uint32_t used) {
        const std::string atom = atomOf(read.target.name, used);
        std::string sizes;
        for (const std::int64_t size : shape) sizes += (sizes.empty() ? "" : " x ") + std::to_string(size);
        offerTuples(
            m_context.warning("W-TUPLES",
                              "%1 is read as a tensor of %2 numbers. If the lines of the file are tuples, write "
                              "%3 = \"%4\" or declare %3: bool",
                              {read.target.name, sizes, atom, read.file}, read.target.range),
            read, atom);
    }

    std::vector<std::int64_t> declaredShape(const TensorInfo& info, TensorId id) const {
        std::vector<std::int64_t> shape(info.arity, -1);
        for (const SizeEvent& event : m_context.sizes)
            if (event.tensor == id && event.isDeclaration) shape[event.axis] = event.size;
        return shape;
    }

    void readTensor(const ast::Statement& statement, const ast::Read& read, TensorInfo& info, TensorFacts& facts,
                    const TableFileOptions& options) {
        const TensorId id = *m_context.find(read.target.name);
        const std::vector<std::int64_t> shape = facts.arity ? declaredShape(info, id) : std::vector<std::int64_t>();
        auto numbers = readNumbers(m_context.options.folder / read.file, facts.arity, shape, options);
        if (!numbers) {
            notANumberFile(statement, read, numbers.error(), facts);
            return;
        }
        const std::int64_t columns = numbers->shape.size() < 2 ? 1 : numbers->shape.back();
        if (isProbablyRelation(read, facts) && columns == static_cast<std::int64_t>(*facts.arity))
            warnOfTuples(read, numbers->shape, *facts.arity);
        if (!facts.arity) {
            facts.arity = info.arity = static_cast<std::uint32_t>(numbers->shape.size());
            facts.arityAt = statement.range;
        }
        for (std::uint32_t axis = 0; axis < numbers->shape.size(); ++axis)
            m_context.sizes.push_back({m_statement, id, axis, numbers->shape[axis], statement.range, false});
        const std::size_t count = numbers->isInteger ? numbers->integers.size() : numbers->reals.size();
        std::vector<std::int64_t> at(numbers->shape.size(), 0);
        std::vector<Cell> position(at.size());
        for (std::size_t k = 0; k < count; ++k) {
            for (std::size_t axis = 0; axis < at.size(); ++axis)
                position[axis] = m_context.program.dictionary->integer(at[axis]);
            addCell(info, position,
                    numbers->isInteger ? Number{true, numbers->integers[k], 0} : Number{false, 0, numbers->reals[k]});
            for (std::size_t axis = at.size(); axis-- > 0;) {
                if (++at[axis] < numbers->shape[axis]) break;
                at[axis] = 0;
            }
        }
    }

    void finish(TensorId id) {
        TensorInfo& info = m_context.program.tensors[id];
        TensorFacts& facts = m_context.tensors[id];
        facts.hasGiven = facts.hasGiven || facts.hasFacts || facts.hasLiteral || facts.hasFile;
        info.arity = facts.arity.value_or(0);
        if (!info.isRelation && facts.sources > 1 && info.given.rows > 1) mergeRows(info.given, info.arity);
        if (info.type != ElementType::Bool) return;
        for (std::int64_t& value : info.given.integers) value = 1;
    }

    Context& m_context;
    std::uint32_t m_statement = 0;
};

} // namespace

void readData(Context& context) {
    DataReader(context).run();
}

} // namespace vitrine::tl::checking
