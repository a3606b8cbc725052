// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/check/context.hpp"

/// Sizes of the classes of index positions (digest 2.5, rules 3 to 5 and 8). The state outlives the check: classes with
/// columns that rules compute are sized at run time, and then others follow.
namespace vitrine::tl {

struct ShapeState {
    using VarDomains = std::vector<std::pair<VarId, DomainId>>;

    /// What is known of one class.
    struct Class {
        bool isSized = false;
        bool isShifted = false;  ///< a shifted position: a class of its own
        bool isLazy = false;     ///< has a column that rules compute (rule 8)
        bool isTainted = false;  ///< an earlier error hides its size
        bool hasSpecial = false; ///< a variable that rule 4 or concat sizes
        bool hasRelationColumn = false;
        bool hasTensorPosition = false; ///< a position of a tensor that is no relation
        bool hasEquationVar = false;
        bool hasRuleVar = false;
        bool hasReport = false;    ///< an error was reported: no second one
        std::uint32_t pending = 0; ///< computed columns that are not complete
        std::vector<DomainId> plainAtShifted;
        std::vector<std::pair<Cell, ByteRange>>
            constants; ///< of equations and rules, at positions that are not shifted
        ByteRange firstUse;
        std::string name;                                      ///< of its first variable
        std::vector<std::pair<TensorId, std::uint32_t>> given; ///< columns with given rows
        std::vector<Cell> computed;                            ///< of complete computed columns, distinct
    };
    /// Rule 4: the last value of `var` at which every access is in range.
    struct Convolution {
        DomainId domain = NoId;
        VarId var = NoId;
        struct Access {
            IndexTerm term;
            DomainId axis = NoId;
            VarDomains others;
        };
        std::vector<Access> accesses;
        bool isExcused = false; ///< the left-hand tensor is declared or the index has a @domain
        ByteRange range;        ///< the index on the left, else its first use
        std::string name;
    };
    struct Concatenation {
        DomainId domain = NoId;
        std::vector<DomainId> joined;
        ByteRange range;
        std::string name;
    };
    /// Rule 5: a shifted position and its left sides that have variables.
    struct ShiftedPosition {
        DomainId domain = NoId;
        bool isRelation = false;
        struct Head {
            IndexTerm term;
            VarDomains vars;
        };
        std::vector<Head> heads;
        TensorId tensor = NoId;
    };
    struct SliceRange {
        DomainId domain = NoId, axis = NoId;
        std::int64_t low = 0;
        std::optional<std::int64_t> high;
        bool isRelation = false;
        ByteRange range, lowRange, highRange;
    };
    struct ConstantUse {
        TensorId tensor = NoId;
        DomainId domain = NoId;
        Cell cell = 0;
        ByteRange range;
    };

    std::vector<Class> classes; ///< one a domain
    std::vector<Convolution> convolutions;
    std::vector<Concatenation> concatenations;
    std::vector<ShiftedPosition> shifted;
    std::vector<SliceRange> slices;
    std::vector<ConstantUse> uses; ///< constants at positions of tensors that are no relations
    /// Columns that rules compute, of classes without another size.
    struct Column {
        TensorId tensor = NoId;
        std::uint32_t column = 0;
        DomainId domain = NoId;
        bool isComplete = false;
    };
    std::vector<Column> columns;
};

} // namespace vitrine::tl

namespace vitrine::tl::checking {

/// Smallest and largest value of an index term; nothing when a variable has an empty domain.
struct Interval {
    std::int64_t low = 0, high = 0;
};
[[nodiscard]] std::optional<Interval> intervalOf(const IndexTerm& term,
                                                 const std::function<std::optional<Interval>(VarId)>& of);

/// Sizes all classes that can be sized now. Errors: symbols beside integers, negative positions.
class ShapeSolver {
  public:
    /// First place in the text where a class takes a constant with some property from.
    using Locate = std::function<std::optional<ByteRange>(DomainId, const std::function<bool(Cell)>&)>;
    ShapeSolver(Program& program, ShapeState& state, Diagnostics& diagnostics, Locate locate)
        : m_program(program), m_state(state), m_diagnostics(diagnostics), m_locate(std::move(locate)) {}
    void solve();
    void setSize(DomainId domain, std::int64_t size);
    /// Size from constants, and from complete computed columns. False: nothing to go by.
    bool sizeFromConstants(DomainId domain);
    /// Size that rule 4 or concat gives; nothing while something is unknown.
    [[nodiscard]] std::optional<std::int64_t> sizeOf(const ShapeState::Convolution& convolution) const;
    [[nodiscard]] std::optional<std::int64_t> sizeOf(const ShapeState::Concatenation& concatenation) const;

  private:
    bool sizeSpecials();
    bool sizeSlices();
    bool sizeShifted(bool onlyComplete);
    bool sizePlainAtShifted();
    bool sizeRest();
    [[nodiscard]] bool isOpen(DomainId domain) const;
    [[nodiscard]] std::optional<Interval> rangeOf(DomainId domain) const;
    [[nodiscard]] std::optional<std::int64_t> shiftedSize(const ShapeState::ShiftedPosition& position,
                                                          bool onlyComplete) const;
    void report(const char* code, const char* message, DomainId domain, ByteRange range);
    void mixedError(DomainId domain);
    void negativeError(DomainId domain);
    /// Distinct constants of a class; \param limit integers beyond it are only counted in `largest`.
    struct Constants {
        bool isEmpty = true, hasInteger = false, hasNegative = false;
        std::int64_t largest = -1;
        std::vector<Cell> symbols; ///< distinct, unordered
    };
    [[nodiscard]] Constants constantsOf(DomainId domain) const;
    void listMixed(Domain& domain, DomainId id, Constants& constants) const;
    void forEachCell(DomainId domain, const std::function<void(Cell)>& visit) const;

    Program& m_program;
    ShapeState& m_state;
    Diagnostics& m_diagnostics;
    Locate m_locate;
};

/// Ranges of constants and slices, sizes by rule 4 against others; only for classes that are sized.
void checkRanges(const Program& program, const ShapeState& state, Diagnostics& diagnostics, ShapeSolver& solver);
/// Positions of constants in the domains of their axes.
void placeConstants(const Program& program, std::vector<IndexTerm>& index, TensorId tensor);

} // namespace vitrine::tl::checking
