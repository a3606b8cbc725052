// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/version.hpp"

#ifndef VITRINE_COMMIT
#define VITRINE_COMMIT "unknown"
#endif

namespace vitrine {
const char* commit() {
    return VITRINE_COMMIT;
}
} // namespace vitrine
