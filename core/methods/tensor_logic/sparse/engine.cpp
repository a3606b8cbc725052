// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/engine_impl.hpp"

#include "core/methods/tensor_logic/sparse/tupleset.hpp"
#include "core/tensor/device.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

namespace vitrine::tl::sparse {

std::unique_ptr<Engine> Engine::create(Program& program, const EvaluateOptions& options, const TensorReader& tensors,
                                       Observer* observer, const Tuning& tuning) {
    return std::make_unique<SparseEngine>(program, options, tensors, observer, tuning);
}

namespace {
/// Whoever offers a GPU has loaded its half first (useDevice).
const TupleKernels& kernelsFor(const EvaluateOptions& options, const Tuning& tuning) {
    if (tuning.kernels) return *tuning.kernels;
    const KernelTables* tables = options.device.kind == DeviceKind::Cuda ? cudaKernels() : nullptr;
    return tables && tables->tupleKernels ? *static_cast<const TupleKernels*>(tables->tupleKernels) : hostKernels();
}
} // namespace

SparseEngine::SparseEngine(Program& program, const EvaluateOptions& options, const TensorReader& tensors,
                           Observer* observer, const Tuning& tuning)
    : m_database(program, options, tensors, observer, kernelsFor(options, tuning), tuning),
      m_given(program.tensors.size()), m_stratumOf(program.tensors.size(), NoId), m_isEvaluated(program.strata.size()) {
    for (std::uint32_t i = 0; i < program.strata.size(); ++i)
        for (const TensorId id : program.strata[i].tensors) m_stratumOf[id] = i;
}

void SparseEngine::insert(TensorId id, std::span<const Cell> cells, std::uint64_t rows) {
    if (m_database.program.tensors[id].arity > MaxColumns) return; // evaluate() says so
    m_database.markStored(id);
    Relation& relation = m_database.relation(id);
    relation.store().insert(cells, rows);
    relation.limit = relation.store().size();
    relation.store().roundEnds.assign(1, relation.limit);
    m_given[id] = relation.limit;
}

std::shared_ptr<const TupleSet> SparseEngine::set(TensorId id) const {
    const std::scoped_lock lock(m_mutex);
    Relation& relation = m_database.relation(id);
    if (relation.rows) return relation.rows;
    if (!relation.handed || relation.handedSize != relation.limit) {
        relation.handed = std::make_shared<StoredSet>(relation.tuples, relation.limit);
        relation.handedSize = relation.limit;
    }
    return relation.handed;
}

/// The set of an atom's relation: of a numeric tensor its non-zero cells.
std::shared_ptr<const TupleSet> SparseEngine::joinedSet(TensorId id) const {
    if (!m_database.isStored(id)) {
        const std::scoped_lock lock(m_mutex);
        m_database.joined(id);
    }
    return set(id);
}

Diagnostics SparseEngine::guarded(const std::function<void()>& work) {
    try {
        work();
        return {};
    } catch (const Stopped&) {
        return {};
    } catch (const Refused& refused) {
        return {limitDiagnostic(m_database, refused)};
    } catch (const std::exception&) { // no memory outside a rule, or more rows than row numbers
        Diagnostic diagnostic;
        diagnostic.code = "E-LIMIT";
        diagnostic.message = "The tuples do not fit into memory";
        return {diagnostic};
    }
}

Diagnostics SparseEngine::tooWide(std::uint32_t stratum) const {
    Diagnostics diagnostics;
    for (const TensorId id : m_database.program.strata[stratum].tensors) {
        const TensorInfo& info = m_database.program.tensors[id];
        if (info.arity <= MaxColumns || !m_database.isStored(id)) continue;
        Diagnostic& diagnostic = diagnostics.emplace_back();
        diagnostic.code = "E-LIMIT";
        diagnostic.message = "%1 has %2 columns; relations have at most %3";
        diagnostic.arguments = {info.name, std::to_string(info.arity), std::to_string(MaxColumns)};
        diagnostic.range = info.firstUse;
    }
    return diagnostics;
}

void SparseEngine::choose(const Choice& choice) {
    if (m_database.observer) m_database.observer->onChoice(choice);
}

Diagnostics SparseEngine::evaluate(std::uint32_t number) {
    const Stratum& stratum = m_database.program.strata[number];
    if (Diagnostics diagnostics = tooWide(number); !diagnostics.empty()) return diagnostics;
    m_isEvaluated[number] = true;
    if (stratum.kind != Stratum::Kind::Rules || stratum.rules.empty()) return {};
    FailureLog failures(m_database, [this](TensorId id) { return joinedSet(id); });
    Diagnostics diagnostics = guarded([&] { fixpoint(number, failures); });
    diagnostics.insert(diagnostics.end(), failures.diagnostics().begin(), failures.diagnostics().end());
    return diagnostics;
}

SemiNaive::Work SparseEngine::workOf(std::uint32_t number) const {
    const Stratum& stratum = m_database.program.strata[number];
    SemiNaive::Work work;
    work.stratum = number;
    work.relations = stratum.tensors;
    for (const std::uint32_t rule : stratum.rules) work.rules.push_back(&m_database.program.rules[rule]);
    const tl::Engine engine = m_database.options.engine;
    work.isNaive = engine == tl::Engine::Naive || engine == tl::Engine::NaiveDense;
    return work;
}

void SparseEngine::fixpoint(std::uint32_t number, FailureLog& failures) {
    if (const std::vector<ChainRule> chains = chainsOf(number); !chains.empty())
        return fixpointByRows(number, chains, failures);
    SemiNaive(m_database, failures, m_rounds).run(workOf(number));
}

std::vector<ChainRule> SparseEngine::chainsOf(std::uint32_t number) {
    const Stratum& stratum = m_database.program.strata[number];
    const auto& tensors = m_database.program.tensors;
    if (!stratum.isRecursive || stratum.tensors.empty()) return {};
    const std::string& name = tensors[stratum.tensors[0]].name;
    const tl::Engine engine = m_database.options.engine;
    if (engine == tl::Engine::Naive || engine == tl::Engine::NaiveDense) {
        choose({number, stratum.tensors[0], "naive", "Asked for: every round joins all tuples again", {}});
        return {};
    }
    const auto byTuples = [&](const char* reason) {
        choose({number, stratum.tensors[0], "semi-naive", reason, {name}});
        return std::vector<ChainRule>();
    };
    if (m_database.kernels.onDevice) return byTuples("Tuples of %1 are joined on the GPU");
    if (!m_database.tuning.useRows) return byTuples("Tuples of %1 are joined by their indices, as tuned");
    for (const TensorId id : stratum.tensors)
        if (tensors[id].arity != 2 || !tensors[id].isRelation)
            return byTuples("%1 is computed with relations that are not binary, so tuples are joined by their indices");
    std::vector<ChainRule> chains;
    for (const std::uint32_t i : stratum.rules) {
        const Rule& rule = m_database.program.rules[i];
        const bool isRecursive = std::any_of(rule.atoms.begin(), rule.atoms.end(), [&](const Atom& atom) {
            return std::find(stratum.tensors.begin(), stratum.tensors.end(), atom.tensor) != stratum.tensors.end();
        });
        if (!isRecursive) continue;
        const auto chain = asChain(m_database, rule, stratum.tensors);
        if (!chain)
            return byTuples(
                "A recursive rule of %1 is no chain of binary relations, so tuples are joined by their indices");
        chains.push_back(*chain);
    }
    return chains;
}

void SparseEngine::fixpointByRows(std::uint32_t number, std::vector<ChainRule> chains, FailureLog& failures) {
    const Stratum& stratum = m_database.program.strata[number];
    const std::string& name = m_database.program.tensors[stratum.tensors[0]].name;
    const SourceSplit split =
        m_database.options.engine == tl::Engine::SemiNaive ? SourceSplit::None : sourceSplit(chains);
    const char* const reasons[] = {
        "The recursive rules of %1 are products of binary relations, so whole rows are joined at a time",
        "Every recursive rule of %1 is linear and keeps its first argument, so each source is searched on its own",
        "Every recursive rule of %1 is linear and keeps its last argument, so each target is searched on its own"};
    const char* const engine = split == SourceSplit::None ? "semi-naive" : "by source";
    choose({number, stratum.tensors[0], engine, reasons[static_cast<int>(split)], {name}});
    if (!SemiNaive(m_database, failures, m_rounds).runFirstRound(workOf(number), engine)) return;
    if (split == SourceSplit::Last) std::transform(chains.begin(), chains.end(), chains.begin(), turned);
    const bool isTurned = split == SourceSplit::Last;
    const ChainContext context(m_database, chains, stratum.tensors, isTurned);
    for (const ChainRule& chain : chains)
        m_chains.insert_or_assign(static_cast<std::uint32_t>(chain.rule - m_database.program.rules.data()), chain);
    std::vector<std::uint64_t> totals;
    for (const TensorId id : stratum.tensors) totals.push_back(m_database.size(id));
    RowResult result;
    const auto onRound = [&](const RowRound& round, std::int64_t bytes) {
        checkRowLimits(chains, context, round, totals);
        for (std::size_t k = 0; k < totals.size(); ++k) {
            totals[k] += round.delta[k];
            if (round.delta[k] == 0) continue;
            m_rounds.push_back({number, round.round, stratum.tensors[k], round.delta[k], totals[k], round.joined[k],
                                round.seconds, bytes, engine});
            if (m_database.observer) m_database.observer->onRound(m_rounds.back());
        }
    };
    const auto keep = [&] {
        for (std::size_t k = 0; k < result.tables.size(); ++k) {
            m_database.relation(stratum.tensors[k]).rows = std::make_shared<RowsSet>(
                context.universe(), result.tables[k], isTurned, m_database.options.keepRounds);
        }
    };
    try {
        (split == SourceSplit::None ? runRowRounds : runBySource)(m_database, context, result, onRound);
    } catch (...) {
        keep();
        throw;
    }
    keep();
}

void SparseEngine::checkRowLimits(const std::vector<ChainRule>& chains, const ChainContext& context,
                                  const RowRound& round, const std::vector<std::uint64_t>& totals) const {
    const auto grown = std::max_element(round.delta.begin(), round.delta.end()) - round.delta.begin();
    const TensorId relation = context.relations()[static_cast<std::size_t>(grown)];
    std::uint64_t all = 0;
    for (std::size_t k = 0; k < totals.size(); ++k) all += totals[k] + round.delta[k];
    const auto rule =
        std::find_if(chains.begin(), chains.end(), [&](const ChainRule& c) { return c.head == relation; });
    Refused refused{Refused::Cause::Tuples, rule == chains.end() ? nullptr : rule->rule, relation,
                    static_cast<double>(round.delta[static_cast<std::size_t>(grown)])};
    if (static_cast<std::int64_t>(all) > m_database.options.maxTuples) throw refused;
    refused.cause = Refused::Cause::Rounds;
    if (static_cast<std::int64_t>(round.round) > m_database.options.maxRounds) throw refused;
}

} // namespace vitrine::tl::sparse
