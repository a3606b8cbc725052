// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/factory.hpp"

namespace vitrine::tl {

/// Experiment and session of the room `tensor_logic`.
[[nodiscard]] const MethodFactory& factory();

} // namespace vitrine::tl
