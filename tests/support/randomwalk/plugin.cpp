// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/randomwalk/randomwalk.hpp"

extern "C" void vitrine_register_methods(int abi, vitrine::MethodRegistry* registry) {
    if (abi == vitrine::FactoryAbi) registry->add(vitrine::test::makeRandomWalk());
}

extern "C" const vitrine::FactoryList* vitrine_method_factories(int abi) {
    static const vitrine::FactoryList factories{&vitrine::test::randomWalkFactory()};
    return abi == vitrine::FactoryAbi ? &factories : nullptr;
}
