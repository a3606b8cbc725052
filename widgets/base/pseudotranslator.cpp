// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/pseudotranslator.hpp"

#include <algorithm>

namespace vitrine {

QString PseudoTranslator::translate(const char*, const char* text, const char*, int) const {
    const QString source = QString::fromUtf8(text);
    // Markup and patterns of file dialogs are read by programs, and one letter is a sign rather than a word.
    if (source.size() < 2 || source.contains(QLatin1Char('<')) || source.contains(QLatin1String("(*"))) return source;
    const qsizetype more = std::max<qsizetype>(0, source.size() * 2 / 5 - 2);
    return QLatin1Char('[') + source + QString(more, QChar(0x00B7)) + QLatin1Char(']');
}

} // namespace vitrine
