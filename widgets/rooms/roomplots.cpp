// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/roomplots.hpp"

#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/plot/plotview.hpp"

#include <QGridLayout>
#include <QLabel>

namespace vitrine {

namespace {

QString curveId(const QString& run, const MetricSpec& spec) {
    return run + QLatin1Char('/') + qtext(spec.id);
}

/// The plot's title names the quantity: its axis needs the unit.
QString axisTitle(const QString& quantity, const std::string& unit) {
    return unit.empty() ? quantity : coreText(unit);
}

QString capitalised(QString text) {
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

plot::Samples samplesOf(const std::vector<ScalarPoint>& points) {
    plot::Samples samples;
    for (const ScalarPoint& point : points) {
        samples.x.append(point.step);
        samples.y.append(point.value);
        samples.timeMs.append(point.timeMs);
    }
    return samples;
}

} // namespace

RoomPlots::RoomPlots(const ExperimentDescriptor& descriptor, QWidget* parent)
    : QScrollArea(parent), m_descriptor(descriptor), m_grid(nullptr),
      m_hint(asSecondary(new QLabel(tr("Press Run to see its curves here.")))) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Metric plots"));
    auto* body = asPanel(new QWidget);
    m_grid = new QGridLayout(body);
    m_grid->setContentsMargins(Space::l(), Space::s(), Space::l(), Space::s());
    m_grid->setSpacing(Space::l());
    QMap<QString, PlotView*> shared;
    QMap<PlotView*, int> counts;
    for (const MetricSpec& spec : descriptor.metrics) {
        const QString name = qtext(spec.plot.empty() ? spec.id : spec.plot);
        PlotView*& plot = shared[name];
        const QString quantity = coreText(spec.label.empty() ? spec.id : spec.label);
        if (!plot) {
            plot = new PlotView(body);
            plot->setObjectName(QStringLiteral("plot.") + name);
            plot->setTitle(spec.plot.empty() ? quantity : capitalised(coreText(spec.plot)));
            plot->setAxisTitles(spec.stepUnit.empty() ? tr("step") : coreText(spec.stepUnit),
                                axisTitle(spec.plot.empty() ? quantity : QString(), spec.unit));
            plot->setYScale(spec.axis == Scale::Log ? AxisScale::Log : AxisScale::Linear);
            plot->setToolTip(coreText(spec.help));
            m_plots.append(plot);
        }
        ++counts[plot];
        m_targets.insert(qtext(spec.id), {plot, &spec, true});
    }
    for (Target& target : m_targets) target.isAlone = counts[target.plot] == 1;
    // The only metric of a plot gives it its name.
    for (const Target& target : std::as_const(m_targets)) {
        const MetricSpec& spec = *target.spec;
        const QString quantity = coreText(spec.label.empty() ? spec.id : spec.label);
        if (counts[target.plot] > 1) continue;
        target.plot->setTitle(quantity);
        target.plot->setAxisTitles(spec.stepUnit.empty() ? tr("step") : coreText(spec.stepUnit),
                                   axisTitle(quantity, spec.unit));
    }
    m_grid->addWidget(m_hint, 0, 0);
    setWidget(body);
    arrange();
}

void RoomPlots::setShownElsewhere(const QStringList& metrics) {
    m_elsewhere = metrics;
    arrange();
}

// Only plots with a curve; what the room draws itself is not drawn twice, unless it takes part in a comparison.
bool RoomPlots::isWanted(const PlotView* plot) const {
    if (plot->curves().isEmpty()) return false;
    if (!m_overlays.isEmpty()) return true;
    bool isElsewhere = true;
    for (auto target = m_targets.cbegin(); target != m_targets.cend(); ++target)
        if (target->plot == plot) isElsewhere = isElsewhere && m_elsewhere.contains(target.key());
    return !isElsewhere;
}

// As many beside each other as are wide enough to be read, as high as there is room.
void RoomPlots::arrange() {
    QList<PlotView*> full;
    for (PlotView* plot : std::as_const(m_plots))
        if (isWanted(plot)) full.append(plot);
    const int fits = std::max(1, viewport()->width() / Theme::px(250));
    const int columns = std::min(fits, std::max(1, static_cast<int>(full.size())));
    const int least = std::clamp(viewport()->height() - 2 * Space::s(), Theme::px(104), Theme::px(170));
    for (PlotView* plot : std::as_const(m_plots)) plot->setMinimumHeight(least);
    if (columns == m_columns && full == m_arranged) return;
    const bool isFirst = m_arranged.isEmpty() && !full.isEmpty();
    m_columns = columns;
    m_arranged = full;
    for (PlotView* plot : std::as_const(m_plots)) {
        m_grid->removeWidget(plot);
        plot->setVisible(full.contains(plot));
    }
    for (int i = 0; i < full.size(); ++i) m_grid->addWidget(full[i], 1 + i / columns, i % columns);
    for (int column = 0; column < m_grid->columnCount(); ++column)
        m_grid->setColumnStretch(column, column < columns ? 1 : 0);
    m_hint->setVisible(full.isEmpty());
    if (isFirst) Q_EMIT firstShown();
}

void RoomPlots::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    arrange();
}

