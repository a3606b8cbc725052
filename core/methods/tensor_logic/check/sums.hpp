// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/check/context.hpp"

namespace vitrine::tl::checking {

/// Puts the sums of one right side where digest 2.6 wants them.
class SumPlacer {
  public:
    /// \param reduces  max= min= avg= *=: denominators and right operands of % are no contexts
    SumPlacer(std::size_t varCount, const VarSet& left, bool reduces)
        : m_varCount(varCount), m_left(left), m_reduces(reduces) {}

    /// Places every sum inside contexts and powers, and, unless the operator reduces, the outermost ones.
    /// \return the variables that are reduced over the whole right side
    std::vector<VarId> place(Node& value);
    /// More terms than this in one distributed product are refused.
    static constexpr std::size_t MaxTerms = 4096;
    [[nodiscard]] bool isTooLarge() const { return m_isTooLarge; }

  private:
    /// A part of the right side that can hold sums: the whole, a context, or the base of a power.
    struct Scope {
        std::uint32_t parent = NoId;
        std::uint32_t depth = 0;
        bool isPower = false;
        const Node* node = nullptr;
        std::vector<VarId> summed;
    };
    enum class Status { None, Some, All };

    void findScopes(const Node& node, std::uint32_t scope);
    std::uint32_t openScope(const Node& node, std::uint32_t parent, bool isPower);
    void occurs(VarId var, std::uint32_t scope);
    void chooseHomes();
    void placeScopes(Node& node);
    Node sum(Node node, const VarSet& vars);
    Node sumProduct(Node node, const VarSet& vars);
    Node distribute(const Node& node, VarId var);
    [[nodiscard]] Status status(const Node& node, VarId var) const;

    std::size_t m_varCount;
    const VarSet& m_left;
    bool m_reduces;
    bool m_isTooLarge = false;
    std::vector<Scope> m_scopes;
    std::vector<std::uint32_t> m_homes; ///< of each variable: the scope that holds all its occurrences
    std::size_t m_next = 0;             ///< scopes are met again in the order in which they were found
};

/// Variables of a node that no sum inside binds.
[[nodiscard]] VarSet freeVars(const Node& node);
/// The factors of a product tree (products, quotients on their left, signs), left to right.
void productFactors(Node& node, std::vector<Node*>& factors);

/// The term stays inside the axis for every assignment of its variables.
[[nodiscard]] bool isAlwaysInRange(const Program& program, const Equation& equation, const IndexTerm& term,
                                   DomainId axis);

/// An equation as it is computed: sums written out, steps shown.
[[nodiscard]] std::string desugaredText(const Program& program, const Equation& equation);

} // namespace vitrine::tl::checking
