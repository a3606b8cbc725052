// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/registry.hpp"

namespace vitrine {

void registerMethods(MethodRegistry& registry) { static_cast<void>(registry); }

} // namespace vitrine
