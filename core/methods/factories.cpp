// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/factory.hpp"
#include "core/methods/tensor_logic/factory.hpp"

extern "C" const vitrine::FactoryList* vitrine_method_factories(int abi) {
    static const vitrine::FactoryList factories{&vitrine::tl::factory()};
    return abi == vitrine::FactoryAbi ? &factories : nullptr;
}
