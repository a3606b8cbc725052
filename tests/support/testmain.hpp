// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/testlog.hpp"

#include <QTest>

/// Use instead of QTEST_GUILESS_MAIN. The class's `init()` should call vitrine::test::failOnWarnings().
#define VITRINE_CORE_TEST(Class) QTEST_GUILESS_MAIN(Class)
