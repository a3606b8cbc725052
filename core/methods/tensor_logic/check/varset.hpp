// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/program.hpp"

#include <bit>
#include <vector>

namespace vitrine::tl::checking {

/// A set of the variables of one statement: one word for the first 64, more words beyond.
class VarSet {
  public:
    void insert(VarId var) {
        if (var < 64) {
            m_low |= 1ULL << var;
            return;
        }
        const std::size_t word = var / 64 - 1;
        if (m_high.size() <= word) m_high.resize(word + 1);
        m_high[word] |= 1ULL << (var % 64);
    }
    void erase(VarId var) {
        if (var < 64) {
            m_low &= ~(1ULL << var);
        } else if (m_high.size() > var / 64 - 1) {
            m_high[var / 64 - 1] &= ~(1ULL << (var % 64));
        }
    }
    [[nodiscard]] bool contains(VarId var) const {
        if (var < 64) return (m_low >> var & 1) != 0;
        return m_high.size() > var / 64 - 1 && (m_high[var / 64 - 1] >> (var % 64) & 1) != 0;
    }
    [[nodiscard]] bool empty() const {
        for (const std::uint64_t word : m_high)
            if (word != 0) return false;
        return m_low == 0;
    }
    VarSet& operator|=(const VarSet& other) {
        m_low |= other.m_low;
        if (m_high.size() < other.m_high.size()) m_high.resize(other.m_high.size());
        for (std::size_t k = 0; k < other.m_high.size(); ++k) m_high[k] |= other.m_high[k];
        return *this;
    }
    VarSet& operator&=(const VarSet& other) {
        m_low &= other.m_low;
        for (std::size_t k = 0; k < m_high.size(); ++k) m_high[k] &= k < other.m_high.size() ? other.m_high[k] : 0;
        return *this;
    }
    VarSet& operator-=(const VarSet& other) {
        m_low &= ~other.m_low;
        for (std::size_t k = 0; k < m_high.size() && k < other.m_high.size(); ++k) m_high[k] &= ~other.m_high[k];
        return *this;
    }
    friend VarSet operator&(VarSet a, const VarSet& b) { return a &= b; }
    friend VarSet operator-(VarSet a, const VarSet& b) { return a -= b; }
    friend VarSet operator|(VarSet a, const VarSet& b) { return a |= b; }
    [[nodiscard]] bool isSubsetOf(const VarSet& other) const { return (*this - other).empty(); }
    /// Ascending.
    [[nodiscard]] std::vector<VarId> items() const {
        std::vector<VarId> result;
        append(result, m_low, 0);
        for (std::size_t k = 0; k < m_high.size(); ++k) append(result, m_high[k], static_cast<VarId>(64 * (k + 1)));
        return result;
    }

  private:
    static void append(std::vector<VarId>& result, std::uint64_t word, VarId base) {
        for (; word != 0; word &= word - 1) result.push_back(base + static_cast<VarId>(std::countr_zero(word)));
    }
    std::uint64_t m_low = 0;
    std::vector<std::uint64_t> m_high;
};

/// Adds the variables of an index term.
inline void addVars(const IndexTerm& term, VarSet& set) {
    if (term.kind == IndexTerm::Kind::Variable) set.insert(term.var);
    for (const IndexTerm& operand : term.operands) addVars(operand, set);
}

} // namespace vitrine::tl::checking
