// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/plan.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::tl::sparse {

namespace {

void collect(const IndexTerm& term, std::set<Slot>& slots) {
    if (term.kind == IndexTerm::Kind::Variable) slots.insert(term.var);
    for (const IndexTerm& operand : term.operands) collect(operand, slots);
}

void collect(const Node& node, std::set<Slot>& slots) {
    if (node.kind == Node::Kind::IndexValue) slots.insert(node.var);
    for (const IndexTerm& term : node.index) collect(term, slots);
    for (const Node& operand : node.operands) collect(operand, slots);
    for (const VarId var : node.sumVars) slots.erase(var);
}

bool isArithmetic(const IndexTerm& term) {
    return term.kind != IndexTerm::Kind::Variable && term.kind != IndexTerm::Kind::Constant;
}

std::optional<CellOrder> cellOrder(CompareOp op) {
    switch (op) {
    case CompareOp::Less:
        return CellOrder::Less;
    case CompareOp::LessEqual:
        return CellOrder::LessEqual;
    case CompareOp::Greater:
        return CellOrder::Greater;
    case CompareOp::GreaterEqual:
        return CellOrder::GreaterEqual;
    default:
        return std::nullopt;
    }
}

class Planner {
  public:
    /// \param fromBehind  of atoms that promise the same the last is taken, not the first
    Planner(const Program& program, const Rule& rule, const PlanOptions& options, bool fromBehind)
        : m_program(program), m_rule(rule), m_options(options), m_fromBehind(fromBehind), m_atomDone(rule.atoms.size()),
          m_comparisonDone(rule.comparisons.size()) {
        m_plan.rule = &rule;
        m_plan.delta = options.delta;
        m_plan.slotCount = static_cast<std::uint32_t>(rule.vars.size());
    }

    Plan run() {
        if (m_options.delta != NoAtom) join(m_options.delta);
        while (true) {
            filter();
            const auto atom = chooseAtom();
            if (atom) {
                join(*atom);
                continue;
            }
            const auto var = std::find_if(m_rule.domainVars.begin(), m_rule.domainVars.end(),
                                          [this](VarId candidate) { return !isBound(candidate); });
            if (var == m_rule.domainVars.end()) break;
            runThrough(*var);
        }
        finishNegations();
        makeHead();
        markLive();
        markDistinct();
        if (!m_options.isCounting) markRepeats();
        return std::move(m_plan);
    }

  private:
    [[nodiscard]] bool isBound(Slot slot) const { return m_bound.contains(slot); }
    [[nodiscard]] bool areBound(const std::set<Slot>& slots) const {
        return std::all_of(slots.begin(), slots.end(), [this](Slot slot) { return isBound(slot); });
    }
    [[nodiscard]] bool isReady(const IndexTerm& term) const {
        std::set<Slot> slots;
        collect(term, slots);
        return areBound(slots);
    }

    Step& push(Step::Kind kind) {
        Step& step = m_plan.steps.emplace_back();
        step.kind = kind;
        if (kind == Step::Kind::Compare || kind == Step::Kind::Compute || kind == Step::Kind::Define)
            m_plan.usesHost = true;
        return step;
    }

    /// Everything that can be tested now, the cheap first.
    void filter() {
        bool isChanged = true;
        while (isChanged) {
            isChanged = false;
            for (std::uint32_t i = 0; i < m_rule.comparisons.size(); ++i) isChanged |= tryDefinition(i);
            isChanged |= settlePending();
            for (const bool isCheap : {true, false})
                for (std::uint32_t i = 0; i < m_rule.comparisons.size(); ++i) isChanged |= tryComparison(i, isCheap);
            for (std::uint32_t i = 0; i < m_rule.atoms.size(); ++i) isChanged |= tryTest(i);
        }
    }

    bool tryDefinition(std::uint32_t number) {
        const Comparison& comparison = m_rule.comparisons[number];
        if (m_comparisonDone[number] || comparison.defines == NoId || isBound(comparison.defines)) return false;
        std::set<Slot> slots;
        collect(comparison.definesLeft ? comparison.right : comparison.left, slots);
        if (!areBound(slots)) return false;
        m_comparisonDone[number] = true;
        Step& step = push(Step::Kind::Define);
        step.literal = number;
        step.target = comparison.defines;
        m_bound.insert(step.target);
        return true;
    }

    /// The cell that one side of a comparison is, if it is a plain variable or a constant that every value equals by
    /// cell.
    [[nodiscard]] std::optional<Operand> plainSide(const Node& node) const {
        if (node.kind == Node::Kind::IndexValue) return Operand::ofSlot(node.var);
        if (node.kind == Node::Kind::Symbol) return Operand::ofCell(node.cell);
        if (node.kind != Node::Kind::Constant || !node.isInteger) return std::nullopt;
        return Operand::ofCell(m_program.dictionary->integer(node.integer));
    }

