// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/database.hpp"
#include "core/methods/tensor_logic/sparse/plan.hpp"

#include <memory>

namespace vitrine::tl::sparse {

/// Bindings on their way through a plan: a column a slot.
struct Frame {
    std::vector<Array<std::uint32_t>> columns; ///< by slot
    std::vector<Slot> slots;                   ///< the valid ones
    std::uint64_t count = 0;
};

/// Where the heads go.
class Sink {
  public:
    virtual ~Sink() = default;
    virtual void take(const TupleRef& heads, std::uint64_t count) = 0;
};

/// An assignment for which a literal has no value; it counts only if all other literals hold.
class FailureSink {
  public:
    virtual ~FailureSink() = default;
    /// \param isComparison  `literal` is a comparison, otherwise an atom's argument or the head's
    virtual void take(const Rule& rule, std::uint32_t literal, bool isComparison, const std::vector<Cell>& vars,
                      const std::vector<bool>& isBound, const Failure& failure) = 0;
};

/// Runs one plan depth first in chunks of bounded size; each thread has its own.
class Pipeline {
  public:
    Pipeline(Database& database, const Plan& plan, Sink& sink, FailureSink& failures);

    /// Rows of the scanned relation that take part (of a plan without a scan: 0, 1).
    /// \param share  how many times as many rows remain, for what is predicted
    void run(std::uint64_t first, std::uint64_t last, double share = 1);
    [[nodiscard]] std::uint64_t joined() const { return m_joined; }
    /// Rows after each step of the plan.
    [[nodiscard]] const std::vector<std::uint64_t>& rowsAfter() const { return m_rowsAfter; }
    /// Rows that the whole run is expected to join, from what it has done so far.
    [[nodiscard]] double predicted() const;

  private:
    void process(std::size_t number, Frame& frame, std::size_t depth);
    std::size_t filter(std::size_t number, Frame& frame);
    void filterOne(const Step& step, Frame& frame);
    void filterExists(const Step& step, Frame& frame);
    void filterOrder(const Step& step, Frame& frame);
    void onHost(const Step& step, Frame& frame);
    bool hostRow(const Step& step, std::vector<Cell>& vars, Cell& result, Failure& failure);
    void scan(std::size_t number, Frame& frame, std::size_t depth);
    void runThrough(std::size_t number, Frame& frame, std::size_t depth);
    void join(std::size_t number, Frame& frame, std::size_t depth);
    void joinSegment(std::size_t number, Relation& relation, std::size_t segment, Frame& frame, std::size_t depth);
    void emit(Frame& frame);
    void dropRepeats(std::size_t number, Frame& frame);
    [[nodiscard]] std::uint64_t enterFirst(const Frame& frame, std::uint64_t count, TupleStore& store) const;

    Frame& begin(std::size_t depth, const Step& step, std::uint64_t count);
    void carry(const Step& step, const Frame& from, Frame& to, const std::uint32_t* parents);
    void keepRepeats(const Step& step, const RowsView& rows, const std::uint32_t* numbers, std::uint64_t first,
                     Frame& frame);
    Frame& frameAt(std::size_t depth);
    [[nodiscard]] ColumnRef column(const Operand& operand, const Frame& frame) const;
    [[nodiscard]] TupleRef keys(const Step& step, const Frame& frame) const;
    void refuseBeyond(const Step& step, double rows) const;

    /// The part of the run, from 0 to 1, that the frame in work stands for: chunks of chunks of the scanned rows.
    struct Span {
        double low = 0, high = 1;
        [[nodiscard]] Span part(std::uint64_t from, std::uint64_t count, std::uint64_t total) const {
            const double width = (high - low) / static_cast<double>(total);
            return {low + width * static_cast<double>(from), low + width * static_cast<double>(from + count)};
        }
    };

    struct Scratch {
        Array<std::uint32_t> parents, rows, firsts;
        Array<std::uint64_t> offsets;
    };
    Scratch& scratchAt(std::size_t depth);
    /// How many frames pass a step before repeats are looked for again: more, the longer there were none.
    struct Patience {
        std::uint32_t left = 0, next = 0;
    };
    static constexpr std::uint64_t MostSeen = 1U << 19U;
    void forgetSeen();

    Database& m_database;
    const TupleKernels& m_kernels;
    const Plan& m_plan;
    Sink& m_sink;
    FailureSink& m_failures;
    std::deque<Frame> m_frames;
    std::deque<Scratch> m_scratch;
    std::vector<Patience> m_patience; ///< by step
    /// Bindings that have gone through a step in this run, at most MostSeen of all steps together.
    std::vector<std::unique_ptr<TupleStore>> m_seen;
    std::uint64_t m_seenRows = 0;
    Array<std::uint8_t> m_mask, m_hits;
    std::uint64_t m_first = 0, m_last = 0;
    Span m_span;
    double m_share = 1;
    bool m_isRangeTaken = false;
    std::uint64_t m_joined = 0, m_chunk;
    std::vector<std::uint64_t> m_rowsAfter;
};

} // namespace vitrine::tl::sparse
