// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSocketNotifier>

#include <array>
#include <memory>

namespace vitrine {

/// Ends the program as closing the window does (drafts written, marked as a clean end) when SIGTERM, SIGINT or SIGHUP
/// comes: a log-out, a Ctrl+C in the shell that started it. One for a program, made after the application.
class QuitOnSignal {
  public:
    QuitOnSignal();
    ~QuitOnSignal();
    QuitOnSignal(const QuitOnSignal&) = delete;
    QuitOnSignal& operator=(const QuitOnSignal&) = delete;

  private:
    std::array<int, 2> m_ends{-1, -1};
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace vitrine
