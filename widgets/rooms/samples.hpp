// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace vitrine {

/// One entry of the gallery: resources/samples/<room>/index.json, in the reader's language.
struct Sample {
    QString room, name, file, title, summary, group; ///< file: full path
};

/// Samples of a room in the order of its index; empty when it has none or the index cannot be read.
[[nodiscard]] QList<Sample> samplesOf(const QString& room, const QString& language);

} // namespace vitrine
