// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plotdata.hpp"

#include <qcustomplot.h>

#include <limits>

/// Private to widgets/plot.
namespace vitrine::plot {

/// Five to seven ticks with three significant digits; time of day or durations on a time axis; whole steps only.
class Ticker final : public QCPAxisTicker {
  public:
    enum class Kind { Number, Whole, Duration, TimeOfDay };
    /// \param last  no tick beyond it: empty room right of the last bar stays empty
    explicit Ticker(Kind kind, double last = std::numeric_limits<double>::infinity()) : m_kind(kind), m_last(last) {
        setTickCount(6);
    }

  protected:
    double getTickStep(const QCPRange& range) override;
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale& locale, QChar form, int precision) override;
    QVector<double> createTickVector(double step, const QCPRange& range) override;

  private:
    Kind m_kind;
    double m_last;
    double m_step = 1;
};

/// Powers of ten, thinned to at most seven; in between 2 and 5 when fewer than two powers are in view.
class LogTicker final : public QCPAxisTicker {
  protected:
    double getTickStep(const QCPRange&) override { return 1; }
    int getSubTickCount(double) override { return 0; }
    QVector<double> createTickVector(double step, const QCPRange& range) override;
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return shortNumber(tick); }
};

} // namespace vitrine::plot
