// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>

namespace vitrine::test {

/// Processor time of all threads of this process, so that a bound on work holds on a busy machine too.
class Stopwatch {
  public:
    [[nodiscard]] int milliseconds() const {
        return static_cast<int>(1000.0 * static_cast<double>(std::clock() - m_start) / CLOCKS_PER_SEC);
    }
    void restart() { m_start = std::clock(); }

  private:
    std::clock_t m_start = std::clock();
};

} // namespace vitrine::test
