// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"

namespace vitrine {

/// Registers every method of this program, in rail order. A new room adds one line in registry.cpp and one in
/// factories.cpp.
void registerMethods(MethodRegistry& registry);

} // namespace vitrine
