// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"
#include "widgets/bridge/runtypes.hpp"

#include <QScrollArea>
#include <QSet>

class QGridLayout;
class QLabel;

namespace vitrine {

class PlotView;

/// The metric plots of a room, made from the descriptor: one plot for metrics that share one, live for the run on show,
/// with other runs laid over it.
class RoomPlots final : public QScrollArea {
    Q_OBJECT
  public:
    explicit RoomPlots(const ExperimentDescriptor& descriptor, QWidget* parent = nullptr);

    /// Metrics that have a view of their own in the room: their plots appear only while runs are laid over each other.
    void setShownElsewhere(const QStringList& metrics);
    void clear(); ///< run and overlays
    void clearRun();
    void clearOverlays();
    void take(const RunBatch& batch, const QString& title);
    void addOverlay(const QString& run, const QString& title, const RunCurves& curves);
    [[nodiscard]] PlotView* plotOf(const QString& metric) const; ///< null for an unknown metric
    [[nodiscard]] QList<PlotView*> all() const { return m_plots; }

  Q_SIGNALS:
    void firstShown(); ///< there is a curve where there was none

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Target {
        PlotView* plot = nullptr;
        const MetricSpec* spec = nullptr;
        bool isAlone = true; ///< the only metric of its plot
    };
    void arrange();
    [[nodiscard]] bool isWanted(const PlotView* plot) const;
    void ensureCurve(const Target& target, const QString& run, const QString& title);
    void tellAnswers();

    const ExperimentDescriptor& m_descriptor;
    QMap<QString, Target> m_targets;
    QList<PlotView*> m_plots;
    QGridLayout* m_grid;
    QLabel* m_hint;
    QSet<QString> m_curves;
    QStringList m_overlays;
    QString m_run, m_title;
    QStringList m_elsewhere;
    RunCurves m_shown; ///< kept to answer in words and to redraw after a resumed attempt
    QList<PlotView*> m_arranged;
    int m_columns = 0;
};

} // namespace vitrine
