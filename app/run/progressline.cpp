// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/progressline.hpp"

#include "core/base/ids.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace vitrine::cli {

namespace {

constexpr double DrawSeconds = 0.1;

std::size_t columns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 80;
}

std::string shortNumber(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

std::string bar(double part) {
    constexpr int Cells = 20;
    const int full = static_cast<int>(std::clamp(part, 0.0, 1.0) * Cells);
    return "[" + std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(Cells - full), '.') + "]";
}

} // namespace

ProgressLine::ProgressLine() : m_onTerminal(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::drawLine() {
    if (!m_onTerminal || monotonicSeconds() - m_lastDraw < DrawSeconds) return;
    m_lastDraw = monotonicSeconds();
    std::string line = m_progress.phase;
    if (m_progress.total > 0)
        line += " " + bar(m_progress.done / m_progress.total) + " " + shortNumber(m_progress.done) + "/" +
                shortNumber(m_progress.total);
    if (m_progress.etaSeconds) line += "  " + shortNumber(std::max(1.0, *m_progress.etaSeconds)) + " s left";
    if (!m_scalar.empty()) line += "  " + m_scalar;
    line.resize(columns() - 1, ' ');
    std::fprintf(stderr, "\r%s", line.c_str());
    m_drawn = true;
}

void ProgressLine::showText(const std::string& text) {
    if (m_drawn) std::fprintf(stderr, "\r%s\r", std::string(columns() - 1, ' ').c_str());
    m_drawn = false;
    std::fprintf(stderr, "%s\n", text.c_str());
}

void ProgressLine::show(const Event& event) {
    if (const auto* progress = std::get_if<Progress>(&event.body)) {
        m_progress = *progress;
        drawLine();
    } else if (const auto* scalar = std::get_if<Scalar>(&event.body)) {
        m_scalar = scalar->metric + " " + shortNumber(scalar->value) + " @" + std::to_string(scalar->step);
        drawLine();
    } else if (const auto* log = std::get_if<LogEvent>(&event.body)) {
        if (log->level >= LogLevel::Info) showText(fillIn(log->message, log->arguments));
    } else if (const auto* change = std::get_if<StateChanged>(&event.body)) {
        if (!isFinal(change->to))
            showText(toString(change->to) + (change->reason.empty() ? "" : ": " + change->reason));
    }
}

void ProgressLine::close() {
    if (m_drawn) std::fputc('\n', stderr);
    m_drawn = false;
}

} // namespace vitrine::cli
