// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/selfcheck.hpp"

namespace vitrine {

std::vector<SelfCheck>& selfChecks() {
    static std::vector<SelfCheck> checks;
    return checks;
}

} // namespace vitrine
