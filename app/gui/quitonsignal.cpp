// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/quitonsignal.hpp"

#include <QCoreApplication>

#include <csignal>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vitrine {

namespace {

constexpr int Signals[] = {SIGTERM, SIGINT, SIGHUP};
volatile std::sig_atomic_t writeEnd = -1;

// All that a signal handler may do: write a byte that the event loop reads.
void tell(int) {
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(static_cast<int>(writeEnd), &byte, 1);
}

} // namespace

QuitOnSignal::QuitOnSignal() {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, m_ends.data()) != 0) return;
    writeEnd = m_ends[0];
    m_notifier = std::make_unique<QSocketNotifier>(m_ends[1], QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [this] {
        m_notifier->setEnabled(false);
        QCoreApplication::quit();
    });
    struct sigaction action {};
    action.sa_handler = tell;
    action.sa_flags = SA_RESTART;
    for (const int number : Signals) ::sigaction(number, &action, nullptr);
}

QuitOnSignal::~QuitOnSignal() {
    for (const int number : Signals) std::signal(number, SIG_DFL);
    writeEnd = -1;
    m_notifier.reset();
    for (const int end : m_ends)
        if (end >= 0) ::close(end);
}

} // namespace vitrine
