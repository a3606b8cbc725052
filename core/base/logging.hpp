// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace vitrine {

enum class LogLevel { Debug, Info, Warning, Error };

struct LogRecord {
    LogLevel level;
    std::string category; ///< "vitrine.core.store"
    std::string text;     ///< English, with codes and arguments
    std::int64_t timeMs;
};

/// Starts the rotating log file (3 x 2 MiB) below `folder`; without it records go to standard error from Warning up.
void startLogFile(const std::string& folder);
/// Thread-safe; never throws, never blocks on a full disk.
void logMessage(LogLevel level, std::string_view category, std::string_view text);
/// One sink besides the file (the window's log dock, a test). Called on the logging thread. Returns a token to remove
/// it.
int addLogSink(std::function<void(const LogRecord&)> sink);
void removeLogSink(int token);

} // namespace vitrine
