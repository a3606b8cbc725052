// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/versions.hpp"

#include <torch/version.h>

namespace vitrine {

std::map<std::string, std::string> libraryVersions() {
    return {{"LibTorch", TORCH_VERSION}};
}

} // namespace vitrine
