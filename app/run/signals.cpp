// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/signals.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>

namespace vitrine::cli {

namespace {

volatile std::sig_atomic_t interrupts = 0, terminations = 0;

void onInterrupt(int) {
    interrupts = interrupts + 1;
    if (interrupts >= 2) ::_exit(130);
}

void onTerminate(int) {
    terminations = 1;
}

void install(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
}

} // namespace

void installStopSignals() {
    install(SIGINT, onInterrupt);
    install(SIGTERM, onTerminate);
    std::signal(SIGPIPE, SIG_IGN); // a reader of --events that goes away does not end the run
}

bool stopSignalled() {
    return interrupts > 0 || terminations > 0;
}

StopOnSignal::StopOnSignal()
    : m_watch([this](const std::stop_token& done) {
          while (!done.stop_requested()) {
              if (stopSignalled()) m_source.request_stop();
              std::this_thread::sleep_for(std::chrono::milliseconds(20));
          }
      }) {}

} // namespace vitrine::cli
