// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"

namespace vitrine::tl {
/// Descriptor, checks and estimates of the room `tensor_logic`.
[[nodiscard]] std::unique_ptr<Method> makeMethod();
} // namespace vitrine::tl
