// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/eventreader.hpp"

#include "core/base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vitrine::store {

namespace {

constexpr std::size_t LineCap = 16U << 20U;

struct Slice {
    std::string text;
    std::uint64_t fileSize = 0;
    bool present = false;
};

/// At most `maxBytes` from `offset` on.
Slice readSlice(const std::filesystem::path& path, std::uint64_t offset, std::size_t maxBytes) {
    Slice slice;
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return slice;
    struct stat information {};
    if (::fstat(file, &information) == 0) {
        slice.present = true;
        slice.fileSize = static_cast<std::uint64_t>(information.st_size);
        const std::uint64_t left = slice.fileSize > offset ? slice.fileSize - offset : 0;
        slice.text.resize(std::min<std::uint64_t>(left, maxBytes));
        std::size_t filled = 0;
        while (filled < slice.text.size()) {
            const ssize_t got = ::pread(file, slice.text.data() + filled, slice.text.size() - filled,
                                        static_cast<off_t>(offset + filled));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) break;
            filled += static_cast<std::size_t>(got);
        }
        slice.text.resize(filled);
    }
    ::close(file);
    return slice;
}

} // namespace

void EventReader::parseLines(std::string_view text, EventBatch& batch) {
    const std::string file = m_run.eventFile(m_position.attempt).string();
    std::size_t at = 0;
    for (;;) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) break;
        const std::string_view line = text.substr(at, end - at);
        if (m_skippingLine) {
            m_skippingLine = false;
        } else if (Result<Event> event = eventFromJson(line); event) {
            batch.events.push_back(*std::move(event));
        } else {
            Error problem = makeError("VIT-STORE-007", "A line of %1 at byte %2 is damaged and was skipped",
                                      {file, std::to_string(m_position.offset + at)});
            problem.severity = Severity::Warning;
            problem.cause = std::make_shared<const Error>(event.error());
            batch.problems.push_back(std::move(problem));
        }
        at = end + 1;
    }
    m_position.offset += at;
}

void EventReader::nextAttemptIfAny(EventBatch& batch) {
    std::error_code problem;
    if (m_position.attempt >= m_run.lastAttempt()) {
        batch.atEnd = true;
        return;
    }
    do ++m_position.attempt; // a number may be missing
    while (!std::filesystem::exists(m_run.eventFile(m_position.attempt), problem));
    m_position.offset = 0;
    m_skippingLine = false;
}

EventBatch EventReader::next(std::size_t maxBytes) {
    EventBatch batch;
    batch.attempt = m_position.attempt;
    const std::filesystem::path file = m_run.eventFile(m_position.attempt);
    Slice slice = readSlice(file, m_position.offset, maxBytes);
    while (slice.text.size() >= maxBytes && slice.text.find('\n') == std::string::npos && maxBytes < LineCap) {
        maxBytes = std::min(LineCap, maxBytes * 8); // one long line
        slice = readSlice(file, m_position.offset, maxBytes);
    }
    if (slice.present && slice.fileSize < m_position.offset) {
        batch.problems.push_back(
            makeError("VIT-STORE-008", "%1 is shorter than it was; what was read of it is kept", {file.string()}));
        m_position.offset = slice.fileSize;
    }
    const std::uint64_t before = m_position.offset;
    parseLines(slice.text, batch);
    if (m_position.offset == before && slice.text.size() >= LineCap) { // no newline within the cap: step over it
        m_position.offset += slice.text.size();
        m_skippingLine = true;
        batch.problems.push_back(makeError("VIT-STORE-007", "A line of %1 at byte %2 is damaged and was skipped",
                                           {file.string(), std::to_string(before)}));
    } else if (m_position.offset == before) {
        nextAttemptIfAny(batch);
    }
    batch.end = m_position;
    return batch;
}

} // namespace vitrine::store
