// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"
#include "core/experiment/factory.hpp"

namespace vitrine::test {

/// A throw-away method that proves the kit: one curve, a sum of steps +1 or -1. It can be paused, stopped and resumed.
[[nodiscard]] std::unique_ptr<Method> makeRandomWalk();
[[nodiscard]] const MethodFactory& randomWalkFactory();

} // namespace vitrine::test
