// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plotdata.hpp"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::plot {

namespace {
const QChar ThinSpace(0x2009);
const QChar Minus(0x2212);

/// Pads `own` with NaN up to `before` so that optional columns stay aligned when only later batches carry them.
template <typename T>
void appendAligned(QVector<T>& own, qsizetype before, const QVector<T>& more, qsizetype added, T fill) {
    if (own.isEmpty() && more.isEmpty()) return;
    own.resize(before, fill);
    own += more;
    own.resize(before + added, fill);
}
} // namespace

void Samples::append(const Samples& more) {
    const qsizetype before = size();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    x += more.x;
    y += more.y;
    appendAligned<qint64>(timeMs, before, more.timeMs, more.size(), 0);
    appendAligned(low, before, more.low, more.size(), nan);
    appendAligned(high, before, more.high, more.size(), nan);
}

QVector<double> smooth(const QVector<double>& y, double weight) {
    if (weight <= 0) return y;
    weight = std::min(weight, 0.9999);
    QVector<double> out(y.size());
    double state = 0, correction = 1;
    for (qsizetype i = 0; i < y.size(); ++i) {
        if (!std::isfinite(y[i])) {
            out[i] = std::numeric_limits<double>::quiet_NaN();
            continue;
        }
        state = weight * state + (1 - weight) * y[i];
        correction *= weight;
        out[i] = state / (1 - correction);
    }
    return out;
}

QVector<double> xValues(const Samples& samples, XMode mode) {
    if (mode == XMode::Step || samples.timeMs.size() != samples.size() || samples.timeMs.isEmpty()) return samples.x;
    const qint64 origin = mode == XMode::Relative ? samples.timeMs.front() : 0;
    QVector<double> out(samples.size());
    for (qsizetype i = 0; i < out.size(); ++i) out[i] = static_cast<double>(samples.timeMs[i] - origin) / 1000.0;
    return out;
}

namespace {
/// Keeps first, lowest, highest and last of one pixel column, in order of x.
void flushColumn(const QVector<double>& x, const QVector<double>& y, qsizetype begin, qsizetype end, Points& out) {
    if (begin >= end) return;
    qsizetype keep[4] = {begin, begin, begin, end - 1};
    bool hasGap = false;
    for (qsizetype i = begin; i < end; ++i) {
        if (std::isnan(y[i])) {
            hasGap = true;
            continue;
        }
        if (std::isnan(y[keep[1]]) || y[i] < y[keep[1]]) keep[1] = i;
        if (std::isnan(y[keep[2]]) || y[i] > y[keep[2]]) keep[2] = i;
    }
    std::sort(keep, keep + 4);
    qsizetype previous = -1;
    for (const qsizetype i : keep) {
        if (i == previous || std::isnan(y[i])) continue;
        out.x.append(x[i]);
        out.y.append(y[i]);
        previous = i;
    }
    if (hasGap && end - begin <= 4) { // a gap is visible only where few points share the column
        out.x.append(x[end - 1]);
        out.y.append(std::numeric_limits<double>::quiet_NaN());
    }
}
} // namespace

Points decimate(const QVector<double>& x, const QVector<double>& y, double from, double to, int columns) {
    Points out;
    if (x.isEmpty() || columns < 1 || !(to > from)) return out;
    qsizetype begin = std::lower_bound(x.begin(), x.end(), from) - x.begin();
    qsizetype end = std::upper_bound(x.begin(), x.end(), to) - x.begin();
    begin = std::max<qsizetype>(0, begin - 1);
    end = std::min<qsizetype>(x.size(), end + 1);
    out.x.reserve(columns * 4);
    out.y.reserve(columns * 4);
    const double scale = columns / (to - from);
    qsizetype start = begin;
    double column = std::floor((x[begin] - from) * scale);
    for (qsizetype i = begin; i < end; ++i) {
        const double here = std::floor((x[i] - from) * scale);
        if (here == column) continue;
        flushColumn(x, y, start, i, out);
        start = i;
        column = here;
    }
    flushColumn(x, y, start, end, out);
    return out;
}

double penWidthFor(qsizetype points, bool isHighlighted) {
    if (points <= 500) return 2;
    return isHighlighted && points <= 2000 ? 2 : 1;
}

QString shortNumber(double value) {
    if (std::isnan(value)) return QStringLiteral("NaN");
    if (std::isinf(value)) return value > 0 ? QString(QChar(0x221E)) : QString(Minus) + QChar(0x221E);
    const double size = std::abs(value);
    static constexpr struct {
        double from;
        const char* suffix;
    } units[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
    QString text;
    const char* suffix = "";
    double scaled = size;
    if (size < 1e12)
        for (const auto& unit : units)
            if (size >= unit.from * 0.9995) {
                scaled = size / unit.from;
                suffix = unit.suffix;
                break;
            }
    text = QString::number(scaled, 'g', 3);
    if (text.contains(QLatin1Char('e')) && scaled >= 0.0001 && scaled < 1e4) text = QString::number(scaled, 'f', 0);
    text += QLatin1String(suffix);
    return value < 0 ? Minus + text : text;
}

QString longNumber(double value) {
    if (!std::isfinite(value)) return shortNumber(value);
    QString text = QString::number(std::abs(value), 'g', 12);
    qsizetype point = text.indexOf(QLatin1Char('.'));
    if (!text.contains(QLatin1Char('e')))
        for (qsizetype i = (point < 0 ? text.size() : point) - 3; i > 0; i -= 3) text.insert(i, ThinSpace);
    return value < 0 ? Minus + text : text;
}

QString shortDuration(double seconds) {
    const auto say = [](const char* form) { return QCoreApplication::translate("vitrine::plot", form); };
    if (seconds < 0) return Minus + shortDuration(-seconds);
    if (seconds < 60) return say("%1 s").arg(QString::number(seconds, 'g', 3));
    const auto whole = static_cast<qint64>(std::llround(seconds));
    const QString two = QStringLiteral("%1");
    if (whole < 3600 && whole % 60 == 0) return say("%1 m").arg(whole / 60);
    if (whole % 3600 == 0) return say("%1 h").arg(whole / 3600);
    if (whole < 3600) return say("%1 m %2 s").arg(whole / 60).arg(two.arg(whole % 60, 2, 10, QLatin1Char('0')));
    return say("%1 h %2 m").arg(whole / 3600).arg(two.arg(whole % 3600 / 60, 2, 10, QLatin1Char('0')));
}

} // namespace vitrine::plot
