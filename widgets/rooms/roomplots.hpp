// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"
#include "widgets/bridge/runtypes.hpp"
#include "widgets/plot/plotview.hpp"

#include <QScrollArea>
#include <QSet>

#include <functional>

class QGridLayout;
class QLabel;

namespace vitrine {

/// The metric plots of a room, made from the descriptor: one plot for metrics that share one, live for the run on show,
/// with other runs laid over it.
class RoomPlots final : public QScrollArea {
    Q_OBJECT
  public:
    /// A run whose curves are drawn.
    struct Source {
        QString run, title;
        Config config;
    };
    /// See Room::stepsOfSeed.
    using StepsOfSeed = std::function<qint64(const QString& metric, const Config& config)>;

    explicit RoomPlots(const ExperimentDescriptor& descriptor, QWidget* parent = nullptr);

    /// Metrics that have a view of their own in the room: their plots appear only while runs are laid over each other.
    void setShownElsewhere(const QStringList& metrics);
    void setStepsOfSeed(StepsOfSeed steps) { m_stepsOfSeed = std::move(steps); }
    void clear(); ///< run and overlays
    void clearRun();
    void clearOverlays();
    void take(const RunBatch& batch, const Source& source);
    void addOverlay(const Source& source, const RunCurves& curves);
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
    void ensureCurve(const Target& target, const Source& source, int seed);
    [[nodiscard]] CurveStyle styleOf(const Target& target, const Source& source, int seed) const;
    void draw(const Target& target, const Source& source, const std::vector<ScalarPoint>& points,
              const plot::Samples* fresh);
    void drawMean(const Target& target, const Source& source, const std::vector<ScalarPoint>& points, qint64 steps);
    void removeCurves(const QString& run);
    void tellAnswers();

    const ExperimentDescriptor& m_descriptor;
    QMap<QString, Target> m_targets;
    QList<PlotView*> m_plots;
    QGridLayout* m_grid;
    QLabel* m_hint;
    QSet<QString> m_curves, m_drawn; ///< curves; metrics of the run that have theirs
    QStringList m_overlays;
    QString m_run;
    StepsOfSeed m_stepsOfSeed;
    QMap<QString, int> m_averaged; ///< curve of a mean: over how many seeds
    QStringList m_elsewhere;
    RunCurves m_shown; ///< kept to answer in words and to redraw after a resumed attempt
    QList<PlotView*> m_arranged;
    int m_columns = 0;
};

} // namespace vitrine
