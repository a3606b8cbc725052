// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/registry.hpp"

#include "core/methods/tensor_logic/method.hpp"

namespace vitrine {

void registerMethods(MethodRegistry& registry) {
    registry.add(tl::makeMethod());
}

} // namespace vitrine