    bool tryComparison(std::uint32_t number, bool isCheap) {
        const Comparison& comparison = m_rule.comparisons[number];
        if (m_comparisonDone[number]) return false;
        std::set<Slot> slots;
        collect(comparison.left, slots);
        collect(comparison.right, slots);
        if (!areBound(slots)) return false;
        const auto left = plainSide(comparison.left), right = plainSide(comparison.right);
        if (isCheap != (left && right)) return false;
        m_comparisonDone[number] = true;
        const auto order = cellOrder(comparison.op);
        Step& step = push(!isCheap ? Step::Kind::Compare : order ? Step::Kind::Order : Step::Kind::Equal);
        step.literal = number;
        if (isCheap) step.cells = {*left, *right};
        if (order) step.order = *order;
        step.isNegated = comparison.op == CompareOp::NotEqual;
        return true;
    }

    /// An argument whose arithmetic was not ready when its atom was joined must equal the column's value.
    bool settlePending() {
        bool isChanged = false;
        for (auto& [slot, term, literal] : m_pending) {
            if (!term || !isReady(*term)) continue;
            const Slot value = compute(*term, false, literal);
            Step& step = push(Step::Kind::Equal);
            step.cells = {Operand::ofSlot(slot), Operand::ofSlot(value)};
            term = nullptr;
            isChanged = true;
        }
        return isChanged;
    }

    Slot compute(const IndexTerm& term, bool interns, std::uint32_t literal) {
        Step& step = push(Step::Kind::Compute);
        step.term = &term;
        step.literal = literal;
        step.interns = interns;
        step.target = m_plan.slotCount++;
        m_bound.insert(step.target);
        return step.target;
    }

    /// Negated and built-in atoms, and positive ones without free columns.
    bool tryTest(std::uint32_t number) {
        const Atom& atom = m_rule.atoms[number];
        if (m_atomDone[number]) return false;
        const bool isBuiltin = m_program.tensors.size() > atom.tensor && m_program.tensors[atom.tensor].isBuiltin;
        const bool areReady = std::all_of(atom.args.begin(), atom.args.end(), [&](const IndexTerm& term) {
            return isReady(term) || (atom.isNegated && !isBuiltin && isFree(term));
        });
        if (!areReady) return false;
        m_atomDone[number] = true;
        test(number, isBuiltin);
        return true;
    }

    /// `_` under not.
    [[nodiscard]] bool isFree(const IndexTerm& term) const {
        return term.isPlain() && m_rule.vars[term.var].isAnonymous && !isBound(term.var);
    }

    Operand operandOf(const IndexTerm& term, std::uint32_t literal) {
        if (term.kind == IndexTerm::Kind::Variable) return Operand::ofSlot(term.var);
        if (term.kind == IndexTerm::Kind::Constant) return Operand::ofCell(term.constant);
        return Operand::ofSlot(compute(term, false, literal));
    }

    void test(std::uint32_t number, bool isBuiltin) {
        const Atom& atom = m_rule.atoms[number];
        std::vector<Operand> cells(atom.args.size());
        ColumnMask bound = 0;
        for (std::uint32_t column = 0; column < cells.size(); ++column) {
            if (!isReady(atom.args[column])) continue;
            cells[column] = operandOf(atom.args[column], number);
            bound |= ColumnMask(1) << column;
        }
        const bool isWhole = bound == fullMask(cells.size());
        Step& step = push(isBuiltin ? Step::Kind::Parity : isWhole ? Step::Kind::Member : Step::Kind::Exists);
        step.literal = number;
        step.relation = atom.tensor;
        step.isNegated = atom.isNegated;
        step.isOdd = isBuiltin && m_program.tensors[atom.tensor].name == "Odd";
        step.bound = bound;
        step.cells = std::move(cells);
    }

    static ColumnMask fullMask(std::size_t columns) {
        return columns >= 64 ? ~ColumnMask(0) : (ColumnMask(1) << columns) - 1;
    }

    /// Expected rows of an atom for one binding.
    [[nodiscard]] double fanOut(const Atom& atom) const {
        const double size = std::max(1.0, m_options.size(atom.tensor));
        std::size_t bound = 0;
        for (const IndexTerm& term : atom.args) bound += isReady(term) ? 1u : 0u;
        if (atom.args.empty()) return 1;
        return std::pow(size, 1.0 - static_cast<double>(bound) / static_cast<double>(atom.args.size()));
    }

