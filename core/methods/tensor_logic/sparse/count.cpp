// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/engine_impl.hpp"

#include "core/methods/tensor_logic/integers.hpp"
#include "core/methods/tensor_logic/sparse/seminaive.hpp"

#include <algorithm>
#include <stdexcept>

/// Counting: a numeric head over relations is the number of witnesses for each value of the kept variables.
namespace vitrine::tl::sparse {

namespace {

constexpr std::uint64_t FlushRows = 1 << 20;

/// Whether a cell is a position of a domain; remembers the answers for dictionary ids.
class Membership {
  public:
    Membership(const Program& program, DomainId domain) : m_program(program), m_domain(program.domains[domain]) {}
    bool admits(Cell cell) {
        if (isSmallInteger(cell) && m_domain.symbols.empty()) return cell < m_domain.size;
        const std::size_t id = cell & ~DictionaryBit;
        std::vector<signed char>& known = isSmallInteger(cell) ? m_integers : m_ids;
        if (id >= known.size()) known.resize(id + 1, -1);
        if (known[id] < 0) known[id] = positionOf(m_program, m_domain, cell).has_value();
        return known[id] != 0;
    }

  private:
    const Program& m_program;
    const Domain& m_domain;
    std::vector<signed char> m_ids, m_integers;
};

struct Overflow {};

/// Adds one for each binding whose variables lie in their domains.
class CountSink final : public Sink {
  public:
    /// \param checks  one per column of the heads; null: always inside. Only the first `kept` columns are stored.
    CountSink(Database& database, std::uint32_t kept, std::vector<std::unique_ptr<Membership>> checks,
              std::int64_t factor)
        : m_database(database), m_kernels(database.kernels), m_kept(kept), m_checks(std::move(checks)),
          m_factor(factor), m_words(m_kernels), m_weights(m_kernels) {}

    void take(const TupleRef& heads, std::uint64_t count) override {
        const std::uint64_t inside = keepInside(heads, count);
        reserve(inside);
        TupleRef kept;
        kept.count = m_kept;
        for (std::uint32_t k = 0; k < m_kept; ++k) {
            kept.columns[k] = heads.columns[k];
            if (m_filtered.empty() || !heads.columns[k].data) continue;
            kept.columns[k].data = m_filtered[k].data();
        }
        m_kernels.pack(rows(), m_size, kept, inside);
        const std::vector<std::int64_t> ones(inside, m_factor);
        m_kernels.fromHost(m_weights.data() + m_size, ones.data(), inside * sizeof(std::int64_t));
        m_size += inside;
        if (m_size >= 2 * m_settled + FlushRows) settle();
    }

    Counts finish() {
        settle();
        Counts counts;
        counts.arity = m_kept;
        counts.values.resize(m_size);
        m_kernels.toHost(counts.values.data(), m_weights.data(), m_size * sizeof(std::int64_t));
        counts.cells.resize(m_size * m_kept);
        for (std::uint32_t k = 0; k < m_kept; ++k) {
            Array<std::uint32_t> column(m_kernels);
            column.ensure(m_size);
            m_kernels.cells(column.data(), rows(), k, nullptr, 0, m_size);
            std::vector<Cell> cells(m_size);
            m_kernels.toHost(cells.data(), column.data(), m_size * sizeof(Cell));
            for (std::uint64_t i = 0; i < m_size; ++i) counts.cells[i * m_kept + k] = cells[i];
        }
        return counts;
    }

  private:
    [[nodiscard]] RowsView rows() const { return {m_words.data(), m_stride, m_kept}; }

    std::uint64_t keepInside(const TupleRef& heads, std::uint64_t count) {
        m_filtered.clear();
        if (std::none_of(m_checks.begin(), m_checks.end(), [](const auto& check) { return check != nullptr; }))
            return count;
        std::vector<std::vector<Cell>> columns(heads.count);
        for (std::uint32_t k = 0; k < heads.count; ++k) {
            columns[k].assign(count, heads.columns[k].constant);
            if (heads.columns[k].data) m_kernels.toHost(columns[k].data(), heads.columns[k].data, count * sizeof(Cell));
        }
        std::uint64_t kept = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            bool isInside = true;
            for (std::uint32_t k = 0; k < heads.count && isInside; ++k)
                isInside = !m_checks[k] || m_checks[k]->admits(columns[k][i]);
            if (!isInside) continue;
            for (std::uint32_t k = 0; k < m_kept; ++k) columns[k][kept] = columns[k][i];
            ++kept;
        }
        for (std::uint32_t k = 0; k < m_kept; ++k) {
            Array<std::uint32_t>& column = m_filtered.emplace_back(m_kernels);
            column.ensure(kept);
            m_kernels.fromHost(column.data(), columns[k].data(), kept * sizeof(Cell));
        }
        return kept;
    }

