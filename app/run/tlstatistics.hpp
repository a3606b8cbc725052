// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

#include <chrono>

namespace vitrine::cli {

/// What --stats prints on standard error: times, why each engine was chosen, and the rounds.
class TlStatistics {
  public:
    explicit TlStatistics(bool isWanted) : m_isWanted(isWanted) {}
    /// Prints the time since the last phase, and the peak memory of the process.
    void phase(const char* name);
    void print(const tl::Evaluation& evaluation) const;

  private:
    bool m_isWanted;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

} // namespace vitrine::cli
