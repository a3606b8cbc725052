// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace vitrine {

/// The generator that all workbench experiments share (digest of tensor logic, 6.1):
/// state <- state * 6364136223846793005 + 1442695040888963407 (mod 2^64); next() = state >> 33.
class Lcg {
  public:
    explicit Lcg(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t nextState() { return m_state = m_state * 6364136223846793005ULL + 1442695040888963407ULL; }
    std::uint64_t next() { return nextState() >> 33; }
    std::uint64_t below(std::uint64_t n) { return next() % n; } ///< n > 0

  private:
    std::uint64_t m_state;
};

/// Derives independent seeds from one: every random stream of a run has a name.
class SeedSequence {
  public:
    explicit SeedSequence(std::uint64_t root) : m_root(root) {}
    [[nodiscard]] std::uint64_t root() const { return m_root; }
    /// The same (root, name, index) always gives the same seed; different ones give unrelated seeds.
    [[nodiscard]] std::uint64_t seed(std::string_view name, std::uint64_t index = 0) const;

  private:
    std::uint64_t m_root;
};

} // namespace vitrine