    [[nodiscard]] std::optional<std::uint32_t> chooseAtom() const {
        std::optional<std::uint32_t> best;
        std::pair<bool, double> bestScore;
        for (std::uint32_t number = 0; number < m_rule.atoms.size(); ++number) {
            const Atom& atom = m_rule.atoms[number];
            const bool isBuiltin = m_program.tensors.size() > atom.tensor && m_program.tensors[atom.tensor].isBuiltin;
            if (m_atomDone[number] || atom.isNegated || isBuiltin) continue;
            const bool isApart = std::none_of(atom.args.begin(), atom.args.end(),
                                              [this](const IndexTerm& term) { return isReady(term); });
            const std::pair<bool, double> score(isApart, fanOut(atom));
            if (!best || score < bestScore || (m_fromBehind && score == bestScore)) best = number, bestScore = score;
        }
        return best;
    }

    void join(std::uint32_t number) {
        const Atom& atom = m_rule.atoms[number];
        m_atomDone[number] = true;
        Step step;
        step.literal = number;
        step.relation = atom.tensor;
        step.isDelta = number == m_options.delta;
        step.fanOut = fanOut(atom);
        step.cells.resize(atom.args.size());
        std::set<Slot> own;
        for (std::uint32_t column = 0; column < atom.args.size(); ++column) bindColumn(step, atom, column, own);
        step.kind = step.bound != 0 ? Step::Kind::Join : Step::Kind::Scan;
        if (step.isDelta && step.bound != 0) scanDelta(step);
        for (const Slot slot : own) m_bound.insert(slot);
        m_plan.steps.push_back(std::move(step));
        for (const auto& equal : m_afterScan) m_plan.steps.push_back(equal);
        m_afterScan.clear();
    }

    /// One argument: given by what is bound, a new variable, or a repetition within the atom.
    void bindColumn(Step& step, const Atom& atom, std::uint32_t column, std::set<Slot>& own) {
        const IndexTerm& term = atom.args[column];
        if (isReady(term)) {
            step.cells[column] = operandOf(term, step.literal);
            step.bound |= ColumnMask(1) << column;
            return;
        }
        if (isArithmetic(term)) {
            const Slot slot = m_plan.slotCount++;
            step.outputs.emplace_back(column, slot);
            m_pending.push_back({slot, &term, step.literal});
            m_bound.insert(slot);
            return;
        }
        if (own.insert(term.var).second)
            step.outputs.emplace_back(column, term.var);
        else
            step.repeats.emplace_back(column, term.var);
    }

    /// The delta is a range of rows, not an index: its constants are compared after the scan.
    void scanDelta(Step& step) {
        step.kind = Step::Kind::Scan;
        for (std::uint32_t column = 0; column < step.cells.size(); ++column) {
            if (!(step.bound >> column & 1)) continue;
            const Slot slot = m_plan.slotCount++;
            step.outputs.emplace_back(column, slot);
            Step equal;
            equal.kind = Step::Kind::Equal;
            equal.cells = {Operand::ofSlot(slot), step.cells[column]};
            m_afterScan.push_back(std::move(equal));
        }
        step.bound = 0;
    }

    void runThrough(VarId var) {
        Step& step = push(Step::Kind::Domain);
        step.target = var;
        step.domain = m_rule.vars[var].domain;
        step.fanOut = static_cast<double>(m_program.domains[step.domain].size);
        m_bound.insert(var);
    }

    /// A variable that occurs nowhere else under not means "no such" too.
    void finishNegations() {
        for (std::uint32_t number = 0; number < m_rule.atoms.size(); ++number) {
            if (m_atomDone[number]) continue;
            m_atomDone[number] = true;
            test(number, false);
        }
    }

    void makeHead() {
        for (const IndexTerm& term : m_rule.head.args) {
            if (isArithmetic(term))
                m_plan.head.push_back(Operand::ofSlot(compute(term, true, NoAtom)));
            else
                m_plan.head.push_back(operandOf(term, NoAtom));
        }
    }

    void needs(const Step& step, std::set<Slot>& slots) const {
        for (std::uint32_t i = 0; i < step.cells.size(); ++i) {
            const bool isUsed = step.kind == Step::Kind::Equal || step.kind == Step::Kind::Order ||
                                step.kind == Step::Kind::Parity || (step.bound >> i & 1);
            if (isUsed && step.cells[i].isSlot) slots.insert(step.cells[i].slot);
        }
        if (step.term) collect(*step.term, slots);
        if (step.kind == Step::Kind::Compare || step.kind == Step::Kind::Order) {
            collect(m_rule.comparisons[step.literal].left, slots);
            collect(m_rule.comparisons[step.literal].right, slots);
        }
        if (step.kind == Step::Kind::Define) {
            const Comparison& comparison = m_rule.comparisons[step.literal];
            collect(comparison.definesLeft ? comparison.right : comparison.left, slots);
        }
    }

