// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/check/context.hpp"

namespace vitrine::tl::checking {

void writeMarks(Context& context) {
    (void)context;
}

} // namespace vitrine::tl::checking
