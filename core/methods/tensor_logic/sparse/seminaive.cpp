// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/seminaive.hpp"

#include "core/methods/tensor_logic/sparse/matcher.hpp"
#include "core/methods/tensor_logic/sparse/rowengines.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <new>
#include <stdexcept>

namespace vitrine::tl::sparse {

namespace {

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr std::uint64_t SharedRows = 8192;       ///< fewer rows than this are joined on one thread
constexpr std::uint64_t SharedPending = 1 << 18; ///< new tuples between two meetings of the threads

/// Keeps the tuples of heads that are no relations inside their domains.
class DomainGuard {
  public:
    DomainGuard(const Database& database, TensorId head) : m_database(database) {
        const TensorId origin = database.relation(head).origin;
        if (origin != NoId && !database.program.tensors[origin].isRelation)
            m_axes = database.program.tensors[origin].axes;
    }
    [[nodiscard]] bool isNeeded() const { return !m_axes.empty(); }
    [[nodiscard]] bool admits(const std::vector<Cell>& tuple) const {
        for (std::size_t k = 0; k < m_axes.size(); ++k)
            if (!positionOf(m_database.program, m_database.program.domains[m_axes[k]], tuple[k])) return false;
        return true;
    }

  private:
    const Database& m_database;
    std::vector<DomainId> m_axes;
};

/// Heads go straight into their store.
class StoreSink final : public Sink {
  public:
    StoreSink(Database& database, TensorId head)
        : m_database(database), m_store(database.relation(head).store()), m_guard(database, head) {}
    void take(const TupleRef& heads, std::uint64_t count) override {
        m_store.reserve(count);
        m_database.kernels.pack(m_store.rows(), m_store.size(), heads, count);
        if (m_guard.isNeeded()) {
            takeGuarded(count);
        } else {
            m_store.insertCandidates(count);
        }
        if (m_database.bytes() > m_database.options.memoryBudget) throw std::bad_alloc();
        if (static_cast<std::int64_t>(m_store.size()) > m_database.options.maxTuples) throw std::length_error("tuples");
    }

  private:
    void takeGuarded(std::uint64_t count) {
        const std::vector<Cell> cells = m_store.read(m_store.size(), count);
        std::vector<Cell> kept, tuple;
        std::uint64_t keptCount = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto first = cells.begin() + static_cast<std::ptrdiff_t>(i * m_store.arity());
            tuple.assign(first, first + m_store.arity());
            if (!m_guard.admits(tuple)) continue;
            kept.insert(kept.end(), tuple.begin(), tuple.end());
            ++keptCount;
        }
        m_store.insert(kept, keptCount);
    }

    Database& m_database;
    TupleStore& m_store;
    DomainGuard m_guard;
};

/// A thread's heads that are not in the store yet, until the threads meet.
class PendingSink final : public Sink {
  public:
    PendingSink(Database& database, TensorId head)
        : m_kernels(database.kernels), m_store(database.relation(head).store()), m_pending(m_kernels, m_store.arity()),
          m_mask(m_kernels) {}
    void take(const TupleRef& heads, std::uint64_t count) override {
        m_pending.reserve(count);
        m_mask.ensure(count);
        m_kernels.fillBytes(m_mask.data(), count, 1);
        if (m_store.size() > 0)
            m_kernels.member(m_store.rows(), m_store.hash(), m_store.size(), heads, count, false, m_mask.data());
        packMasked(heads, count);
    }
    [[nodiscard]] TupleStore& pending() { return m_pending; }

  private:
    void packMasked(const TupleRef& heads, std::uint64_t count) {
        m_columns.resize(heads.count);
        std::vector<std::uint32_t*> columns;
        TupleRef kept;
        kept.count = heads.count;
        for (std::uint32_t k = 0; k < heads.count; ++k) {
            kept.columns[k] = heads.columns[k];
            if (!heads.columns[k].data) continue;
            m_columns[k].assign(heads.columns[k].data, heads.columns[k].data + count);
            columns.push_back(m_columns[k].data());
            kept.columns[k].data = m_columns[k].data();
        }
        const std::uint64_t left =
            m_kernels.compact(columns.data(), static_cast<std::uint32_t>(columns.size()), m_mask.data(), count);
        m_kernels.pack(m_pending.rows(), m_pending.size(), kept, left);
        m_pending.insertCandidates(left);
    }

