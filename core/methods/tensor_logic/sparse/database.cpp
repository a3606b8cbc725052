// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/database.hpp"

#include <algorithm>

namespace vitrine::tl::sparse {

namespace {
constexpr std::uint64_t HostChunk = 1 << 14, DeviceChunk = 1 << 22;
} // namespace

Database::Database(Program& theProgram, const EvaluateOptions& theOptions, const TensorReader& theTensors,
                   Observer* theObserver, const TupleKernels& theKernels, const Tuning& theTuning)
    : program(theProgram), options(theOptions), tensors(theTensors), observer(theObserver), kernels(theKernels),
      tuning(theTuning), evaluator(theProgram, theTensors) {
    for (const TensorInfo& info : program.tensors) {
        const TensorId id = addRelation(info.name, info.arity);
        m_relations[id].origin = id;
        m_isStored.push_back(info.isRelation && !info.isBuiltin);
    }
    for (const Rule& rule : program.rules) m_isStored[rule.head.tensor] = true;
}

TensorId Database::addRelation(std::string name, std::uint32_t arity) {
    Relation& relation = m_relations.emplace_back();
    relation.id = static_cast<TensorId>(m_relations.size() - 1);
    relation.name = std::move(name);
    relation.tuples = std::make_shared<TupleStore>(kernels, std::min(arity, MaxColumns));
    return relation.id;
}

void Database::dropRelationsFrom(TensorId first) {
    while (m_relations.size() > first) m_relations.pop_back();
}

std::uint64_t Database::chunkRows() const {
    if (tuning.chunkRows > 0) return tuning.chunkRows;
    return kernels.onDevice ? DeviceChunk : HostChunk;
}

namespace {
bool isSameOrder(const Plan& a, const Plan& b) {
    return a.rule == b.rule && a.delta == b.delta &&
           std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                      [](const Step& x, const Step& y) { return x.kind == y.kind && x.literal == y.literal; });
}
} // namespace

void Database::note(const Plan& plan, const std::vector<std::uint64_t>& rowsAfter) {
    const Rule* const first = program.rules.data();
    if (plan.rule < first || plan.rule >= first + program.rules.size()) return; // made for one query only
    auto known = std::find_if(m_records.begin(), m_records.end(),
                              [&](const PlanRecord& record) { return isSameOrder(record.plan, plan); });
    if (known == m_records.end())
        known = m_records.insert(m_records.end(), {plan, std::vector<std::uint64_t>(rowsAfter.size()), 0});
    for (std::size_t k = 0; k < rowsAfter.size(); ++k) known->rows[k] += rowsAfter[k];
    ++known->runs;
}

std::uint64_t Database::size(TensorId id) const {
    const Relation& relation = m_relations[id];
    return relation.rows ? relation.rows->size() : relation.tuples->size();
}

std::int64_t Database::bytes() const {
    std::int64_t sum = 0;
    for (const Relation& relation : m_relations)
        sum += relation.tuples->bytes() + (relation.rows ? relation.rows->bytes() : 0);
    return sum;
}

Relation& Database::joined(TensorId id) {
    Relation& relation = m_relations[id];
    if (!isStored(id) && m_isRead.insert(id).second) materialise(id);
    if (relation.rows && relation.tuples->size() < relation.rows->size()) storeRows(relation);
    return relation;
}

void Database::storeRows(Relation& relation) {
    std::vector<Cell> cells;
    const auto flush = [&] {
        relation.store().insert(cells, cells.size() / 2);
        cells.clear();
    };
    relation.rows->forEach([&](std::span<const Cell> tuple, std::uint32_t) {
        cells.insert(cells.end(), tuple.begin(), tuple.end());
        if (cells.size() >= 1 << 17) flush();
        return true;
    });
    flush();
    relation.limit = relation.store().size();
}

/// The cells of a numeric tensor whose step is 1, as tuples.
void Database::materialise(TensorId id) {
    Relation& relation = m_relations[id];
    const TensorInfo& info = program.tensors[id];
    const auto isTrue = [](const TensorReader::Number& n) { return n.isInteger ? n.integer > 0 : n.real > 0; };
    std::vector<Cell> cells;
    std::uint64_t count = 0;
    const auto take = [&](std::span<const Cell> at, const TensorReader::Number& number) {
        if (!isTrue(number)) return;
        cells.insert(cells.end(), at.begin(), at.end());
        ++count;
    };
    if (!tensors.forEachNonZero(id, take)) {
        std::vector<std::int64_t> position(info.arity);
        std::vector<Cell> at(info.arity);
        std::int64_t total = 1;
        for (const DomainId axis : info.axes) total *= program.domains[axis].size;
        for (std::int64_t flat = 0; flat < total; ++flat) {
            std::int64_t rest = flat;
            for (std::size_t k = info.arity; k-- > 0;) {
                const Domain& domain = program.domains[info.axes[k]];
                at[k] = cellAt(program, domain, rest % domain.size);
                rest /= domain.size;
            }
            take(at, tensors.at(id, at));
        }
    }
    relation.store().insert(cells, count);
    relation.limit = relation.store().size();
}

} // namespace vitrine::tl::sparse