PlotView* RoomPlots::plotOf(const QString& metric) const {
    return m_targets.value(metric).plot;
}

void RoomPlots::clear() {
    for (PlotView* plot : m_plots) {
        plot->clear();
        plot->setSubtitle({});
    }
    m_curves.clear();
    m_overlays.clear();
    m_shown.clear();
    m_run.clear();
    arrange();
}

void RoomPlots::clearRun() {
    for (const Target& target : std::as_const(m_targets)) {
        const QString id = curveId(m_run, *target.spec);
        if (m_curves.remove(id)) target.plot->removeCurve(id);
    }
    m_shown.clear();
    tellAnswers();
}

void RoomPlots::clearOverlays() {
    for (const QString& run : std::as_const(m_overlays))
        for (const Target& target : std::as_const(m_targets)) {
            const QString id = curveId(run, *target.spec);
            if (m_curves.remove(id)) target.plot->removeCurve(id);
        }
    m_overlays.clear();
}

void RoomPlots::ensureCurve(const Target& target, const QString& run, const QString& title) {
    const QString id = curveId(run, *target.spec);
    if (m_curves.contains(id)) return;
    m_curves.insert(id);
    const QString metric = coreText(target.spec->label.empty() ? target.spec->id : target.spec->label);
    CurveStyle style;
    // Several metrics of one run differ by colour; several runs of one metric keep the run's own.
    style.name = target.isAlone         ? title
                 : m_overlays.isEmpty() ? metric
                                        : tr("%1 · %2", "metric, run").arg(metric, title);
    if (target.isAlone) style.colorIndex = runColorIndex(run);
    style.dash = run == m_run ? Qt::SolidLine : runPenStyle(run) == Qt::SolidLine ? Qt::DashLine : runPenStyle(run);
    // Bars begin at zero: a logarithmic axis has none.
    style.isBars = target.isAlone && target.spec->stepUnit == "round" && target.spec->axis == Scale::Linear &&
                   m_overlays.isEmpty();
    target.plot->setCurve(id, style);
}

void RoomPlots::take(const RunBatch& batch, const QString& title) {
    m_run = batch.run;
    m_title = title;
    QMap<QString, plot::Samples> fresh;
    bool isRewound = false;
    for (const Event& event : batch.events) {
        const auto* change = std::get_if<StateChanged>(&event.body);
        isRewound = isRewound || (change && change->resumedFrom);
        addToCurves(m_shown, event);
        const auto* scalar = std::get_if<Scalar>(&event.body);
        if (!scalar) continue;
        plot::Samples& samples = fresh[qtext(scalar->metric)];
        samples.x.append(static_cast<double>(scalar->step));
        samples.y.append(scalar->value);
        samples.timeMs.append(event.timeMs);
    }
    for (auto metric = m_shown.cbegin(); metric != m_shown.cend(); ++metric) {
        const auto target = m_targets.constFind(metric.key());
        if (target == m_targets.constEnd()) continue;
        const QString id = curveId(m_run, *target->spec);
        const bool isNew = !m_curves.contains(id);
        ensureCurve(*target, m_run, title);
        if (isNew || isRewound)
            target->plot->setSamples(id, samplesOf(metric.value()));
        else if (fresh.contains(metric.key()))
            target->plot->appendSamples(id, fresh[metric.key()]);
    }
    arrange();
    tellAnswers();
}

void RoomPlots::addOverlay(const QString& run, const QString& title, const RunCurves& curves) {
    m_overlays.append(run);
    for (auto metric = curves.cbegin(); metric != curves.cend(); ++metric) {
        const auto target = m_targets.constFind(metric.key());
        if (target == m_targets.constEnd()) continue;
        ensureCurve(*target, run, title);
        target->plot->setSamples(curveId(run, *target->spec), samplesOf(metric.value()));
    }
    arrange();
}

// One line under each title: the last value, and the best where better has a direction.
void RoomPlots::tellAnswers() {
    for (PlotView* plot : m_plots) {
        QStringList parts;
        for (auto target = m_targets.cbegin(); target != m_targets.cend(); ++target) {
            const auto points = m_shown.constFind(target.key());
            if (target->plot != plot || points == m_shown.constEnd() || points->empty()) continue;
            const MetricSpec& spec = *target->spec;
            // Words such as "tuples" stand at the axis; short units belong to the number.
            const QString unit =
                spec.unit.empty() || spec.unit.size() > 3 ? QString() : QLatin1Char(' ') + coreText(spec.unit);
            const QString name = target->isAlone ? tr("Now") : coreText(spec.label);
            parts << tr("%1 %2%3", "name, value, unit").arg(name, shortNumber(points->back().value), unit);
            if (spec.better == Better::None || points->size() < 3) continue;
            double best = points->front().value;
            for (const ScalarPoint& point : *points)
                best = spec.better == Better::Lower ? std::min(best, point.value) : std::max(best, point.value);
            parts.back() += tr(" (best %1)").arg(shortNumber(best));
        }
        plot->setSubtitle(parts.join(QStringLiteral(" · ")));
    }
}

} // namespace vitrine
