// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runner/eventwriter.hpp"

#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/seal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace vitrine::runner {

EventWriter::~EventWriter() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Status EventWriter::open(const std::filesystem::path& file) {
    m_file = file;
    m_descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (m_descriptor >= 0) return {};
    if (errno == EEXIST)
        return makeError("VIT-RUN-002", "The run in %1 is running already", {file.parent_path().string()});
    return writeError(errno, file);
}

void EventWriter::append(EventBody body) {
    const Event event{++m_sequence, nowMs(), std::move(body)};
    m_queued += sealed(toJsonLine(event));
    m_queued += '\n';
    if (m_queued.size() >= QueueBytes) m_full.store(true, std::memory_order_release);
    if (m_tap) m_tap(event);
}

void EventWriter::reportSuppressed() {
    if (m_suppressed == 0) return;
    append(LogEvent{LogLevel::Warning, "%1 log lines suppressed", {std::to_string(m_suppressed)}, {}});
    m_suppressed = 0;
}

bool EventWriter::takesLogLine(const LogEvent& log) {
    const double now = monotonicSeconds();
    if (now - m_logWindow >= 1) {
        reportSuppressed();
        m_logWindow = now;
        m_logLines = 0;
    }
    if (++m_logLines <= LogLinesPerSecond || log.level == LogLevel::Error) return true;
    ++m_suppressed;
    return false;
}

void EventWriter::send(EventBody body) {
    static_cast<void>(sendNumbered(std::move(body)));
}

std::int64_t EventWriter::sendNumbered(EventBody body) {
    std::unique_lock lock(m_mutex);
    if (auto* progress = std::get_if<Progress>(&body)) {
        m_progress = std::move(*progress);
        return m_sequence;
    }
    if (const auto* log = std::get_if<LogEvent>(&body); log && !takesLogLine(*log)) return m_sequence;
    if (m_queued.size() >= QueueBytes) m_drained.wait_for(lock, std::chrono::milliseconds(1));
    if (std::holds_alternative<Finished>(body)) {
        reportSuppressed();
        if (m_progress) append(*std::exchange(m_progress, std::nullopt));
    }
    append(std::move(body));
    return m_sequence;
}

Status EventWriter::flush() {
    const std::scoped_lock writing(m_writeMutex);
    {
        const std::scoped_lock lock(m_mutex);
        if (m_progress) append(*std::exchange(m_progress, std::nullopt));
        if (monotonicSeconds() - m_logWindow >= 1) reportSuppressed();
        m_writing += m_queued;
        m_queued.clear();
        m_full.store(false, std::memory_order_release);
    }
    m_drained.notify_all();
    if (m_writing.empty()) return {};
    std::size_t done = 0;
    Status status = writeAll(m_descriptor, m_writing, m_file, &done);
    m_writing.erase(0, done);
    return status;
}

void EventWriter::waitForRoom(const std::stop_token& stop) {
    if (!m_full.load(std::memory_order_acquire)) return;
    std::unique_lock lock(m_mutex);
    m_drained.wait(lock, stop, [this] { return m_queued.size() < QueueBytes; });
}

bool EventWriter::wasRemoved() const {
    struct stat information {};
    return m_descriptor >= 0 && ::fstat(m_descriptor, &information) == 0 && information.st_nlink == 0;
}

} // namespace vitrine::runner
