// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace vitrine::test {

/// Fails the running test on any warning of Qt that was not announced with QTest::ignoreMessage; lets the two lines of
/// the offscreen platform pass. Called by the main functions of testmain.hpp.
void failOnWarnings();

} // namespace vitrine::test
