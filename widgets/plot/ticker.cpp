// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/ticker.hpp"

#include <QDateTime>

#include <cmath>

namespace vitrine::plot {

double Ticker::getTickStep(const QCPRange& range) {
    if (m_kind == Kind::Duration || m_kind == Kind::TimeOfDay) {
        static constexpr double steps[] = {1,   2,   5,    10,   15,   30,    60,    120,  300,
                                           600, 900, 1800, 3600, 7200, 14400, 43200, 86400};
        for (const double step : steps)
            if (range.size() / step <= 6 && range.size() >= 4) return m_step = step;
    }
    m_step = QCPAxisTicker::getTickStep(range);
    if (m_kind == Kind::Whole) m_step = std::max(1.0, std::round(m_step));
    return m_step;
}

QString Ticker::getTickLabel(double tick, const QLocale& locale, QChar, int) {
    if (m_kind == Kind::Duration) return shortDuration(tick);
    if (m_kind == Kind::TimeOfDay) {
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(tick * 1000));
        return locale.toString(time.time(), m_step < 60 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
    }
    if (std::abs(tick) < m_step * 1e-9) return QStringLiteral("0");
    // A narrow range far from zero needs the digits that tell its ticks apart.
    const double digits = std::ceil(std::log10(std::abs(tick) / m_step));
    return digits > 3 && digits < 12 ? longNumber(QString::number(tick, 'g', static_cast<int>(digits) + 1).toDouble())
                                     : shortNumber(tick);
}

QVector<double> Ticker::createTickVector(double step, const QCPRange& range) {
    QVector<double> ticks = QCPAxisTicker::createTickVector(step, range);
    ticks.removeIf([this](double tick) { return tick > m_last + 1e-9; });
    return ticks;
}

QVector<double> LogTicker::createTickVector(double, const QCPRange& range) {
    QVector<double> ticks;
    if (!(range.lower > 0)) return ticks;
    const int first = static_cast<int>(std::floor(std::log10(range.lower)));
    const int last = static_cast<int>(std::ceil(std::log10(range.upper)));
    const int stride = std::max(1, (last - first) / 7 + ((last - first) % 7 != 0 ? 1 : 0));
    const bool isNarrow = std::log10(range.upper / range.lower) < 2;
    for (int power = first; power <= last; power += isNarrow ? 1 : stride) {
        ticks.append(std::pow(10.0, power));
        if (!isNarrow) continue;
        ticks.append(2 * std::pow(10.0, power));
        ticks.append(5 * std::pow(10.0, power));
    }
    return ticks;
}

} // namespace vitrine::plot
