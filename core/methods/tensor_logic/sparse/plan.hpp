// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/program.hpp"
#include "core/methods/tensor_logic/sparse/store.hpp"

#include <functional>

/// The order in which the literals of a rule are joined (digest 2.10 b).
namespace vitrine::tl::sparse {

/// A variable of the rule or a temporary behind them; a column of the bindings.
using Slot = std::uint32_t;
inline constexpr std::uint32_t NoAtom = 0xffffffffu;

struct Operand {
    bool isSlot = false;
    Slot slot = 0;
    Cell constant = 0;
    static Operand ofSlot(Slot slot) { return {true, slot, 0}; }
    static Operand ofCell(Cell cell) { return {false, 0, cell}; }
};

struct Step {
    enum class Kind {
        Scan,    ///< all rows of a relation, or its delta, for every binding
        Join,    ///< rows whose bound columns match
        Domain,  ///< all values of a domain, for every binding
        Exists,  ///< some row matches, or none does
        Member,  ///< the whole tuple is there, or is not
        Equal,   ///< two cells are equal, or are not
        Order,   ///< two cells in order; others than small integers go to the host
        Compare, ///< a comparison, on the host
        Parity,  ///< Even, Odd
        Compute, ///< a slot from an argument's arithmetic
        Define   ///< a slot from `v == expr`
    };
    Kind kind = Kind::Scan;
    std::uint32_t literal = NoAtom; ///< atom or comparison of the rule; of Compute: its atom, none: the head
    TensorId relation = NoId;
    bool isDelta = false, isNegated = false;
    bool isOdd = false;
    bool isProjecting = false; ///< of Scan and Join: drops a column
    bool canRepeat = false;    ///< of what makes rows: bindings that come here may be equal, as variables were dropped
    bool isDistinct = false;   ///< after it no two bindings give the same head, and nothing filters them
    CellOrder order = CellOrder::Less;
    CompareOp op = CompareOp::Equal;
    ColumnMask bound = 0;       ///< columns that are given
    std::vector<Operand> cells; ///< of all columns (only bound ones count); of Equal and Order: both sides
    std::vector<std::pair<std::uint32_t, Slot>> outputs; ///< column to slot
    std::vector<std::pair<std::uint32_t, Slot>> repeats; ///< column that must equal a slot that this step binds
    Slot target = 0;                                     ///< of Domain, Compute, Define
    double fanOut = 1;                                   ///< rows expected for one binding
    DomainId domain = NoId;
    const IndexTerm* term = nullptr; ///< of Compute
    bool interns = false;            ///< Compute for the head; otherwise unknown values drop the row
    std::vector<Slot> live;          ///< needed afterwards
};

struct Plan {
    const Rule* rule = nullptr;
    std::uint32_t delta = NoAtom; ///< atom that reads the delta
    std::vector<Step> steps;
    std::vector<Operand> head;
    std::uint32_t slotCount = 0;
    bool usesHost = false; ///< evaluates expressions: one thread, as the dictionary may grow
};

/// The first scanned atom's relation, whose rows a run takes in ranges; NoId: there is none.
[[nodiscard]] TensorId rangeRelation(const Plan& plan);

struct PlanOptions {
    std::uint32_t delta = NoAtom;
    bool isCounting = false;              ///< every assignment counts: no projection before the end
    std::function<double(TensorId)> size; ///< estimated rows
};

/// The rows that each step of a plan gave; of tests in a row only the last is counted, as they share one pass.
struct PlanRecord {
    Plan plan;
    std::vector<std::uint64_t> rows;
    std::uint64_t runs = 0;
};

/// \param program  gives the built-in relations and interns constants of comparisons
[[nodiscard]] Plan makePlan(const Program& program, const Rule& rule, const PlanOptions& options);

} // namespace vitrine::tl::sparse
