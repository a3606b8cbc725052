// SPDX-License-Identifier: GPL-3.0-or-later
// Constants and slices against the sizes of their axes.
#include "core/methods/tensor_logic/check/shapes.hpp"

#include <unordered_map>

namespace vitrine::tl::checking {

namespace {

Diagnostic& add(Diagnostics& diagnostics, const char* code, const char* message, std::vector<std::string> arguments,
                ByteRange range) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = message;
    diagnostic.arguments = std::move(arguments);
    diagnostic.range = range;
    diagnostics.push_back(std::move(diagnostic));
    return diagnostics.back();
}

void checkConstants(const Program& program, const ShapeState& state, Diagnostics& diagnostics) {
    for (const ShapeState::ConstantUse& use : state.uses) {
        const ShapeState::Class& known = state.classes[use.domain];
        if (!known.isSized || known.hasReport) continue;
        if (positionOf(program, program.domains[use.domain], use.cell)) continue;
        const Value value = program.dictionary->value(use.cell);
        const bool isNegative = !value.isSymbol && value.integer < 0;
        add(diagnostics, "E-RANGE",
            isNegative ? "There are no negative positions: %1 of %2"
                       : "%1 is outside the domain of this index of %2, which has size %3",
            {program.dictionary->text(use.cell), program.tensors[use.tensor].name,
             std::to_string(program.domains[use.domain].size)},
            use.range);
    }
}

void checkSlices(const Program& program, const ShapeState& state, Diagnostics& diagnostics) {
    std::unordered_map<DomainId, const ShapeState::SliceRange*> first;
    for (const ShapeState::SliceRange& slice : state.slices) {
        const auto axisSize = program.domains[slice.axis].size;
        const bool isAxisKnown = state.classes[slice.axis].isSized;
        if (isAxisKnown && !slice.isRelation && slice.low > axisSize) {
            add(diagnostics, "E-RANGE", "This slice begins outside the index, which has size %1",
                {std::to_string(axisSize)}, slice.lowRange);
            continue;
        }
        if (isAxisKnown && !slice.isRelation && slice.high && *slice.high > axisSize) {
            add(diagnostics, "E-RANGE", "This slice ends outside the index, which has size %1",
                {std::to_string(axisSize)}, slice.highRange);
            continue;
        }
        if (slice.high && *slice.high < slice.low) {
            add(diagnostics, "E-RANGE", "This slice ends before it begins", {}, slice.highRange);
            continue;
        }
        if (!slice.high && !isAxisKnown) continue;
        const std::int64_t size = (slice.high ? *slice.high : axisSize) - slice.low;
        const auto [known, isNew] = first.emplace(slice.domain, &slice);
        if (isNew || program.domains[slice.domain].size == size) continue;
        const auto place = program.source.position(known->second->range.begin);
        add(diagnostics, "E-SHAPE", "size %1 here but %2 at %3",
            {std::to_string(size), std::to_string(program.domains[slice.domain].size),
             std::to_string(place.line) + ":" + std::to_string(place.column)},
            slice.range)
            .notes.push_back({"The slice that runs together with it", {}, known->second->range});
    }
}

template <typename Special>
void checkSpecial(const Program& program, const ShapeState& state, Diagnostics& diagnostics, const Special& special,
                  std::optional<std::int64_t> size, const char* message) {
    const ShapeState::Class& known = state.classes[special.domain];
    if (!known.isSized || known.hasReport || !size) return;
    const Domain& domain = program.domains[special.domain];
    if (*size == domain.size && domain.symbols.empty()) return;
    add(diagnostics, "E-SHAPE", message, {special.name, std::to_string(*size), std::to_string(domain.size)},
        special.range);
}

} // namespace

void checkRanges(const Program& program, const ShapeState& state, Diagnostics& diagnostics, ShapeSolver& solver) {
    checkConstants(program, state, diagnostics);
    checkSlices(program, state, diagnostics);
    for (const ShapeState::Convolution& convolution : state.convolutions)
        if (!convolution.isExcused)
            checkSpecial(program, state, diagnostics, convolution, solver.sizeOf(convolution),
                         "Index %1 runs through %2 positions here, up to the last one where every access is in range, "
                         "but its size is %3 elsewhere: declare the tensor on the left");
    for (const ShapeState::Concatenation& concatenation : state.concatenations)
        checkSpecial(program, state, diagnostics, concatenation, solver.sizeOf(concatenation),
                     "concat makes %2 positions for index %1, but its size is %3 elsewhere");
}

void placeConstants(const Program& program, std::vector<IndexTerm>& index, TensorId tensor) {
    const TensorInfo& info = program.tensors[tensor];
    if (info.axes.size() != index.size()) return;
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
        IndexTerm& term = index[axis];
        if (term.kind != IndexTerm::Kind::Constant || info.isBuiltin) continue;
        const Domain& domain = program.domains[info.axes[axis]];
        if (domain.isDeferred && domain.symbols.empty()) continue;
        term.offset = positionOf(program, domain, term.constant).value_or(-1);
    }
}

} // namespace vitrine::tl::checking