    const TupleKernels& m_kernels;
    TupleStore& m_store;
    TupleStore m_pending;
    Array<std::uint8_t> m_mask;
    std::vector<std::vector<Cell>> m_columns;
};

std::string assignmentText(const Database& database, const Rule& rule, const std::vector<Cell>& vars,
                           const std::vector<bool>& isBound) {
    std::string text;
    for (std::size_t i = 0; i < rule.vars.size(); ++i) {
        if (!isBound[i] || rule.vars[i].isAnonymous) continue;
        text += (text.empty() ? "" : ", ") + rule.vars[i].name + " = " + database.program.dictionary->text(vars[i]);
    }
    return text;
}

std::string rowsText(double rows) {
    char text[32];
    if (rows < 1e15)
        std::snprintf(text, sizeof text, "%.0f", rows);
    else
        std::snprintf(text, sizeof text, "%.3g", rows);
    return text;
}

} // namespace

void FailureLog::take(const Rule& rule, std::uint32_t literal, bool isComparison, const std::vector<Cell>& vars,
                      const std::vector<bool>& isBound, const Failure& failure) {
    const std::scoped_lock lock(m_mutex);
    if (m_seen.contains({failure.range.begin, failure.range.end})) return;
    Matcher matcher(m_database.program, m_database.evaluator, rule, {m_set, {}, m_database.options.stop});
    for (std::size_t i = 0; i < rule.vars.size(); ++i) {
        matcher.vars[i] = vars[i];
        matcher.isBound[i] = isBound[i];
    }
    (isComparison ? matcher.skippedComparison : matcher.skippedAtom) = literal;
    if (!matcher.find()) return;
    m_seen.insert({failure.range.begin, failure.range.end});
    Diagnostic& diagnostic = m_diagnostics.emplace_back();
    diagnostic.code = failure.code;
    diagnostic.message = failure.message;
    diagnostic.arguments = {assignmentText(m_database, rule, matcher.vars, matcher.isBound)};
    diagnostic.range = failure.range;
}

Diagnostic limitDiagnostic(const Database& database, const Refused& refused) {
    Diagnostic diagnostic;
    diagnostic.code = "E-LIMIT";
    if (refused.rule) diagnostic.range = refused.rule->range;
    const std::string& name = database.relation(refused.relation).name;
    const std::string size = std::to_string(database.size(refused.relation));
    switch (refused.cause) {
    case Refused::Cause::Memory:
        diagnostic.message = "This rule is expected to join %1 rows into %2, which exceeds the memory budget of %3 MiB "
                             "(%2 holds %4 tuples)";
        diagnostic.arguments = {rowsText(refused.predicted), name, std::to_string(database.options.memoryBudget >> 20),
                                size};
        break;
    case Refused::Cause::Rounds:
        diagnostic.message =
            "No fixpoint within the limit on rounds, %1: %2 has size %3 and grew by %4 in the last round";
        diagnostic.arguments = {std::to_string(database.options.maxRounds), name, size, rowsText(refused.predicted)};
        break;
    case Refused::Cause::Tuples:
        diagnostic.message =
            "No fixpoint within the limit on tuples, %1: %2 has size %3 and grew by %4 in the last round";
        diagnostic.arguments = {std::to_string(database.options.maxTuples), name, size, rowsText(refused.predicted)};
        break;
    }
    return diagnostic;
}

SemiNaive::SemiNaive(Database& database, FailureSink& failures, std::vector<RoundReport>& reports)
    : m_database(database), m_failures(failures), m_reports(reports) {}

bool SemiNaive::isRecursive(const Atom& atom) const {
    return !atom.isNegated && m_recursive.contains(atom.tensor);
}

double expectedRows(std::uint64_t now, bool isRecursive) {
    const auto size = static_cast<double>(now);
    return isRecursive ? 4 * size + 1000 : size;
}

Plan SemiNaive::planFor(const Rule& rule, std::uint32_t delta) const {
    PlanOptions options;
    options.delta = delta;
    options.size = [this](TensorId id) {
        return expectedRows(m_database.joined(id).store().size(), m_recursive.contains(id));
    };
    return makePlan(m_database.program, rule, options);
}

void SemiNaive::prepare(const Work& work) {
    m_recursive.clear();
    for (const Rule* rule : work.rules)
        for (const Atom& atom : rule->atoms)
            if (!atom.isNegated &&
                std::find(work.relations.begin(), work.relations.end(), atom.tensor) != work.relations.end())
                m_recursive.insert(atom.tensor);
    m_variants.clear();
    m_joined.clear();
}

