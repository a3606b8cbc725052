// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/op.hpp"
#include "core/methods/tensor_logic/dense/product.hpp"

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace vitrine::tl::dense {

/// What a variable stands for while an expression is compiled.
struct VarState {
    enum class Kind {
        Free,  ///< every value of low .. low + size - 1, on the axis `label`
        Loop,  ///< the iteration of the recursion plus `shift`
        Mapped ///< column `column` of a tuple list, on the axis `label`
    };
    Kind kind = Kind::Free;
    std::int64_t low = 0, size = 0, shift = 0;
    Label label = 0;
    std::shared_ptr<TupleList> tuples;
    std::size_t column = 0;
};

/// What the compiler of one equation knows of its surroundings.
struct Surroundings {
    std::map<TensorId, int> slicedAxes;   ///< tensors of the running recursion and the axis it runs along
    std::map<TensorId, int> storedSlices; ///< tensors that an earlier component leaves in slices, and their axis
    std::set<TensorId> variableTensors;   ///< change between runs of the plan
    double maxCells = 1e300;              ///< of one intermediate result
    double budget = 1e300;                ///< bytes of everything that is alive at once
    double alive = 0;                     ///< bytes that are there whatever an equation does
    bool keepsTuples = true;              ///< false: relations are always materialised
    std::vector<Contraction>* contractions = nullptr; ///< hears of every product that is planned
};

/// Compiles expressions of one equation to plans (digest 2.10 a).
class Lowering {
  public:
    Lowering(Store& store, const Surroundings& surroundings, const Equation& equation);

    [[nodiscard]] std::vector<VarState>& vars() { return m_vars; }
    [[nodiscard]] const std::vector<VarState>& vars() const { return m_vars; }
    void setDesired(std::vector<Label> labels) { m_desired = std::move(labels); }

    /// \param asReal  converts an integer result to the real type
    [[nodiscard]] Op lower(const Node& node, bool asReal);

    /// Values of an index term over the axes `labels` (those of its variables, in order of appearance).
    struct Grid {
        std::vector<Label> labels;
        std::vector<std::int64_t> sizes;
        bool isStatic = true;                  ///< neither loop nor tuples
        std::function<at::Tensor(Frame&)> run; ///< int64
    };
    [[nodiscard]] Grid grid(const IndexTerm& term);

    /// Binds the variables of an atom of tuples to a new axis; nothing when its arguments do not allow that.
    struct Mapping {
        std::shared_ptr<TupleList> tuples;
        Label axis = 0;
        std::int64_t rows = 0;
        std::vector<std::pair<VarId, VarState>> saved; ///< of the bound variables, with their column in `columns`
        std::vector<std::size_t> columns;
    };
    [[nodiscard]] std::optional<Mapping> mapTuples(const Node& atom);
    void restore(const Mapping& mapping);
    /// Row-major position of each tuple among the values of `kept` (indices into mapping.saved).
    [[nodiscard]] std::function<at::Tensor(Frame&)> positions(const Mapping& mapping,
                                                              const std::vector<std::size_t>& kept) const;
    /// Whether the tuples are one for every kept combination, in order: the rows are the result (a lookup).
    [[nodiscard]] bool isLookup(const Mapping& mapping, const std::vector<std::size_t>& kept) const;
    [[nodiscard]] Op onesAlong(const Mapping& mapping, bool asReal) const;

    void checkSize(const Op& op) const;
    [[nodiscard]] Store& store() { return m_store; }
    [[nodiscard]] const Surroundings& surroundings() const { return m_surroundings; }
    [[nodiscard]] Op hoisted(Op op, bool consumerIsConstant) const;

  private:
    [[nodiscard]] Op lowerUnchecked(const Node& node, bool asReal);
    [[nodiscard]] Op constant(const Node& node, bool asReal) const;
    [[nodiscard]] Op indexValue(const Node& node, bool asReal);
    [[nodiscard]] Op read(const Node& node, bool asReal);
    [[nodiscard]] Op builtin(const Node& node, bool asReal);
    [[nodiscard]] Op add(const Node& node, bool asReal);
    [[nodiscard]] Op multiply(const Node& node, bool asReal);
    [[nodiscard]] Op divide(const Node& node);
    [[nodiscard]] Op modulo(const Node& node, bool asReal);
    [[nodiscard]] Op power(const Node& node, bool asReal);
    [[nodiscard]] Op call(const Node& node, bool asReal);
    [[nodiscard]] Op normalise(const Node& node);
    [[nodiscard]] Op concat(const Node& node, bool asReal);
    [[nodiscard]] Op sum(const std::vector<VarId>& vars, const Node& body, bool asReal);
    [[nodiscard]] Op sumProduct(const std::vector<VarId>& vars, const std::vector<const Node*>& factors, double sign,
                                bool asReal);
    [[nodiscard]] Op sumTuples(const std::vector<VarId>& vars, const std::vector<const Node*>& factors,
                               std::size_t chosen, bool asReal);
    [[nodiscard]] std::optional<std::size_t> chooseTuples(const std::vector<const Node*>& factors,
                                                          const std::vector<VarId>& vars);
    [[nodiscard]] ContractionNote noteOf(const std::vector<const Node*>& factors, TensorId tuples) const;
    [[nodiscard]] Op scaled(Op op, double factor, std::int64_t integerFactor) const;
    [[nodiscard]] Op binary(Op a, Op b, bool isInteger,
                            std::function<at::Tensor(const at::Tensor&, const at::Tensor&, Frame&)> function) const;
    [[nodiscard]] Op unary(Op a, std::function<at::Tensor(const at::Tensor&, Frame&)> function) const;
    [[nodiscard]] Op asReal(Op op) const;

    struct ReadState;
    void readAxis(ReadState& state, std::size_t axis, const IndexTerm& term, std::int64_t size);
    void readTupleAxes(ReadState& state, const Node& node);
    [[nodiscard]] bool isFixed(const IndexTerm& term) const;
    [[nodiscard]] bool isInside(const IndexTerm& term, std::int64_t size) const;
    [[nodiscard]] std::function<std::int64_t(const Frame&)> fixedValue(const IndexTerm& term) const;
    [[nodiscard]] bool isConstantTensor(TensorId tensor) const {
        return m_surroundings.variableTensors.count(tensor) == 0;
    }

    Store& m_store;
    const Surroundings& m_surroundings;
    const Equation& m_equation;
    std::vector<VarState> m_vars;
    std::vector<Label> m_desired;
    Label m_nextLabel;
};

/// Variables that occur in a term or in an expression (sums included).
void collectVars(const IndexTerm& term, std::set<VarId>& vars);
void collectVars(const Node& node, std::set<VarId>& vars);

} // namespace vitrine::tl::dense
