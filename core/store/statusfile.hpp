// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/process.hpp"
#include "core/experiment/state.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace vitrine::store {

/// What a run's process says of itself every two seconds.
struct RunStatus {
    ProcessIdentity process;
    int attempt = 1;
    RunState state = RunState::Starting;
    std::int64_t beat = 0;      ///< counts up
    double beatSeconds = 0;     ///< of the machine's monotonic clock: a jump of the wall clock moves nothing
    std::optional<Error> error; ///< the last one, such as a full disk
};

/// The file `status`: 4 KiB, allocated once, overwritten in place, so that even a full disk can be reported.
class StatusFile {
  public:
    StatusFile() = default;
    StatusFile(const StatusFile&) = delete;
    StatusFile& operator=(const StatusFile&) = delete;
    ~StatusFile();
    [[nodiscard]] Status open(const std::filesystem::path& path);
    [[nodiscard]] Status write(const RunStatus& status);

  private:
    int m_descriptor = -1;
    std::filesystem::path m_path;
};

/// None: no such file, or it is being written or damaged.
[[nodiscard]] std::optional<RunStatus> readStatus(const std::filesystem::path& path);

enum class Liveness { Unknown, Alive, NotResponding, Dead };
/// Older beats mean "not responding".
inline constexpr double SilentAfterSeconds = 10;
[[nodiscard]] Liveness livenessOf(const std::optional<RunStatus>& status);

} // namespace vitrine::store
