// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/engine_impl.hpp"

#include "core/methods/tensor_logic/sparse/seminaive.hpp"
#include "core/methods/tensor_logic/sparse/tupleset.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

namespace vitrine::tl::sparse {

std::unique_ptr<Engine> Engine::create(Program& program, const EvaluateOptions& options, const TensorReader& tensors,
                                       Observer* observer, const Tuning& tuning) {
    return std::make_unique<SparseEngine>(program, options, tensors, observer, tuning);
}

SparseEngine::SparseEngine(Program& program, const EvaluateOptions& options, const TensorReader& tensors,
                           Observer* observer, const Tuning& tuning)
    : m_database(program, options, tensors, observer, tuning.kernels ? *tuning.kernels : hostKernels(), tuning),
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

void SparseEngine::fixpoint(std::uint32_t number, FailureLog& failures) {
    const Stratum& stratum = m_database.program.strata[number];
    SemiNaive::Work work;
    work.stratum = number;
    work.relations = stratum.tensors;
    for (const std::uint32_t rule : stratum.rules) work.rules.push_back(&m_database.program.rules[rule]);
    work.isNaive = m_database.options.engine == tl::Engine::Naive;
    SemiNaive(m_database, failures, m_rounds).run(work);
}

} // namespace vitrine::tl::sparse
