// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace vitrine::cli {

/// SIGINT and SIGTERM ask to stop; a second SIGINT ends the process at once with status 130.
void installStopSignals();
[[nodiscard]] bool stopSignalled();

/// Turns them into a stop request while it lives.
class StopOnSignal {
  public:
    StopOnSignal();
    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }

  private:
    std::stop_source m_source;
    std::jthread m_watch;
};

} // namespace vitrine::cli
