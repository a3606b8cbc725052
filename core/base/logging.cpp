// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/logging.hpp"

#include "core/base/ids.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace vitrine {

namespace {

constexpr std::size_t FileBytes = 2U << 20U;
constexpr std::size_t FileCount = 3;

/// All state of logging; `mutex` guards every member. It is recursive so that a sink may remove itself.
struct Hub {
    std::recursive_mutex mutex;
    std::shared_ptr<spdlog::logger> file;
    std::vector<std::pair<int, std::function<void(const LogRecord&)>>> sinks;
    int nextToken = 1;
};

Hub& hub() {
    static Hub instance;
    return instance;
}

spdlog::level::level_enum spdlogLevel(LogLevel level) {
    switch (level) {
    case LogLevel::Debug:
        return spdlog::level::debug;
    case LogLevel::Info:
        return spdlog::level::info;
    case LogLevel::Warning:
        return spdlog::level::warn;
    case LogLevel::Error:
        break;
    }
    return spdlog::level::err;
}

const char* levelName(LogLevel level) {
    switch (level) {
    case LogLevel::Debug:
        return "debug";
    case LogLevel::Info:
        return "info";
    case LogLevel::Warning:
        return "warning";
    case LogLevel::Error:
        break;
    }
    return "error";
}

void tellSinks(const Hub& state, const LogRecord& record) {
    thread_local bool inside = false; // a sink that logs must not call itself for ever
    if (inside) return;
    inside = true;
    const auto sinks = state.sinks; // a sink may remove itself
    for (const auto& [token, sink] : sinks) {
        try {
            sink(record);
        } catch (...) { // logging never throws
        }
    }
    inside = false;
}

} // namespace

void startLogFile(const std::string& folder) {
    const std::scoped_lock lock(hub().mutex);
    try {
        auto sink =
            std::make_shared<spdlog::sinks::rotating_file_sink_mt>(folder + "/vitrine.log", FileBytes, FileCount);
        auto logger = std::make_shared<spdlog::logger>("vitrine", std::move(sink));
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
        logger->set_level(spdlog::level::debug);
        logger->flush_on(spdlog::level::info);
        logger->set_error_handler([](const std::string&) {}); // a full disk loses log lines, nothing else
        hub().file = std::move(logger);
    } catch (const std::exception& problem) {
        hub().file.reset();
        std::fprintf(stderr, "vitrine: no log file: %s\n", problem.what());
    }
}

void logMessage(LogLevel level, std::string_view category, std::string_view text) {
    try {
        const LogRecord record{level, std::string(category), std::string(text), nowMs()};
        Hub& state = hub();
        const std::scoped_lock lock(state.mutex);
        if (state.file) {
            state.file->log(spdlogLevel(level), "{}: {}", record.category, record.text);
        } else if (level >= LogLevel::Warning) {
            std::fprintf(stderr, "%s: %s: %s\n", levelName(level), record.category.c_str(), record.text.c_str());
        }
        tellSinks(state, record);
    } catch (...) { // out of memory: the line is lost, the program goes on
    }
}

int addLogSink(std::function<void(const LogRecord&)> sink) {
    const std::scoped_lock lock(hub().mutex);
    hub().sinks.emplace_back(hub().nextToken, std::move(sink));
    return hub().nextToken++;
}

void removeLogSink(int token) {
    const std::scoped_lock lock(hub().mutex);
    std::erase_if(hub().sinks, [token](const auto& entry) { return entry.first == token; });
}

} // namespace vitrine