    /// Backwards: which slots later steps need. A join whose new variables nobody needs only asks whether there is a
    /// row. Where expressions can fail every variable is kept: an error counts only if all other literals hold.
    void markLive() {
        std::set<Slot> needed;
        for (const Operand& operand : m_plan.head)
            if (operand.isSlot) needed.insert(operand.slot);
        if (m_options.isCounting)
            for (const Step& step : m_plan.steps)
                for (const auto& [column, slot] : step.outputs) needed.insert(slot);
        for (std::size_t i = m_plan.steps.size(); i-- > 0;) {
            Step& step = m_plan.steps[i];
            for (const auto& [column, slot] : step.repeats) needed.insert(slot);
            step.live.assign(needed.begin(), needed.end()); // each once: rows are compacted column by column
            dropUnused(step, needed);
            for (const auto& [column, slot] : step.outputs) needed.erase(slot);
            if (step.kind == Step::Kind::Domain || step.kind == Step::Kind::Compute || step.kind == Step::Kind::Define)
                needed.erase(step.target);
            needs(step, needed);
            if (m_plan.usesHost) keepBound(i, needed);
        }
    }

    void keepBound(std::size_t before, std::set<Slot>& needed) const {
        for (std::size_t i = 0; i < before; ++i) {
            const Step& step = m_plan.steps[i];
            for (const auto& [column, slot] : step.outputs) needed.insert(slot);
            if (step.kind == Step::Kind::Domain || step.kind == Step::Kind::Compute || step.kind == Step::Kind::Define)
                needed.insert(step.target);
        }
    }

    void dropUnused(Step& step, const std::set<Slot>& needed) {
        if (m_options.isCounting) return;
        const bool keepsSome = std::any_of(step.outputs.begin(), step.outputs.end(),
                                           [&](const auto& output) { return needed.contains(output.second); });
        if (step.kind == Step::Kind::Join && !keepsSome && step.repeats.empty()) {
            step.kind = Step::Kind::Exists;
            step.outputs.clear();
            return;
        }
        const auto dropped =
            std::erase_if(step.outputs, [&](const auto& output) { return !needed.contains(output.second); });
        step.isProjecting = dropped > 0;
        m_isProjecting = m_isProjecting || dropped > 0;
    }

    /// Behind a step that drops a variable several bindings may be one.
    void markRepeats() {
        bool canRepeat = false;
        std::set<Slot> held;
        for (Step& step : m_plan.steps) {
            const bool makesRows =
                step.kind == Step::Kind::Join || step.kind == Step::Kind::Scan || step.kind == Step::Kind::Domain;
            step.canRepeat = canRepeat && makesRows;
            for (const auto& [column, slot] : step.outputs) held.insert(slot);
            if (step.kind == Step::Kind::Domain) held.insert(step.target);
            const std::set<Slot> live(step.live.begin(), step.live.end());
            canRepeat =
                canRepeat || step.isProjecting || !std::includes(live.begin(), live.end(), held.begin(), held.end());
            held = live;
        }
    }

    /// Whether every binding after the last step gives another head.
    void markDistinct() {
        std::set<Slot> shown, bound;
        for (const Operand& operand : m_plan.head)
            if (operand.isSlot) shown.insert(operand.slot);
        for (Step& step : m_plan.steps) {
            for (const auto& [column, slot] : step.outputs) bound.insert(slot);
            if (step.kind == Step::Kind::Domain) bound.insert(step.target);
        }
        if (m_isProjecting || m_plan.steps.empty()) return;
        m_plan.steps.back().isDistinct = std::includes(shown.begin(), shown.end(), bound.begin(), bound.end());
    }

    struct Pending {
        Slot slot;
        const IndexTerm* term;
        std::uint32_t literal;
    };

    const Program& m_program;
    const Rule& m_rule;
    const PlanOptions& m_options;
    bool m_fromBehind;
    Plan m_plan;
    std::set<Slot> m_bound;
    std::vector<bool> m_atomDone, m_comparisonDone;
    std::vector<Pending> m_pending;
    std::vector<Step> m_afterScan;
    bool m_isProjecting = false;
};

} // namespace

TensorId rangeRelation(const Plan& plan) {
    for (const Step& step : plan.steps)
        if (step.kind == Step::Kind::Scan) return step.relation;
    return NoId;
}

/// Different bindings that the steps may hold, if every variable had a few values.
static double widthOf(const Plan& plan) {
    constexpr double Values = 8;
    double width = 0;
    for (const Step& step : plan.steps) width += std::pow(Values, static_cast<double>(step.live.size()));
    return width;
}

Plan makePlan(const Program& program, const Rule& rule, const PlanOptions& options) {
    Plan plan = Planner(program, rule, options, false).run();
    if (options.delta != NoAtom || options.isCounting || rule.atoms.size() < 3) return plan;
    // A chain whose beginning is asked for carries it from the start; from behind it is met last.
    Plan other = Planner(program, rule, options, true).run();
    return widthOf(other) < widthOf(plan) ? other : plan;
}

} // namespace vitrine::tl::sparse
