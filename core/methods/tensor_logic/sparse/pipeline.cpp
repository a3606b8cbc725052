// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/pipeline.hpp"

#include <algorithm>

namespace vitrine::tl::sparse {

namespace {
bool isFilter(const Step& step) {
    return step.kind != Step::Kind::Scan && step.kind != Step::Kind::Join && step.kind != Step::Kind::Domain;
}
} // namespace

Pipeline::Pipeline(Database& database, const Plan& plan, Sink& sink, FailureSink& failures)
    : m_database(database), m_kernels(database.kernels), m_plan(plan), m_sink(sink), m_failures(failures),
      m_patience(plan.steps.size()), m_seen(plan.steps.size()), m_mask(m_kernels), m_hits(m_kernels),
      m_chunk(database.chunkRows()), m_rowsAfter(plan.steps.size()) {}

void Pipeline::run(std::uint64_t first, std::uint64_t last, double share) {
    m_first = first;
    m_last = last;
    m_span = {};
    m_share = share;
    m_isRangeTaken = false;
    forgetSeen();
    Frame& unit = frameAt(0);
    unit.slots.clear();
    unit.count = 1;
    process(0, unit, 0);
}

double Pipeline::predicted() const {
    return static_cast<double>(m_joined) / std::max(m_span.high, 1e-30) * m_share;
}

Frame& Pipeline::frameAt(std::size_t depth) {
    while (m_frames.size() <= depth) {
        Frame& frame = m_frames.emplace_back();
        for (Slot slot = 0; slot < m_plan.slotCount; ++slot) frame.columns.emplace_back(m_kernels);
    }
    return m_frames[depth];
}

Pipeline::Scratch& Pipeline::scratchAt(std::size_t depth) {
    while (m_scratch.size() <= depth)
        m_scratch.push_back({Array<std::uint32_t>(m_kernels), Array<std::uint32_t>(m_kernels),
                             Array<std::uint32_t>(m_kernels), Array<std::uint64_t>(m_kernels)});
    return m_scratch[depth];
}

ColumnRef Pipeline::column(const Operand& operand, const Frame& frame) const {
    return operand.isSlot ? ColumnRef{frame.columns[operand.slot].data(), 0} : ColumnRef{nullptr, operand.constant};
}

TupleRef Pipeline::keys(const Step& step, const Frame& frame) const {
    TupleRef keys;
    for (std::uint32_t i = 0; i < step.cells.size(); ++i)
        if (step.bound >> i & 1) keys.columns[keys.count++] = column(step.cells[i], frame);
    return keys;
}

void Pipeline::process(std::size_t number, Frame& frame, std::size_t depth) {
    while (number < m_plan.steps.size() && frame.count > 0) {
        const Step& step = m_plan.steps[number];
        if (isFilter(step)) {
            number = filter(number, frame);
            continue;
        }
        m_database.checkStop();
        if (step.canRepeat && frame.count >= m_database.tuning.repeatRows) dropRepeats(number, frame);
        if (frame.count == 0) return;
        if (step.kind == Step::Kind::Scan) scan(number, frame, depth);
        if (step.kind == Step::Kind::Domain) runThrough(number, frame, depth);
        if (step.kind == Step::Kind::Join) join(number, frame, depth);
        return;
    }
    if (frame.count > 0) emit(frame);
}

/// Takes the first `count` bindings into a store. \return how many differ
std::uint64_t Pipeline::enterFirst(const Frame& frame, std::uint64_t count, TupleStore& store) const {
    TupleRef bindings;
    for (const Slot slot : frame.slots) bindings.columns[bindings.count++] = {frame.columns[slot].data(), 0};
    store.reserve(count);
    m_kernels.pack(store.rows(), store.size(), bindings, count);
    return store.insertCandidates(count);
}

void Pipeline::forgetSeen() {
    for (auto& seen : m_seen) seen.reset();
    m_seenRows = 0;
}

/// A long body whose variables die early has few different bindings, however many ways lead to them. They are made one
/// where a sample shows that it pays, also with those of earlier chunks: what follows from them has been found.
void Pipeline::dropRepeats(std::size_t number, Frame& frame) {
    constexpr std::uint64_t SampleRows = 1024;
    constexpr std::uint32_t MostPatience = 1023;
    Patience& patience = m_patience[number];
    if (frame.slots.size() > MaxColumns) return;
    if (patience.left > 0) {
        --patience.left;
        return;
    }
    const auto arity = static_cast<std::uint32_t>(frame.slots.size());
    const std::uint64_t sample = std::min(frame.count, SampleRows);
    TupleStore tried(m_kernels, arity);
    if (2 * enterFirst(frame, sample, tried) > sample) {
        patience.next = std::min(2 * patience.next + 1, MostPatience);
        patience.left = patience.next;
        return;
    }
    patience.next = 0;
    if (m_seenRows + frame.count > MostSeen) forgetSeen();
    std::unique_ptr<TupleStore>& seen = m_seen[number];
    if (!seen) seen = std::make_unique<TupleStore>(m_kernels, arity);
    const std::uint64_t before = seen->size();
    frame.count = enterFirst(frame, frame.count, *seen);
    m_seenRows += frame.count;
    for (std::uint32_t k = 0; k < arity; ++k)
        m_kernels.cells(frame.columns[frame.slots[k]].data(), seen->rows(), k, nullptr, before, frame.count);
}

void Pipeline::emit(Frame& frame) {
    m_joined += frame.count;
    TupleRef heads;
    for (const Operand& operand : m_plan.head) heads.columns[heads.count++] = column(operand, frame);
    m_sink.take(heads, frame.count);
}

/// All tests in a row share one mask; rows go at the end.
std::size_t Pipeline::filter(std::size_t number, Frame& frame) {
    m_mask.ensure(frame.count);
    m_kernels.fillBytes(m_mask.data(), frame.count, 1);
    const Step* last = nullptr;
    while (number < m_plan.steps.size() && isFilter(m_plan.steps[number])) {
        last = &m_plan.steps[number++];
        filterOne(*last, frame);
    }
    frame.slots = last->live;
    std::vector<std::uint32_t*> columns;
    for (const Slot slot : frame.slots) columns.push_back(frame.columns[slot].data());
    frame.count =
        m_kernels.compact(columns.data(), static_cast<std::uint32_t>(columns.size()), m_mask.data(), frame.count);
    m_rowsAfter[number - 1] += frame.count;
    return number;
}

void Pipeline::filterOne(const Step& step, Frame& frame) {
    switch (step.kind) {
    case Step::Kind::Equal:
        m_kernels.equal(column(step.cells[0], frame), column(step.cells[1], frame), frame.count, !step.isNegated,
                        m_mask.data());
        return;
    case Step::Kind::Member: {
        Relation& relation = m_database.joined(step.relation);
        if (relation.limit == 0) {
            if (!step.isNegated) m_kernels.fillBytes(m_mask.data(), frame.count, 0);
            return;
        }
        m_kernels.member(relation.store().rows(), relation.store().hash(), relation.limit, keys(step, frame),
                         frame.count, !step.isNegated, m_mask.data());
        return;
    }
    case Step::Kind::Exists:
        filterExists(step, frame);
        return;
    case Step::Kind::Order:
        filterOrder(step, frame);
        return;
    default:
        onHost(step, frame);
        return;
    }
}

void Pipeline::filterExists(const Step& step, Frame& frame) {
    Relation& relation = m_database.joined(step.relation);
    if (relation.limit == 0 || step.bound == 0) {
        if ((relation.limit > 0) == step.isNegated) m_kernels.fillBytes(m_mask.data(), frame.count, 0);
        return;
    }
    m_hits.ensure(frame.count);
    m_kernels.fillBytes(m_hits.data(), frame.count, 0);
    const Index& index = relation.store().index(step.bound, relation.limit);
    for (std::size_t i = 0; i < index.segmentCount(); ++i)
        m_kernels.exists(index.segment(i, relation.store().rows()), keys(step, frame), frame.count, m_hits.data());
    m_kernels.combine(m_mask.data(), m_hits.data(), frame.count, !step.isNegated);
}

void Pipeline::filterOrder(const Step& step, Frame& frame) {
    const ColumnRef a = column(step.cells[0], frame), b = column(step.cells[1], frame);
    if (m_kernels.order(step.order, a, b, frame.count, m_mask.data()) > 0) onHost(step, frame);
}

/// Expressions, and orders of cells that are no small integers: row by row on the host.
void Pipeline::onHost(const Step& step, Frame& frame) {
    std::vector<std::uint8_t> mask(frame.count);
    m_kernels.toHost(mask.data(), m_mask.data(), frame.count);
    std::vector<std::vector<Cell>> columns(m_plan.slotCount);
    std::vector<bool> isBound(m_plan.slotCount);
    for (const Slot slot : frame.slots) {
        columns[slot].resize(frame.count);
        m_kernels.toHost(columns[slot].data(), frame.columns[slot].data(), frame.count * sizeof(Cell));
        isBound[slot] = true;
    }
    const bool hasResult = step.kind == Step::Kind::Compute || step.kind == Step::Kind::Define;
    std::vector<Cell> vars(m_plan.slotCount), results(hasResult ? frame.count : 0);
    for (std::uint64_t row = 0; row < frame.count; ++row) {
        if (!mask[row]) continue;
        if (row % 4096 == 0) m_database.checkStop();
        for (const Slot slot : frame.slots) vars[slot] = columns[slot][row];
        Cell result = 0;
        Failure failure;
        mask[row] = hostRow(step, vars, result, failure);
        if (hasResult) results[row] = result;
        if (!failure.code) continue;
        const bool isComparison = step.kind != Step::Kind::Compute;
        m_failures.take(*m_plan.rule, step.literal, isComparison, vars, isBound, failure);
    }
    m_kernels.fromHost(m_mask.data(), mask.data(), frame.count);
    if (!hasResult) return;
    frame.columns[step.target].ensure(frame.count);
    m_kernels.fromHost(frame.columns[step.target].data(), results.data(), frame.count * sizeof(Cell));
    frame.slots.push_back(step.target);
}

bool Pipeline::hostRow(const Step& step, std::vector<Cell>& vars, Cell& result, Failure& failure) {
    const Evaluator& evaluator = m_database.evaluator;
    if (step.kind == Step::Kind::Parity) {
        const Operand& operand = step.cells[0];
        const Scalar value = evaluator.ofCell(operand.isSlot ? vars[operand.slot] : operand.constant);
        const bool holds = value.kind == Scalar::Kind::Integer && (value.integer % 2 != 0) == step.isOdd;
        return holds != step.isNegated;
    }
    if (step.kind == Step::Kind::Compute) {
        Scalar value;
        if (!evaluator.term(*step.term, vars.data(), value, failure)) return false;
        if (step.interns) return evaluator.toCell(value, step.term->range, result, failure);
        const auto cell = evaluator.findCell(value);
        result = cell.value_or(0);
        return cell.has_value();
    }
    const Comparison& comparison = m_plan.rule->comparisons[step.literal];
    if (step.kind == Step::Kind::Define) {
        Scalar value;
        const Node& side = comparison.definesLeft ? comparison.right : comparison.left;
        return evaluator.value(side, m_plan.rule->vars, vars.data(), value, failure) &&
               evaluator.toCell(value, comparison.range, result, failure);
    }
    bool holds = false;
    return evaluator.compare(comparison, m_plan.rule->vars, vars.data(), holds, failure) && holds;
}

/// The frame behind a step that makes rows, with room for them.
Frame& Pipeline::begin(std::size_t depth, const Step& step, std::uint64_t count) {
    Frame& frame = frameAt(depth + 1);
    frame.count = count;
    frame.slots = step.live;
    for (const Slot slot : frame.slots) frame.columns[slot].ensure(count);
    for (const auto& [column, slot] : step.outputs) frame.columns[slot].ensure(count);
    for (const auto& [column, slot] : step.repeats) frame.columns[slot].ensure(count);
    return frame;
}

void Pipeline::carry(const Step& step, const Frame& from, Frame& to, const std::uint32_t* parents) {
    for (const Slot slot : from.slots)
        if (std::find(step.live.begin(), step.live.end(), slot) != step.live.end())
            m_kernels.gather(to.columns[slot].data(), from.columns[slot].data(), parents, to.count);
}

/// R(x, x): keeps the rows whose columns of one variable are equal.
void Pipeline::keepRepeats(const Step& step, const RowsView& rows, const std::uint32_t* numbers, std::uint64_t first,
                           Frame& frame) {
    if (step.repeats.empty()) return;
    m_mask.ensure(frame.count);
    m_kernels.fillBytes(m_mask.data(), frame.count, 1);
    Array<std::uint32_t> other(m_kernels);
    other.resize(frame.count);
    for (const auto& [column, slot] : step.repeats) {
        m_kernels.cells(other.data(), rows, column, numbers, first, frame.count);
        m_kernels.equal({other.data(), 0}, {frame.columns[slot].data(), 0}, frame.count, true, m_mask.data());
    }
    std::vector<std::uint32_t*> columns;
    for (const Slot slot : frame.slots) columns.push_back(frame.columns[slot].data());
    frame.count =
        m_kernels.compact(columns.data(), static_cast<std::uint32_t>(columns.size()), m_mask.data(), frame.count);
}

/// Would the rows that are sure to come fit? Known before any of them is made.
void Pipeline::refuseBeyond(const Step& step, double rows) const {
    if (!step.isDistinct) return;
    const TupleStore& store = m_database.relation(m_plan.rule->head.tensor).store();
    const double need = rows * static_cast<double>(store.growth(1));
    const double room = static_cast<double>(m_database.options.memoryBudget - m_database.bytes());
    if (need <= room) return;
    throw Refused{Refused::Cause::Memory, m_plan.rule, m_plan.rule->head.tensor,
                  (static_cast<double>(m_joined) + rows * (1 - m_span.low) / (m_span.high - m_span.low)) * m_share};
}

void Pipeline::scan(std::size_t number, Frame& frame, std::size_t depth) {
    const Step& step = m_plan.steps[number];
    Relation& relation = m_database.joined(step.relation);
    const bool isRange = !m_isRangeTaken;
    m_isRangeTaken = true;
    const std::uint64_t first = isRange ? m_first : 0, last = isRange ? m_last : relation.limit;
    if (last <= first) return;
    const std::uint64_t size = last - first, total = frame.count * size;
    if (!isRange) refuseBeyond(step, static_cast<double>(frame.count) * static_cast<double>(size));
    const bool isPlain = frame.count == 1 && frame.slots.empty();
    Scratch& scratch = scratchAt(depth);
    const Span whole = m_span;
    for (std::uint64_t from = 0; from < total; from += m_chunk) {
        m_database.checkStop();
        const std::uint64_t count = std::min(m_chunk, total - from);
        m_span = whole.part(from, count, total);
        Frame& next = begin(depth, step, count);
        RowsView rows = relation.store().rows();
        rows.words += first;
        if (!isPlain) {
            scratch.parents.ensure(m_chunk);
            scratch.rows.ensure(m_chunk);
            m_kernels.product(from, count, size, scratch.parents.data(), scratch.rows.data());
            carry(step, frame, next, scratch.parents.data());
        }
        const std::uint32_t* numbers = isPlain ? nullptr : scratch.rows.data();
        for (const auto& [column, slot] : step.outputs)
            m_kernels.cells(next.columns[slot].data(), rows, column, numbers, from, count);
        keepRepeats(step, rows, numbers, from, next);
        m_rowsAfter[number] += next.count;
        process(number + 1, next, depth + 1);
    }
    m_span = whole;
    if (isRange) m_isRangeTaken = false;
}

void Pipeline::runThrough(std::size_t number, Frame& frame, std::size_t depth) {
    const Step& step = m_plan.steps[number];
    const Domain& domain = m_database.program.domains[step.domain];
    const auto size = static_cast<std::uint64_t>(std::max<std::int64_t>(domain.size, 0));
    std::vector<Cell> cells(size);
    for (std::uint64_t i = 0; i < size; ++i)
        cells[i] = cellAt(m_database.program, domain, static_cast<std::int64_t>(i));
    Array<std::uint32_t> values(m_kernels);
    values.ensure(size);
    m_kernels.fromHost(values.data(), cells.data(), size * sizeof(Cell));
    refuseBeyond(step, static_cast<double>(frame.count) * static_cast<double>(size));
    Scratch& scratch = scratchAt(depth);
    scratch.parents.ensure(m_chunk);
    scratch.rows.ensure(m_chunk);
    const std::uint64_t total = frame.count * size;
    const Span whole = m_span;
    for (std::uint64_t from = 0; from < total; from += m_chunk) {
        m_database.checkStop();
        const std::uint64_t count = std::min(m_chunk, total - from);
        m_span = whole.part(from, count, total);
        Frame& next = begin(depth, step, count);
        m_kernels.product(from, count, size, scratch.parents.data(), scratch.rows.data());
        carry(step, frame, next, scratch.parents.data());
        next.columns[step.target].ensure(count);
        m_kernels.gather(next.columns[step.target].data(), values.data(), scratch.rows.data(), count);
        m_rowsAfter[number] += count;
        process(number + 1, next, depth + 1);
    }
    m_span = whole;
}

void Pipeline::join(std::size_t number, Frame& frame, std::size_t depth) {
    const Step& step = m_plan.steps[number];
    Relation& relation = m_database.joined(step.relation);
    if (relation.limit == 0) return;
    const Index& index = relation.store().index(step.bound, relation.limit);
    for (std::size_t i = 0; i < index.segmentCount(); ++i) joinSegment(number, relation, i, frame, depth);
}

void Pipeline::joinSegment(std::size_t number, Relation& relation, std::size_t segment, Frame& frame,
                           std::size_t depth) {
    const Step& step = m_plan.steps[number];
    const Index& segments = relation.store().index(step.bound, relation.limit);
    IndexView index = segments.segment(segment, relation.store().rows());
    Scratch& scratch = scratchAt(depth);
    scratch.firsts.ensure(frame.count);
    scratch.offsets.ensure(frame.count + 1);
    const std::uint64_t total =
        m_kernels.probe(index, keys(step, frame), frame.count, scratch.firsts.data(), scratch.offsets.data());
    if (total == 0) return;
    refuseBeyond(step, static_cast<double>(total));
    scratch.parents.ensure(std::min(total, m_chunk));
    scratch.rows.ensure(std::min(total, m_chunk));
    const Span whole = m_span;
    for (std::uint64_t from = 0; from < total; from += m_chunk) {
        m_database.checkStop();
        const std::uint64_t count = std::min(m_chunk, total - from);
        m_span = whole.part(from, count, total);
        index.rows = relation.store().rows(); // the sink may have moved them
        JoinWindow window{from, from + count, 0, frame.count};
        if (count < total) {
            window.parentFirst = m_kernels.parentOf(scratch.offsets.data(), frame.count, from);
            window.parentLast = m_kernels.parentOf(scratch.offsets.data(), frame.count, from + count - 1) + 1;
        }
        m_kernels.expand(index, scratch.firsts.data(), scratch.offsets.data(), window, scratch.parents.data(),
                         scratch.rows.data());
        Frame& next = begin(depth, step, count);
        carry(step, frame, next, scratch.parents.data());
        for (const auto& [column, slot] : step.outputs)
            m_kernels.cells(next.columns[slot].data(), index.rows, column, scratch.rows.data(), 0, count);
        keepRepeats(step, index.rows, scratch.rows.data(), 0, next);
        m_rowsAfter[number] += next.count;
        process(number + 1, next, depth + 1);
    }
    m_span = whole;
}

} // namespace vitrine::tl::sparse
