// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/droppedfile.hpp"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStringDecoder>

#include <algorithm>

namespace vitrine {

namespace {

constexpr qint64 MostBytes = 16 << 20, MostLine = 100000;
constexpr int MostColumns = 32;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(vitrine::TensorLogicRoom)
};

/// Pipes and devices would never end or never begin.
QString whyUnreadable(const QString& path, QFile& file) {
    const QFileInfo info(path);
    if (info.exists() && !info.isFile()) return Words::tr("%1 is no file that can be read.").arg(path);
    if (file.open(QIODevice::ReadOnly)) return {};
    return Words::tr("%1 could not be opened: %2.").arg(path, file.errorString());
}

/// In bytes.
qint64 longestLine(const QByteArray& bytes) {
    qint64 longest = 0;
    for (qsizetype at = 0; at < bytes.size();) {
        const qsizetype end = bytes.indexOf('\n', at);
        longest = std::max<qint64>(longest, (end < 0 ? bytes.size() : end) - at);
        at = end < 0 ? bytes.size() : end + 1;
    }
    return longest;
}

QString relationNamed(const QString& baseName) {
    static const QRegularExpression other(QStringLiteral("[^\\p{L}0-9_]"));
    QString name = baseName;
    name.remove(other);
    if (name.isEmpty() || !name.front().isLetter()) name.prepend(QStringLiteral("Data"));
    name[0] = name[0].toUpper();
    return name;
}

/// Of the first row that is no comment; 2 where there is none.
int columnsOf(QFile& file) {
    static const QRegularExpression blanks(QStringLiteral("\\s+"));
    for (int i = 0; i < 100 && !file.atEnd(); ++i) {
        const QString line = QString::fromUtf8(file.readLine(4096)).trimmed();
        if (line.isEmpty() || line.startsWith(QLatin1Char('#')) || line.startsWith(QLatin1Char('%'))) continue;
        const qsizetype columns = line.contains(QLatin1Char(','))    ? line.split(QLatin1Char(',')).size()
                                  : line.contains(QLatin1Char('\t')) ? line.split(QLatin1Char('\t')).size()
                                                                     : line.split(blanks).size();
        return static_cast<int>(std::min<qsizetype>(columns, MostColumns));
    }
    return 2;
}

QStringList variables(int count) {
    static const QStringList few{QStringLiteral("x"), QStringLiteral("y"), QStringLiteral("z"),
                                 QStringLiteral("u"), QStringLiteral("v"), QStringLiteral("w")};
    if (count <= few.size()) return few.mid(0, count);
    QStringList many;
    for (int i = 1; i <= count; ++i) many << QStringLiteral("x%1").arg(i);
    return many;
}

} // namespace

DroppedText programIn(const QString& path) {
    QFile file(path);
    if (const QString why = whyUnreadable(path, file); !why.isEmpty()) return {{}, why};
    const QByteArray bytes = file.read(MostBytes + 1); // whatever its size claims to be
    if (bytes.size() > MostBytes) return {{}, Words::tr("%1 is larger than a program may be (16 MB).").arg(path)};
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder.decode(bytes);
    if (bytes.contains('\0') || decoder.hasError()) return {{}, Words::tr("%1 is no text in UTF-8.").arg(path)};
    if (longestLine(bytes) > MostLine)
        return {{}, Words::tr("%1 has a line longer than the editor shows (100 000 bytes).").arg(path)};
    return {text, {}};
}

DroppedText lineThatReads(const QString& path) {
    QFile file(path);
    if (const QString why = whyUnreadable(path, file); !why.isEmpty()) return {{}, why};
    if (path.contains(QLatin1Char('"')) || path.contains(QLatin1Char('\n')))
        return {{}, Words::tr("%1 cannot be named in a program: its name has a quote or a new line.").arg(path)};
    return {QStringLiteral("%1(%2) = \"%3\"")
                .arg(relationNamed(QFileInfo(path).completeBaseName()),
                     variables(columnsOf(file)).join(QStringLiteral(", ")), QDir::toNativeSeparators(path)),
            {}};
}

QStringList dataPatterns() {
    return {QStringLiteral("*.csv"), QStringLiteral("*.tsv"),   QStringLiteral("*.facts"),
            QStringLiteral("*.txt"), QStringLiteral("*.edges"), QStringLiteral("*.mtx")};
}

} // namespace vitrine
