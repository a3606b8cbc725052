// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace vitrine::cli {

/// SIGINT and SIGTERM ask to stop; a second SIGINT ends the process at once with status 130.
void installStopSignals();
[[nodiscard]] bool stopSignalled();

} // namespace vitrine::cli
