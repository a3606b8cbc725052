// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace vitrine {

/// A random version-4 UUID, lower case: the id of a run. The only use of the system's entropy.
[[nodiscard]] std::string newUuid();

/// Milliseconds since 1970, and ISO 8601 in UTC ("2026-11-24T12:00:00.123Z").
[[nodiscard]] std::int64_t nowMs();
[[nodiscard]] std::string isoTime(std::int64_t ms);
/// Seconds of a clock that never jumps.
[[nodiscard]] double monotonicSeconds();

} // namespace vitrine
