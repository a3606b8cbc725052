// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/engine.hpp"

namespace vitrine::tl::sparse {

/// A value of a comparison: a symbol (its cell) or a number.
struct Scalar {
    enum class Kind { Symbol, Integer, Real } kind = Kind::Integer;
    Cell symbol = 0;
    std::int64_t integer = 0;
    double real = 0;

    [[nodiscard]] double number() const { return kind == Kind::Integer ? static_cast<double>(integer) : real; }
    static Scalar of(std::int64_t value) { return {Kind::Integer, 0, value, 0}; }
    static Scalar of(double value) { return {Kind::Real, 0, 0, value}; }
};

/// Why a literal has no value for one assignment.
struct Failure {
    const char* code = nullptr; ///< "E-TYPE", "E-DIV0", "E-MATH"
    const char* message = "";   ///< message id, %1 = the assignment
    ByteRange range;
};

/// Values of the expressions of one rule at one assignment, on the host. An assignment is a cell for each variable.
class Evaluator {
  public:
    Evaluator(Program& program, const TensorReader& tensors) : m_program(&program), m_tensors(&tensors) {}

    /// \param vars  writable: sums run their variables through it
    /// \return      false with `failure` set
    bool value(const Node& node, const std::vector<Var>& names, Cell* vars, Scalar& result, Failure& failure) const;
    /// An argument of an atom: the cell of a variable or constant, or integer arithmetic.
    bool term(const IndexTerm& term, const Cell* vars, Scalar& result, Failure& failure) const;
    bool compare(const Comparison& comparison, const std::vector<Var>& names, Cell* vars, bool& holds,
                 Failure& failure) const;
    /// The cell of a symbol or an integer; interns. false: fractional (E-TYPE)
    bool toCell(const Scalar& value, ByteRange range, Cell& cell, Failure& failure) const;
    /// Likewise without interning: nothing when no tuple can hold the value.
    [[nodiscard]] std::optional<Cell> findCell(const Scalar& value) const;
    [[nodiscard]] Scalar ofCell(Cell cell) const;

  private:
    bool operands(const Node& node, const std::vector<Var>& names, Cell* vars, std::vector<Scalar>& values,
                  Failure& failure) const;
    bool element(const Node& node, const Cell* vars, Scalar& result, Failure& failure) const;
    bool sum(const Node& node, std::size_t depth, const std::vector<Var>& names, Cell* vars, Scalar& total,
             Failure& failure) const;

    Program* m_program;
    const TensorReader* m_tensors;
};

} // namespace vitrine::tl::sparse
