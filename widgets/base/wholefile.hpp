// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QByteArray;

namespace vitrine {

/// Writes the whole file, or leaves what was there before. \return what went wrong in the system's words, or empty
[[nodiscard]] QString writeWhole(const QString& path, const QByteArray& content);

} // namespace vitrine
