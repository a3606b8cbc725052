// SPDX-License-Identifier: GPL-3.0-or-later
// Domains that are sized while the program runs (digest 2.5, rule 8).
#include "core/methods/tensor_logic/check/shapes.hpp"

#include <algorithm>

namespace vitrine::tl {

namespace {

void placeInNode(const Program& program, Node& node) {
    if (node.kind == Node::Kind::Tensor) checking::placeConstants(program, node.index, node.tensor);
    for (Node& operand : node.operands) placeInNode(program, operand);
}

/// Positions of constants in domains that have just got their symbols.
void placeAgain(Program& program) {
    for (Equation& equation : program.equations) {
        checking::placeConstants(program, equation.headIndex, equation.head);
        placeInNode(program, equation.value);
        for (Node& guard : equation.guards) placeInNode(program, guard);
    }
    for (Rule& rule : program.rules) {
        checking::placeConstants(program, rule.head.args, rule.head.tensor);
        for (Atom& atom : rule.atoms) checking::placeConstants(program, atom.args, atom.tensor);
        for (Comparison& comparison : rule.comparisons) {
            placeInNode(program, comparison.left);
            placeInNode(program, comparison.right);
        }
    }
    for (auto& output : program.outputs) {
        auto* query = std::get_if<Query>(&output);
        if (query == nullptr || query->isBare) continue;
        const TensorInfo& info = program.tensors[query->tensor];
        for (std::size_t axis = 0; axis < info.axes.size(); ++axis) {
            QueryArgument& argument = query->arguments[axis];
            if (argument.kind == QueryArgument::Kind::Constant)
                argument.position =
                    positionOf(program, program.domains[info.axes[axis]], argument.constant).value_or(-1);
        }
    }
}

/// Takes a completed column in; true when its class can be sized now.
bool takeColumn(ShapeState& state, ShapeState::Column& column, const std::vector<Cell>& cells) {
    ShapeState::Class& known = state.classes[column.domain];
    column.isComplete = true;
    known.computed.insert(known.computed.end(), cells.begin(), cells.end());
    return --known.pending == 0;
}

} // namespace

Diagnostics completeRelation(Program& program, TensorId relation, const std::vector<std::vector<Cell>>& cells) {
    Diagnostics diagnostics;
    if (!program.shapes) return diagnostics;
    ShapeState& state = *program.shapes;
    checking::ShapeSolver solver(program, state, diagnostics, [](DomainId, const auto&) { return std::nullopt; });
    bool hasSized = false;
    for (ShapeState::Column& column : state.columns) {
        if (column.tensor != relation || column.isComplete) continue;
        if (!takeColumn(state, column, cells[column.column])) continue;
        state.classes[column.domain].isLazy = false;
        hasSized = solver.sizeFromConstants(column.domain) || hasSized;
    }
    if (!hasSized) return diagnostics;
    solver.solve();
    for (DomainId id = 0; id < program.domains.size(); ++id)
        if (state.classes[id].isSized) program.domains[id].isDeferred = false;
    const bool isFinal = std::none_of(state.columns.begin(), state.columns.end(),
                                      [](const ShapeState::Column& column) { return !column.isComplete; });
    checking::checkRanges(program, state, diagnostics, solver);
    placeAgain(program);
    for (DomainId id = 0; isFinal && id < program.domains.size(); ++id) {
        if (!program.domains[id].isDeferred || state.classes[id].hasReport) continue;
        Diagnostic diagnostic;
        diagnostic.code = "E-DOMAIN";
        diagnostic.message = "The size of index %1 cannot be inferred";
        diagnostic.arguments = {state.classes[id].name};
        diagnostic.range = state.classes[id].firstUse;
        diagnostics.push_back(std::move(diagnostic));
    }
    sortDiagnostics(diagnostics);
    return diagnostics;
}

} // namespace vitrine::tl