void SemiNaive::runAlone(const Plan& plan, std::uint64_t first, std::uint64_t last) {
    const TensorId head = plan.rule->head.tensor;
    StoreSink sink(m_database, head);
    Pipeline pipeline(m_database, plan, sink, m_failures);
    try {
        pipeline.run(first, last);
    } catch (const std::bad_alloc&) {
        throw Refused{Refused::Cause::Memory, plan.rule, head, pipeline.predicted()};
    } catch (const std::length_error&) {
        const Relation& relation = m_database.relation(head);
        throw Refused{Refused::Cause::Tuples, plan.rule, head,
                      static_cast<double>(relation.tuples->size() - relation.limit)};
    }
    m_joined[head] += pipeline.joined();
    m_database.note(plan, pipeline.rowsAfter());
}

/// Splits the rows among threads; they only read the stores, and meet to enter what they found.
void SemiNaive::runShared(const Plan& plan, std::uint64_t first, std::uint64_t last) {
    const TensorId head = plan.rule->head.tensor;
    TupleStore& store = m_database.relation(head).store();
    const auto threads = static_cast<std::uint64_t>(m_database.options.threads);
    for (const Step& step : plan.steps) // what the threads share exists before they start
        if (step.relation != NoId && step.kind != Step::Kind::Parity) {
            Relation& relation = m_database.joined(step.relation);
            const bool isLookup = step.kind == Step::Kind::Join || step.kind == Step::Kind::Exists;
            if (isLookup && step.bound != 0 && relation.limit > 0)
                (void)relation.store().index(step.bound, relation.limit);
        }
    std::vector<std::uint64_t> rowsAfter(plan.steps.size());
    std::uint64_t slice = SharedRows / threads;
    while (first < last) {
        const std::uint64_t end = std::min(last, first + slice * threads);
        std::deque<PendingSink> sinks;
        std::deque<Pipeline> pipelines;
        for (std::uint64_t t = 0; t < threads; ++t)
            pipelines.emplace_back(m_database, plan, sinks.emplace_back(m_database, head), m_failures);
        onThreads(static_cast<int>(threads), [&](int number) {
            const auto t = static_cast<std::uint64_t>(number);
            const std::uint64_t from = first + (end - first) * t / threads;
            const std::uint64_t to = first + (end - first) * (t + 1) / threads;
            if (from < to)
                pipelines[t].run(from, to, static_cast<double>(last - first) / static_cast<double>(to - from));
        });
        std::uint64_t found = 0;
        for (std::uint64_t t = 0; t < threads; ++t) {
            TupleStore& pending = sinks[t].pending();
            found += pending.size();
            store.insert(pending.read(0, pending.size()), pending.size());
            m_joined[head] += pipelines[t].joined();
            for (std::size_t k = 0; k < rowsAfter.size(); ++k) rowsAfter[k] += pipelines[t].rowsAfter()[k];
        }
        if (m_database.bytes() > m_database.options.memoryBudget) {
            const double share = static_cast<double>(last) / static_cast<double>(std::max<std::uint64_t>(end, 1));
            throw Refused{Refused::Cause::Memory, plan.rule, head, static_cast<double>(m_joined[head]) * share};
        }
        if (found < SharedPending / 2) slice *= 2;
        if (found > SharedPending && slice > 256) slice /= 2;
        first = end;
    }
    m_database.note(plan, rowsAfter);
}

void SemiNaive::runVariant(Variant& variant) {
    std::uint64_t sizes = 1;
    for (const TensorId id : m_recursive) sizes += m_database.size(id);
    if (variant.plannedAt == 0 || sizes > 4 * variant.plannedAt) {
        variant.plan = planFor(*variant.rule, variant.delta);
        variant.plannedAt = sizes;
    }
    const Plan& plan = variant.plan;
    const TensorId scanned = rangeRelation(plan);
    std::uint64_t first = 0, last = 1;
    if (scanned != NoId) {
        const Relation& relation = m_database.joined(scanned);
        first = variant.delta != NoAtom ? relation.deltaFirst : 0;
        last = relation.limit;
    }
    if (first >= last) return;
    const bool isShared = m_database.options.threads > 1 && !m_database.kernels.onDevice && !plan.usesHost &&
                          scanned != NoId && last - first >= SharedRows;
    isShared ? runShared(plan, first, last) : runAlone(plan, first, last);
}

