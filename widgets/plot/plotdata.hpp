// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>

#include <cstdint>

/// Pure functions on the points of a curve: nothing here paints, so all of it may run on a worker.
namespace vitrine::plot {

/// Points of a curve as they were measured. All vectors have the length of `y` or are empty.
struct Samples {
    QVector<double> x;         ///< steps, ascending
    QVector<double> y;         ///< NaN is a gap with a marker
    QVector<qint64> timeMs;    ///< wall time in ms since 1970
    QVector<double> low, high; ///< an interval per point

    void append(const Samples& more);
    [[nodiscard]] qsizetype size() const { return y.size(); }
};

/// What the horizontal axis shows.
enum class XMode {
    Step,     ///< the step of the sample
    Relative, ///< seconds since the first sample of the curve
    Wall      ///< local time of day
};

/// Exponential smoothing with the start-up bias taken out: m_t = w m_(t-1) + (1 - w) y_t, shown as m_t / (1 - w^t).
/// NaN points stay NaN and leave the state as it is. \param weight 0 (no smoothing) to below 1
[[nodiscard]] QVector<double> smooth(const QVector<double>& y, double weight);

/// x values of the samples under a mode; seconds for the two time modes.
[[nodiscard]] QVector<double> xValues(const Samples& samples, XMode mode);

/// Points to draw: at most four (first, lowest, highest, last) for each of `columns` pixel columns of [from, to], plus
/// the neighbours outside. Gaps survive. \cost O(n)
struct Points {
    QVector<double> x, y;
};
[[nodiscard]] Points decimate(const QVector<double>& x, const QVector<double>& y, double from, double to, int columns);

/// Above this many points a curve is decimated on a worker before it is drawn.
inline constexpr qsizetype DecimateAbove = 200000;
/// More shown curves than this are drawn plainly: thin, whole lines without antialiasing.
inline constexpr qsizetype CrowdAbove = 40;
/// Widest pen allowed for so many points on screen: wide pens are slow on the raster engine.
[[nodiscard]] double penWidthFor(qsizetype points, bool isHighlighted);

/// "12.3k", "0.00123", "1.5e-7": three significant digits, k, M, G beyond a thousand; a true minus.
[[nodiscard]] QString shortNumber(double value);
/// All digits that matter (%.12g), thin spaces in thousands.
[[nodiscard]] QString longNumber(double value);
/// "3 m 20 s", "1 h 05 m" for an axis of relative time.
[[nodiscard]] QString shortDuration(double seconds);

} // namespace vitrine::plot