    void reserve(std::uint64_t count) {
        if (m_size + count <= m_stride) return;
        const std::uint64_t stride = m_size + count + m_stride / 2;
        Array<std::uint64_t> words(m_kernels);
        words.resize(stride * wordsOf(m_kept));
        for (std::uint32_t word = 0; word < wordsOf(m_kept); ++word)
            m_kernels.move(words.data() + word * stride, m_words.data() + word * m_stride,
                           m_size * sizeof(std::uint64_t));
        m_words = std::move(words);
        m_weights.resize(stride);
        m_stride = stride;
        if (m_words.bytes() + m_weights.bytes() + m_database.bytes() > m_database.options.memoryBudget)
            throw std::bad_alloc();
    }

    void settle() { m_size = m_settled = m_kernels.addUp(rows(), m_size, m_weights.data()); }

    Database& m_database;
    const TupleKernels& m_kernels;
    std::uint32_t m_kept;
    std::vector<std::unique_ptr<Membership>> m_checks;
    std::int64_t m_factor;
    Array<std::uint64_t> m_words;
    Array<std::int64_t> m_weights;
    std::vector<Array<std::uint32_t>> m_filtered;
    std::uint64_t m_size = 0, m_settled = 0, m_stride = 0;
};

/// Counting joins have no arithmetic that could fail silently: what fails is not counted.
class NoFailures final : public FailureSink {
  public:
    void take(const Rule&, std::uint32_t, bool, const std::vector<Cell>&, const std::vector<bool>&,
              const Failure&) override {}
};

void collectVars(const IndexTerm& term, std::set<VarId>& vars) {
    if (term.kind == IndexTerm::Kind::Variable) vars.insert(term.var);
    for (const IndexTerm& operand : term.operands) collectVars(operand, vars);
}

} // namespace

Result<Counts> SparseEngine::count(const Equation& equation, std::span<const VarId> kept, std::span<const Atom> atoms) {
    const Program& program = m_database.program;
    Rule rule;
    rule.range = equation.range;
    rule.atoms.assign(atoms.begin(), atoms.end());
    rule.vars = equation.vars;
    std::set<VarId> bound, all(kept.begin(), kept.end()), arithmetic;
    for (const Atom& atom : atoms) {
        const bool binds = !atom.isNegated && !program.tensors[atom.tensor].isBuiltin;
        for (const IndexTerm& term : atom.args) {
            collectVars(term, all);
            if (binds && term.isPlain()) bound.insert(term.var);
        }
    }
    const TensorId head = m_database.addRelation("counts", 0);
    rule.head.tensor = head;
    std::vector<std::unique_ptr<Membership>> checks;
    const auto show = [&](VarId var) {
        IndexTerm term;
        term.kind = IndexTerm::Kind::Variable;
        term.var = var;
        rule.head.args.push_back(term);
        const DomainId domain = rule.vars[var].domain;
        const bool isChecked = bound.contains(var) && domain != NoId;
        checks.push_back(isChecked ? std::make_unique<Membership>(program, domain) : nullptr);
    };
    for (const VarId var : kept) show(var);
    for (const VarId var : all) {
        if (!bound.contains(var)) rule.domainVars.push_back(var);
        if (std::find(kept.begin(), kept.end(), var) == kept.end() && bound.contains(var) &&
            rule.vars[var].domain != NoId)
            show(var);
    }
    if (rule.head.args.size() > MaxColumns)
        return Error{"E-LIMIT",
                     "A count over relations has more than %1 variables",
                     {std::to_string(MaxColumns)},
                     "",
                     "",
                     Severity::Error,
                     nullptr};
    const auto finish = [&](Result<Counts> result) {
        m_database.dropRelationsFrom(head);
        return result;
    };
    try {
        NoFailures failures;
        PlanOptions options;
        options.isCounting = true;
        options.size = [this](TensorId id) { return static_cast<double>(m_database.joined(id).store().size()); };
        const Plan plan = makePlan(program, rule, options);
        CountSink sink(m_database, static_cast<std::uint32_t>(kept.size()), std::move(checks), 1);
        Pipeline pipeline(m_database, plan, sink, failures);
        const TensorId scanned = rangeRelation(plan);
        pipeline.run(0, scanned == NoId ? 1 : m_database.joined(scanned).limit);
        return finish(sink.finish());
    } catch (const Stopped&) {
        return finish(Error{"E-STOPPED", "The evaluation was stopped", {}, "", "", Severity::Error, nullptr});
    } catch (const std::exception&) {
        return finish(Error{"E-LIMIT",
                            "The counts of %1 exceed the memory budget",
                            {program.tensors[equation.head].name},
                            "",
                            "",
                            Severity::Error,
                            nullptr});
    } catch (const Refused& refused) {
        const Diagnostic diagnostic = limitDiagnostic(m_database, refused);
        return finish(
            Error{diagnostic.code, diagnostic.message, diagnostic.arguments, "", "", Severity::Error, nullptr});
    }
}

} // namespace vitrine::tl::sparse
