// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/memo.hpp"

#include <ATen/ATen.h>

#include <cstring>

namespace vitrine::tl::dense {

ElementTable::ElementTable(Store& store, HostValues& host, const std::vector<TensorId>& tensors, std::stop_token stop)
    : m_store(store), m_host(host), m_elements(store.program(), *this), m_stop(std::move(stop)) {
    m_elements.setStop(m_stop);
    for (const TensorId tensor : tensors) {
        Table table;
        table.shape = store.shapeOf(tensor);
        std::size_t cells = 1;
        for (const std::int64_t size : table.shape) cells *= static_cast<std::size_t>(size);
        table.states.assign(cells, State::Unknown);
        table.isReal = store.program().tensors[tensor].type == ElementType::Real;
        table.bits.resize(cells);
        const at::Tensor given = store.program().tensors[tensor].isRelation ? at::Tensor() : store.given(tensor);
        if (given.defined()) table.given = given.to(at::kCPU, table.isReal ? at::kDouble : at::kLong).contiguous();
        m_tables.emplace(tensor, std::move(table));
    }
}

Number ElementTable::Table::givenAt(std::size_t offset) const {
    return isReal ? Number::of(given.const_data_ptr<double>()[offset])
                  : Number::of(given.const_data_ptr<std::int64_t>()[offset]);
}

std::size_t ElementTable::offsetOf(const Table& table, std::span<const std::int64_t> position) {
    std::size_t offset = 0;
    for (std::size_t k = 0; k < position.size(); ++k)
        offset = offset * static_cast<std::size_t>(table.shape[k]) + static_cast<std::size_t>(position[k]);
    return offset;
}

std::optional<Number> ElementTable::cell(TensorId tensor, std::span<const std::int64_t> position) {
    const auto found = m_tables.find(tensor);
    if (found == m_tables.end()) return m_host.cell(tensor, position);
    const std::size_t offset = offsetOf(found->second, position);
    if (m_goals.tree != nullptr) m_goals.read.emplace(tensor, offset);
    if (found->second.states[offset] != State::Done) return std::nullopt;
    return found->second.value(offset);
}

Number ElementTable::demand(TensorId tensor, const Position& position) {
    Table& table = m_tables.at(tensor);
    const std::size_t offset = offsetOf(table, position);
    std::vector<Item> stack;
    if (table.states[offset] != State::Done) stack.push_back({tensor, position, offset, NoId});
    while (!stack.empty()) enter(stack);
    return table.value(offset);
}

void ElementTable::enter(std::vector<Item>& stack) {
    if ((++m_entered & 0xff) == 0 && m_stop.stop_requested()) throw Cancelled{};
    const Item item = stack.back();
    Table& table = m_tables.at(item.tensor);
    State& state = table.states[item.offset];
    if (state == State::Done) {
        stack.pop_back();
        return;
    }
    if (state == State::Unknown) noteGoal(item);
    m_goals.read.clear();
    state = State::Entered;
    std::vector<ElementEvaluator::Wanted> wanted;
    Parts parts;
    if (table.given.defined())
        if (const Number number = table.givenAt(item.offset); !number.isZero()) parts.values.push_back(number);
    try {
        for (const std::uint32_t equation : m_elements.equationsOf(item.tensor))
            m_elements.contribute(equation, item.position, parts, &wanted);
    } catch (const Failure&) {
        if (wanted.empty()) throw; // otherwise the error came of a cell that is not known yet
    }
    if (wanted.empty()) {
        const Number value = m_elements.pool(item.tensor, item.position, parts);
        table.bits[item.offset] = table.isReal ? std::bit_cast<std::int64_t>(value.asReal()) : value.integer;
        state = State::Done;
        noteResult(item, value);
        if (++m_computed > m_limit) throw LimitReached{};
        stack.pop_back();
        return;
    }
    for (const ElementEvaluator::Wanted& need : wanted) {
        const auto found = m_tables.find(need.tensor);
        if (found == m_tables.end())
            fail("E-CYCLE", "%1 is needed before it is known", {m_store.program().tensors[need.tensor].name},
                 m_store.program().equations[need.equation].range);
        const std::size_t offset = offsetOf(found->second, need.position);
        if (found->second.states[offset] == State::Entered) failCycle(stack, need);
        stack.push_back({need.tensor, need.position, offset, need.equation});
    }
}

void ElementTable::noteGoal(const Item& item) {
    if (m_goals.tree == nullptr) return;
    GoalTree& tree = *m_goals.tree;
    ++tree.allGoals;
    if (tree.goals.size() >= m_goals.most) return;
    m_goals.numbers.emplace(std::pair(item.tensor, item.offset), static_cast<std::uint32_t>(tree.goals.size()));
    Goal& goal = tree.goals.emplace_back();
    goal.tensor = item.tensor;
    const Program& program = m_store.program();
    for (std::size_t k = 0; k < item.position.size(); ++k)
        goal.pattern.emplace_back(
            cellAt(program, program.domains[program.tensors[item.tensor].axes[k]], item.position[k]));
}

/// The cells that a value was made of were called by it; one that came later than it was made for it.
void ElementTable::noteResult(const Item& item, const Number& value) {
    if (m_goals.tree == nullptr) return;
    GoalTree& tree = *m_goals.tree;
    ++tree.allAnswers;
    const auto self = m_goals.numbers.find({item.tensor, item.offset});
    if (self == m_goals.numbers.end()) return;
    tree.goals[self->second].answers = 1;
    tree.goals[self->second].value = value.asReal();
    for (const auto& read : m_goals.read) {
        const auto called = m_goals.numbers.find(read);
        if (called == m_goals.numbers.end()) continue;
        const bool isFirst = called->second > self->second && m_goals.hasCaller.insert(called->second).second;
        if (!isFirst) ++tree.goals[called->second].memoHits;
        tree.calls.push_back({self->second, called->second, isFirst});
    }
}

void ElementTable::failCycle(const std::vector<Item>& stack, const ElementEvaluator::Wanted& wanted) const {
    // The chain from the cell that is needed again: the equation of that cell which started it.
    std::uint32_t equation = wanted.equation;
    for (std::size_t k = stack.size(); k-- > 0;) {
        if (stack[k].tensor == wanted.tensor && stack[k].position == wanted.position) break;
        if (m_tables.at(stack[k].tensor).states[stack[k].offset] == State::Entered) equation = stack[k].askedBy;
    }
    std::string cell = m_store.program().tensors[wanted.tensor].name;
    for (std::size_t k = 0; k < wanted.position.size(); ++k) {
        const Domain& domain = m_store.program().domains[m_store.program().tensors[wanted.tensor].axes[k]];
        cell +=
            (k == 0 ? "[" : ", ") +
            (domain.symbols.empty()
                 ? std::to_string(wanted.position[k])
                 : m_store.program().dictionary->text(domain.symbols[static_cast<std::size_t>(wanted.position[k])]));
    }
    if (!wanted.position.empty()) cell += "]";
    fail("E-CYCLE", "The element %1 depends on itself", {cell}, m_store.program().equations[equation].range);
}

void ElementTable::computeAll(const std::function<void(double, double)>& onProgress) {
    double total = 0, done = 0;
    for (const auto& [tensor, table] : m_tables) total += static_cast<double>(table.bits.size());
    for (auto& [tensor, table] : m_tables)
        for (std::size_t offset = 0; offset < table.bits.size(); ++offset) {
            Position position(table.shape.size());
            std::size_t rest = offset;
            for (std::size_t axis = table.shape.size(); axis-- > 0;) {
                position[axis] = static_cast<std::int64_t>(rest % static_cast<std::size_t>(table.shape[axis]));
                rest /= static_cast<std::size_t>(table.shape[axis]);
            }
            static_cast<void>(demand(tensor, position));
            if (static_cast<std::int64_t>(++done) % 100000 == 0) onProgress(done, total);
        }
    for (const auto& [tensor, table] : m_tables) {
        const auto cells = static_cast<std::int64_t>(table.bits.size());
        const at::Tensor flat = at::empty({cells}, table.isReal ? at::kDouble : at::kLong);
        if (cells != 0)
            std::memcpy(flat.mutable_data_ptr(), table.bits.data(), table.bits.size() * sizeof(std::int64_t));
        m_store.setDense(tensor,
                         flat.reshape(table.shape).to(m_store.device(), table.isReal ? m_store.realType() : at::kLong));
    }
}

} // namespace vitrine::tl::dense
