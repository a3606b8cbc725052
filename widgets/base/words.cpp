// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/words.hpp"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <cmath>

namespace vitrine {

namespace {

constexpr QChar ThinSpace(0x2009);

QString tr(const char* text) {
    return QCoreApplication::translate("vitrine", text);
}

QString significant(double value, int digits) {
    if (value == 0) return QStringLiteral("0");
    const int magnitude = static_cast<int>(std::floor(std::log10(std::fabs(value))));
    return QLocale().toString(value, 'f', std::max(0, digits - 1 - magnitude)).remove(QLocale().groupSeparator());
}

/// Some arguments are phrases of core, "the end of the statement"; names and numbers have no blanks.
QString phrase(const std::string& argument) {
    return argument.find(' ') == std::string::npos ? qtext(argument)
                                                   : QCoreApplication::translate("core", argument.c_str());
}
} // namespace

QString coreText(const std::string& id, const std::vector<std::string>& arguments) {
    QString text = id.empty() ? QString() : QCoreApplication::translate("core", id.c_str());
    // One pass: an argument that itself holds "%2" must not be filled in again.
    QString filled;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const int digit = text[i] == QLatin1Char('%') && i + 1 < text.size() ? text[i + 1].digitValue() : -1;
        if (digit < 1 || static_cast<std::size_t>(digit) > arguments.size()) {
            filled += text[i];
            continue;
        }
        filled += phrase(arguments[static_cast<std::size_t>(digit) - 1]);
        ++i;
    }
    return filled;
}

QString happened(const Error& error) {
    return coreText(error.message, error.arguments);
}
QString whatToDo(const Error& error) {
    return coreText(error.hint, error.arguments);
}

QString causeChain(const Error& error) {
    QString text = qtext(error.code) + QStringLiteral(": ") + happened(error);
    if (!error.where.empty()) text += QStringLiteral(" (") + qtext(error.where) + QLatin1Char(')');
    if (error.cause) text += QLatin1Char('\n') + causeChain(*error.cause);
    return text;
}

QString shortNumber(double value) {
    if (std::isnan(value)) return QStringLiteral("NaN");
    if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    const double size = std::fabs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e12)) return QLocale().toString(value, 'e', 2);
    if (size < 1000)
        return std::floor(value) == value ? QString::number(static_cast<int>(value)) : significant(value, 3);
    if (size < 100000) return groupedInteger(std::llround(value));
    constexpr std::array<std::pair<double, const char*>, 3> units{{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
    for (const auto& [unit, letter] : units)
        if (size >= unit) return significant(value / unit, 3) + QLatin1String(" ") + QLatin1String(letter);
    return {};
}

QString fullNumber(double value) {
    if (!std::isfinite(value)) return shortNumber(value);
    if (std::floor(value) == value && std::fabs(value) < 1e15) return groupedInteger(static_cast<long long>(value));
    return QLocale().toString(value, 'g', QLocale::FloatingPointShortest);
}

QString groupedInteger(long long value) {
    QString digits = QString::number(value);
    const qsizetype first = value < 0 ? 1 : 0;
    for (qsizetype at = digits.size() - 3; at > first; at -= 3) digits.insert(at, ThinSpace);
    return digits;
}

QString bytesText(long long bytes) {
    constexpr std::array<std::pair<double, const char*>, 4> units{
        {{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}}};
    for (const auto& [unit, name] : units)
        if (static_cast<double>(bytes) >= unit * 0.9995) {
            const double amount = static_cast<double>(bytes) / unit;
            return QStringLiteral("%1 %2").arg(significant(amount, amount < 100 ? 2 : 3), QLatin1String(name));
        }
    return QStringLiteral("%1 B").arg(bytes);
}

QString secondsText(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return QStringLiteral("–");
    if (seconds < 0.0995)
        return tr("%1 ms").arg(significant(std::max(seconds, 0.001) * 1000, seconds < 0.0095 ? 1 : 2));
    if (seconds < 9.95) {
        QString text = significant(seconds, seconds < 0.995 ? 1 : 2);
        if (text.endsWith(QLatin1String(".0"))) text.chop(2);
        return tr("%1 s").arg(text);
    }
    const long long whole = std::llround(seconds);
    if (whole < 60) return tr("%1 s").arg(whole);
    if (whole < 3600)
        return whole % 60 ? tr("%1 min %2 s").arg(whole / 60).arg(whole % 60) : tr("%1 min").arg(whole / 60);
    if (whole < 48 * 3600LL) return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
    return tr("%1 d").arg(whole / 86400);
}

bool parseNumber(const QString& text, double& value) {
    QString plain = text.trimmed();
    for (const QChar space : {QChar(0x2009), QChar(0x202f), QChar(0x00a0), QChar(u' '), QChar(u'_')})
        plain.remove(space);
    plain.replace(QChar(0x2212), QLatin1Char('-'));
    bool ok = false;
    value = QLocale::c().toDouble(plain, &ok);
    if (!ok) value = QLocale().toDouble(plain, &ok);
    return ok;
}

} // namespace vitrine
