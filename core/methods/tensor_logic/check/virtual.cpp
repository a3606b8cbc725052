// SPDX-License-Identifier: GPL-3.0-or-later
// Virtual indices (digest 2.5): how many slices are kept, and that only those are read.
#include "core/methods/tensor_logic/check/context.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

/// variable + offset, when a term has that form.
struct Step {
    VarId var = NoId;
    std::int64_t offset = 0;
};

std::optional<Step> stepOf(const IndexTerm& term) {
    const auto affine = affineOf(term);
    if (!affine || affine->terms.size() != 1 || affine->terms[0].second != 1) return std::nullopt;
    return Step{affine->terms[0].first, affine->constant};
}

class VirtualCheck {
  public:
    explicit VirtualCheck(Context& context) : m_context(context), m_program(context.program) {}

    void run() {
        const bool hasAny = std::any_of(m_program.tensors.begin(), m_program.tensors.end(),
                                        [](const TensorInfo& info) { return info.virtualAxis >= 0; });
        if (!hasAny) return;
        for (TensorInfo& info : m_program.tensors)
            if (info.virtualAxis >= 0) info.virtualSlices = 1;
        for (const EquationInfo& info : m_context.equations)
            if (!info.isBroken) checkEquation(info);
        for (const RuleInfo& info : m_context.rules) {
            if (info.isBroken) continue;
            for (const Use& use : info.uses) checkUse(use, std::nullopt);
        }
        checkQueries();
        keepForGradient();
    }

  private:
    void error(const TensorInfo& info, ByteRange range) {
        m_context.error("E-VIRTUAL",
                        "Only the last value of the virtual index of %1 is kept; a star reads the one of this step",
                        {info.name}, range);
    }

    void checkEquation(const EquationInfo& info) {
        std::optional<Step> left;
        const TensorInfo& head = m_program.tensors[info.ir.head];
        if (head.virtualAxis >= 0) {
            const IndexTerm& term = info.ir.headIndex[static_cast<std::size_t>(head.virtualAxis)];
            left = stepOf(term);
            if (!left && term.kind != IndexTerm::Kind::Constant)
                m_context.error("E-VIRTUAL", "The virtual index on the left has the form *t or *t + 1", {}, term.range);
        }
        for (const Use& use : info.uses) {
            if (use.isHead) continue;
            const bool isLoop = left && m_context.stratumOf[use.tensor] == m_context.stratumOf[info.ir.head];
            checkUse(use, isLoop ? left : std::nullopt);
        }
    }

    /// \param left  of an equation that defines the tensor: its own step
    void checkUse(const Use& use, const std::optional<Step>& left) {
        TensorInfo& info = m_program.tensors[use.tensor];
        if (info.virtualAxis < 0 || use.isHead) return;
        const auto axis = static_cast<std::size_t>(info.virtualAxis);
        const IndexTerm& term = (*use.index)[axis];
        const auto step = stepOf(term);
        if (left && step && step->var == left->var) {
            info.virtualSlices = std::max(info.virtualSlices, left->offset - step->offset);
            return;
        }
        if (term.isVirtual && term.isPlain() && !left) return;
        const Domain& domain = m_program.domains[info.axes[axis]];
        const bool isLast =
            term.kind == IndexTerm::Kind::Constant && !left && (domain.isDeferred || term.offset == domain.size - 1);
        if (!isLast) error(info, use.range);
    }

    void checkQueries() {
        for (const ast::Statement& statement : m_program.syntax.statements) {
            const auto* query = std::get_if<ast::Query>(&statement.body);
            const auto id = query == nullptr ? std::nullopt : m_context.find(query->ref.name);
            if (!id || m_program.tensors[*id].virtualAxis < 0) continue;
            const auto axis = static_cast<std::size_t>(m_program.tensors[*id].virtualAxis);
            if (query->ref.indices.size() != m_program.tensors[*id].arity) continue;
            checkQuery(m_program.tensors[*id], query->ref, query->ref.indices[axis], axis);
        }
    }

    void checkQuery(const TensorInfo& info, const ast::Ref& ref, const ast::Index& index, std::size_t axis) {
        const Domain& domain = m_program.domains[info.axes[axis]];
        if (index.isSlice) {
            error(info, ref.range);
            return;
        }
        if (!index.first || domain.isDeferred) return;
        std::optional<std::int64_t> constant;
        if (index.first->kind == ast::IndexExpr::Kind::Integer) constant = index.first->integer;
        if (index.first->kind == ast::IndexExpr::Kind::Name) {
            const auto scalar = m_context.scalars.find(index.first->text);
            if (scalar != m_context.scalars.end()) constant = scalar->second;
        }
        if (constant && *constant >= 0 && *constant < domain.size - 1) error(info, ref.range);
    }

    void keepForGradient() {
        const bool learns = std::any_of(m_program.syntax.statements.begin(), m_program.syntax.statements.end(),
                                        [](const ast::Statement& statement) {
                                            const auto* directive = std::get_if<ast::Directive>(&statement.body);
                                            return directive != nullptr &&
                                                   (directive->name == "minimize" || directive->name == "maximize");
                                        });
        if (!learns) return;
        for (TensorInfo& info : m_program.tensors)
            if (info.virtualAxis >= 0)
                info.virtualSlices = std::max(
                    info.virtualSlices, m_program.domains[info.axes[static_cast<std::size_t>(info.virtualAxis)]].size);
    }

    Context& m_context;
    Program& m_program;
};

} // namespace

void findVirtual(Context& context) {
    VirtualCheck(context).run();
}

} // namespace vitrine::tl::checking
