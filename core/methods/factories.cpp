// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/factory.hpp"

extern "C" const vitrine::FactoryList* vitrine_method_factories(int abi) {
    static const vitrine::FactoryList factories{};
    return abi == vitrine::FactoryAbi ? &factories : nullptr;
}
