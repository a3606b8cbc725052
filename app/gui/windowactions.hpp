// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace vitrine {

class MainWindow;

/// Registers every command of the window: texts, tips, shortcuts; and enables them from what is in front.
void registerWindowActions(MainWindow& window);

} // namespace vitrine
