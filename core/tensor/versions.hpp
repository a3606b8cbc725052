// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

namespace vitrine {

/// Versions of the numerical libraries that this program runs with, for the provenance of runs: "LibTorch" -> "2.11.0".
[[nodiscard]] std::map<std::string, std::string> libraryVersions();

} // namespace vitrine
