// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/events.hpp"

#include <string>

namespace vitrine::cli {

/// Shows events to people: on a terminal one line that is overwritten, elsewhere only logs and states, a line each.
/// Called under the event queue's lock: prints and nothing else.
class ProgressLine {
  public:
    ProgressLine();
    void show(const Event& event);
    void close(); ///< leaves the cursor on a fresh line

  private:
    void showText(const std::string& text);
    void drawLine();

    bool m_onTerminal;
    bool m_drawn = false;
    double m_lastDraw = 0;
    Progress m_progress;
    std::string m_scalar;
};

} // namespace vitrine::cli
