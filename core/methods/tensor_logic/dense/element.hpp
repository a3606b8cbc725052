// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/failure.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "core/methods/tensor_logic/sparse/engine.hpp"

#include <functional>
#include <map>
#include <span>
#include <vector>

/// Equations evaluated one cell at a time: by definition, lazily, with every check of the language. It serves the
/// recursions that no loop over slices fits, backward demand, the diagnosis of run-time errors and the view of terms.
namespace vitrine::tl::dense {

using Position = std::vector<std::int64_t>;

constexpr std::size_t ShownInputs = 6; ///< of a cell, in a message

struct Number {
    bool isInteger = true;
    std::int64_t integer = 0;
    double real = 0;
    bool isOver = false; ///< an integer that does not fit 64 bits; what is computed from it is so too

    [[nodiscard]] static Number of(std::int64_t value) { return {true, value, 0, false}; }
    [[nodiscard]] static Number of(double value) { return {false, 0, value, false}; }
    [[nodiscard]] double asReal() const { return isInteger ? static_cast<double>(integer) : real; }
    [[nodiscard]] bool isPositive() const { return isInteger ? integer > 0 : real > 0; }
    [[nodiscard]] bool isZero() const { return isInteger ? integer == 0 : real == 0; }
};

/// Where cells come from. Positions are inside the tensor.
class CellSource {
  public:
    virtual ~CellSource() = default;
    /// Nothing: not known yet (a recursion under way); the caller notes the cell.
    virtual std::optional<Number> cell(TensorId tensor, std::span<const std::int64_t> position) = 0;
    /// Tuples of a relation, or null.
    virtual const sparse::TupleSet* tuples(TensorId tensor) = 0;
    virtual std::int64_t sizeOf(DomainId domain) = 0;
    virtual std::int64_t positionOf(DomainId domain, Cell cell) = 0; ///< -1: takes no part
};

/// The values that one cell pools.
struct Parts {
    std::vector<Number> values;
};

class ElementEvaluator {
  public:
    struct Wanted {
        TensorId tensor;
        Position position;
        std::uint32_t equation; ///< index into the program: which asked
    };
    struct TermValue {
        Number value;
        std::string text;
    };

    ElementEvaluator(const Program& program, CellSource& source) : m_program(program), m_source(source) {}

    /// Every contribution of one equation to one cell. Cells that the source does not know are appended to `wanted`
    /// and count as 0; the result then means nothing.
    /// \errors Failure E-DIV0, E-MATH, E-TYPE with the cell and its inputs
    void contribute(std::uint32_t equation, const Position& cell, Parts& parts, std::vector<Wanted>* wanted);
    /// Pooled value of a cell from its parts.
    [[nodiscard]] Number pool(TensorId tensor, const Position& cell, const Parts& parts) const;
    /// Value of a cell: given data and all equations of its tensor. `wanted` as above.
    [[nodiscard]] Number evaluate(TensorId tensor, const Position& cell, std::vector<Wanted>* wanted);
    /// The non-zero terms of a cell's sums with their factors written out.
    [[nodiscard]] std::vector<TermValue> terms(TensorId tensor, const Position& cell, std::size_t most);

    [[nodiscard]] const std::vector<std::uint32_t>& equationsOf(TensorId tensor);
    void setStop(std::stop_token stop) { m_stop = std::move(stop); }

  private:
    using Env = std::vector<std::int64_t>;
    using Visit = std::function<void()>;

    void assignments(const Equation& equation, const Position& cell, const Visit& visit);
    void tryAssignments(const Equation& equation, const Position& cell, std::size_t axis, const Visit& visit);
    [[nodiscard]] bool applies(const Equation& equation) const;
    void reduceOver(const Equation& equation, Parts& parts);

    [[nodiscard]] Number value(const Node& node);
    [[nodiscard]] Number readTensor(const Node& node);
    [[nodiscard]] Number sum(const Node& node);
    [[nodiscard]] Number product(const Node& node);
    [[nodiscard]] Number divide(const Node& node);
    [[nodiscard]] Number modulo(const Node& node);
    [[nodiscard]] Number power(const Node& node);
    [[nodiscard]] Number call(const Node& node);
    [[nodiscard]] Number normalise(const Node& node);
    [[nodiscard]] Number concat(const Node& node);
    [[nodiscard]] Number checked(Number number, const Node& node) const;

    /// Assignments of `vars` for which all Boolean factors hold.
    void combinations(const std::vector<VarId>& vars, const std::vector<const Node*>& factors, const Visit& visit);
    void join(std::vector<const Node*> joins, const std::vector<const Node*>& tests, const std::vector<VarId>& vars,
              const Visit& visit);
    void enumerate(const std::vector<VarId>& vars, std::size_t from, const std::vector<const Node*>& tests,
                   const Visit& visit);
    [[nodiscard]] bool isBoolean(const Node& node) const;
    [[nodiscard]] bool isBound(VarId var) const { return m_env[var] != Unbound; }
    [[nodiscard]] std::string cellText(TensorId tensor, std::span<const std::int64_t> position) const;
    [[noreturn]] void failAt(const char* code, const char* message, const Node& node,
                             std::vector<std::string> arguments) const;
    void tick();

    static constexpr std::int64_t Unbound = std::int64_t{1} << 62;

    const Program& m_program;
    CellSource& m_source;
    std::map<TensorId, std::vector<std::uint32_t>> m_equations;
    Env m_env;
    const Equation* m_equation = nullptr;
    std::uint32_t m_equationId = 0;
    std::string m_cell;
    std::vector<Wanted>* m_wanted = nullptr;
    std::vector<std::pair<TensorId, Position>> m_inputs; ///< last reads, for messages
    std::vector<TermValue>* m_terms = nullptr;
    int m_depth = 0; ///< of nested sums: only the outermost one's terms are listed
    std::uint64_t m_ticks = 0;
    std::stop_token m_stop;
};

} // namespace vitrine::tl::dense
