// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/check/context.hpp"

namespace vitrine::tl::checking {

/// Turns the names of one statement into variables, constants, tensors and nodes.
class Resolver {
  public:
    Resolver(Context& context, std::vector<VarInfo>& vars) : m_context(context), m_vars(vars) {}

    /// Registers the variables of a reference's indices, so that bare names can be told from scalars.
    void registerVars(const ast::Ref& ref);
    [[nodiscard]] std::optional<VarId> findVar(std::string_view name) const;

    /// One index; slices go to `slices`, numbered by `sliceCount` within a reference.
    IndexTerm index(const ast::Index& index, TensorId tensor, std::uint32_t axis, std::size_t& sliceCount,
                    std::vector<SliceUse>& slices);
    std::vector<IndexTerm> indices(const ast::Ref& ref, TensorId tensor, std::vector<SliceUse>& slices);
    IndexTerm term(const ast::IndexExpr& expr);

    /// An expression below the right side of an equation or a side of a comparison.
    Node node(const ast::Expr& expr, std::vector<SliceUse>& slices);
    /// A whole right side: softmax, lnorm and concat are allowed.
    Node rightSide(const ast::Expr& expr, std::vector<SliceUse>& slices);
    /// A whole side of a comparison: strings and symbols are allowed.
    Node side(const ast::Expr& expr, std::vector<SliceUse>& slices);

    bool isRule = false;
    bool isBroken = false; ///< a name was not there: reported by the pass `names`

  private:
    VarId var(const std::string& name, ByteRange range, bool isInIndex);
    VarId sliceVar(std::size_t number, ByteRange range);
    IndexTerm constantName(const ast::IndexExpr& expr);
    IndexTerm combine(const ast::IndexExpr& expr, IndexTerm left, IndexTerm* right);
    IndexTerm fold(const ast::IndexExpr& expr, IndexTerm term);
    IndexTerm slice(const ast::Index& index, TensorId tensor, std::uint32_t axis, std::size_t number,
                    std::vector<SliceUse>& slices);
    std::optional<std::int64_t> bound(const ast::IndexExpr& expr);
    Node reference(const ast::Expr& expr, std::vector<SliceUse>& slices);
    Node bareName(const ast::Expr& expr);
    Node call(const ast::Expr& expr, bool isWhole, std::vector<SliceUse>& slices);
    Node sum(const ast::Expr& expr, std::vector<SliceUse>& slices);
    Node product(const ast::Expr& expr, std::vector<SliceUse>& slices);

    Context& m_context;
    std::vector<VarInfo>& m_vars;
};

/// Every tensor node below `node`, in source order, as uses.
void collectUses(Node& node, std::vector<Use>& uses);

} // namespace vitrine::tl::checking