void SemiNaive::runBase(const Work& work) {
    prepare(work);
    for (const TensorId id : work.relations) m_database.relation(id).limit = 0;
    for (const Rule* rule : work.rules) {
        if (std::any_of(rule->atoms.begin(), rule->atoms.end(), [this](const Atom& atom) { return isRecursive(atom); }))
            continue;
        m_database.checkStop();
        Variant variant{rule, NoAtom, {}};
        runVariant(variant);
    }
}

void SemiNaive::checkLimits(const Work& work, const Rule* rule, TensorId relation) const {
    std::uint64_t total = 0;
    for (const TensorId id : work.relations) total += m_database.size(id);
    const Relation& grown = m_database.relation(relation);
    const auto growth = static_cast<double>(grown.tuples->size() - grown.limit);
    if (static_cast<std::int64_t>(total) > m_database.options.maxTuples)
        throw Refused{Refused::Cause::Tuples, rule, relation, growth};
    if (m_round >= m_database.options.maxRounds) throw Refused{Refused::Cause::Rounds, rule, relation, growth};
}

/// Makes what the round found the next delta. \return whether there is any
bool SemiNaive::closeRound(const Work& work, double seconds) {
    ++m_round;
    bool isAny = false;
    for (const TensorId id : work.relations) {
        Relation& relation = m_database.relation(id);
        TupleStore& store = relation.store();
        relation.deltaFirst = relation.limit;
        relation.limit = store.size();
        if (m_database.options.keepRounds) store.roundEnds.push_back(relation.limit);
        store.extendIndices(relation.limit);
        const std::uint64_t delta = relation.limit - relation.deltaFirst;
        if (delta == 0) continue;
        isAny = true;
        if (!work.isReported) continue;
        RoundReport report{work.stratum,       m_round, id, delta, relation.limit, m_joined[id], seconds,
                           m_database.bytes(), m_engine};
        m_reports.push_back(report);
        if (m_database.observer) m_database.observer->onRound(report);
    }
    m_joined.clear();
    if (!isAny && m_database.options.keepRounds)
        for (const TensorId id : work.relations) m_database.relation(id).store().roundEnds.pop_back();
    return isAny;
}

void SemiNaive::round(const Work& work) {
    for (Variant& variant : m_variants) {
        m_database.checkStop();
        runVariant(variant);
    }
    for (const Variant& variant : m_variants) {
        const Relation& head = m_database.relation(variant.rule->head.tensor);
        if (head.tuples->size() > head.limit) checkLimits(work, variant.rule, head.id);
    }
}

void SemiNaive::start(const Work& work) {
    m_round = 0;
    m_givenRows.clear();
    for (const TensorId id : work.relations) {
        m_givenRows.push_back(m_database.size(id));
        m_database.relation(id).store().roundEnds.clear();
    }
}

/// After a stop or a refusal. Given facts are a complete round even when the base rules were cut short.
void SemiNaive::keepComplete(const Work& work) {
    for (std::size_t i = 0; i < work.relations.size(); ++i) {
        Relation& relation = m_database.relation(work.relations[i]);
        relation.store().truncate(m_round == 0 ? m_givenRows[i] : relation.limit);
        relation.limit = relation.store().size();
        if (m_round == 0) relation.store().roundEnds.assign(1, relation.limit);
    }
}

bool SemiNaive::runFirstRound(const Work& work, const char* engine) {
    m_engine = engine;
    start(work);
    try {
        const Clock::time_point begin = Clock::now();
        runBase(work);
        const bool isAny = closeRound(work, secondsSince(begin));
        for (const TensorId id : work.relations) m_database.relation(id).store().dropIndices();
        return isAny;
    } catch (...) {
        keepComplete(work);
        throw;
    }
}

void SemiNaive::run(const Work& work) {
    if (work.isNaive) m_engine = "naive";
    start(work);
    try {
        Clock::time_point begin = Clock::now();
        runBase(work);
        for (const Rule* rule : work.rules)
            for (std::uint32_t i = 0; i < rule->atoms.size(); ++i)
                if (isRecursive(rule->atoms[i]) &&
                    (!work.isNaive || m_variants.empty() || m_variants.back().rule != rule))
                    m_variants.push_back({rule, work.isNaive ? NoAtom : i, {}});
        while (closeRound(work, secondsSince(begin))) {
            if (m_variants.empty()) break;
            begin = Clock::now();
            round(work);
        }
    } catch (...) {
        keepComplete(work);
        throw;
    }
    for (const TensorId id : work.relations) m_database.relation(id).store().dropIndices();
}

} // namespace vitrine::tl::sparse
