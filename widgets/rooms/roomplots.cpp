// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/roomplots.hpp"

#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QGridLayout>
#include <QLabel>

#include <algorithm>
#include <cmath>

namespace vitrine {

namespace {

constexpr int Whole = 0, Mean = -1; ///< instead of a seed from 1

QString curveId(const QString& run, const MetricSpec& spec, int seed) {
    const QString id = run + QLatin1Char('/') + qtext(spec.id);
    return seed == Whole ? id : seed == Mean ? id + QStringLiteral("/mean") : QStringLiteral("%1/%2").arg(id).arg(seed);
}

/// Samples whose steps count on from seed to seed, by seed from 1 and with steps from 1; steps 0: one whole.
QMap<int, plot::Samples> bySeed(const plot::Samples& samples, qint64 steps) {
    if (steps <= 0) return {{Whole, samples}};
    QMap<int, plot::Samples> seeds;
    for (qsizetype i = 0; i < samples.size(); ++i) {
        const auto at = static_cast<qint64>(std::max(1.0, samples.x[i])) - 1;
        plot::Samples& one = seeds[static_cast<int>(at / steps) + 1];
        one.x.append(static_cast<double>(at % steps + 1));
        one.y.append(samples.y[i]);
        one.timeMs.append(samples.timeMs[i]);
    }
    return seeds;
}

/// Mean over curves at the steps that all of them have, with the lowest and the highest as its interval.
plot::Samples meanOf(const QList<plot::Samples>& curves) {
    struct Sum {
        qsizetype count = 0;
        double sum = 0, low = 0, high = 0;
    };
    QMap<double, Sum> steps;
    for (const plot::Samples& curve : curves)
        for (qsizetype i = 0; i < curve.size(); ++i) {
            if (!std::isfinite(curve.y[i])) continue;
            Sum& at = steps[curve.x[i]];
            at.low = at.count ? std::min(at.low, curve.y[i]) : curve.y[i];
            at.high = at.count ? std::max(at.high, curve.y[i]) : curve.y[i];
            at.sum += curve.y[i];
            ++at.count;
        }
    plot::Samples mean;
    for (auto at = steps.cbegin(); at != steps.cend(); ++at) {
        if (at->count != curves.size()) continue;
        mean.x.append(at.key());
        mean.y.append(at->sum / static_cast<double>(at->count));
        mean.low.append(at->low);
        mean.high.append(at->high);
    }
    return mean;
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
    m_averaged.clear();
    m_drawn.clear();
    m_overlays.clear();
    m_shown.clear();
    m_run.clear();
    arrange();
}

void RoomPlots::removeCurves(const QString& run) {
    const QString begin = run + QLatin1Char('/');
    for (auto id = m_curves.begin(); id != m_curves.end();) {
        if (!id->startsWith(begin)) {
            ++id;
            continue;
        }
        for (PlotView* plot : std::as_const(m_plots)) plot->removeCurve(*id);
        m_averaged.remove(*id);
        id = m_curves.erase(id);
    }
}

void RoomPlots::clearRun() {
    removeCurves(m_run);
    m_drawn.clear();
    m_shown.clear();
    tellAnswers();
}

void RoomPlots::clearOverlays() {
    for (const QString& run : std::as_const(m_overlays)) removeCurves(run);
    m_overlays.clear();
}

CurveStyle RoomPlots::styleOf(const Target& target, const Source& source, int seed) const {
    const QString metric = coreText(target.spec->label.empty() ? target.spec->id : target.spec->label);
    CurveStyle style;
    // Several metrics of one run differ by colour; several runs of one metric keep the run's own.
    style.name = target.isAlone         ? source.title
                 : m_overlays.isEmpty() ? metric
                                        : tr("%1 · %2", "metric, run").arg(metric, source.title);
    if (target.isAlone) style.colorIndex = runColorIndex(source.run);
    const Qt::PenStyle ofRun = runPenStyle(source.run);
    style.dash = source.run == m_run ? Qt::SolidLine : ofRun == Qt::SolidLine ? Qt::DashLine : ofRun;
    // Bars begin at zero: a logarithmic axis has none.
    style.isBars = target.isAlone && target.spec->stepUnit == "round" && target.spec->axis == Scale::Linear &&
                   m_overlays.isEmpty();
    if (seed == Whole) return style;
    const bool isNamed = !m_overlays.isEmpty() || !target.isAlone;
    const QString who = seed == Mean ? tr("mean of the seeds") : tr("seed %1").arg(seed);
    style.name = isNamed ? tr("%1, %2", "run or metric, seed").arg(style.name, who) : who;
    if (seed == Mean) return style;
    constexpr Qt::PenStyle Dashes[] = {Qt::DashLine, Qt::DotLine, Qt::DashDotLine, Qt::DashDotDotLine};
    style.dash = Dashes[(seed - 1) % 4];
    style.strength = 0.85 - 0.12 * ((seed - 1) / 4 % 4);
    return style;
}

void RoomPlots::ensureCurve(const Target& target, const Source& source, int seed) {
    const QString id = curveId(source.run, *target.spec, seed);
    if (m_curves.contains(id)) return;
    m_curves.insert(id);
    target.plot->setCurve(id, styleOf(target, source, seed));
}

/// \param fresh  what is new of `points`; null: everything is drawn anew
void RoomPlots::draw(const Target& target, const Source& source, const std::vector<ScalarPoint>& points,
                     const plot::Samples* fresh) {
    const qint64 steps = m_stepsOfSeed ? m_stepsOfSeed(qtext(target.spec->id), source.config) : 0;
    if (fresh && steps <= 0) return target.plot->appendSamples(curveId(source.run, *target.spec, Whole), *fresh);
    // A seed that is new has all its points among the fresh ones.
    const QMap<int, plot::Samples> parts = bySeed(fresh ? *fresh : samplesOf(points), steps);
    for (auto part = parts.cbegin(); part != parts.cend(); ++part) {
        const QString id = curveId(source.run, *target.spec, part.key());
        ensureCurve(target, source, part.key());
        if (fresh)
            target.plot->appendSamples(id, *part);
        else
            target.plot->setSamples(id, *part);
    }
    if (steps > 0) drawMean(target, source, points, steps);
}

// Over the seeds that are through: one that goes on would pull the mean to and fro.
void RoomPlots::drawMean(const Target& target, const Source& source, const std::vector<ScalarPoint>& points,
                         qint64 steps) {
    const auto count = points.empty() ? 0 : static_cast<int>(static_cast<qint64>(points.back().step) / steps);
    const QString id = curveId(source.run, *target.spec, Mean);
    if (count == m_averaged.value(id)) return;
    m_averaged[id] = count;
    if (count < 2) {
        if (m_curves.remove(id)) target.plot->removeCurve(id);
        return;
    }
    QList<plot::Samples> through;
    const QMap<int, plot::Samples> seeds = bySeed(samplesOf(points), steps);
    for (auto seed = seeds.cbegin(); seed != seeds.cend() && seed.key() <= count; ++seed) through.append(*seed);
    ensureCurve(target, source, Mean);
    target.plot->setSamples(id, meanOf(through));
}

void RoomPlots::take(const RunBatch& batch, const Source& source) {
    m_run = source.run;
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
    if (isRewound) { // seeds that had begun past the checkpoint are gone
        removeCurves(m_run);
        m_drawn.clear();
    }
    for (auto metric = m_shown.cbegin(); metric != m_shown.cend(); ++metric) {
        const auto target = m_targets.constFind(metric.key());
        if (target == m_targets.constEnd()) continue;
        const auto news = fresh.constFind(metric.key());
        const bool isDrawn = m_drawn.contains(metric.key());
        if (isDrawn && news == fresh.constEnd()) continue;
        m_drawn.insert(metric.key());
        draw(*target, source, metric.value(), isDrawn ? &*news : nullptr);
    }
    arrange();
    tellAnswers();
}

void RoomPlots::addOverlay(const Source& source, const RunCurves& curves) {
    m_overlays.append(source.run);
    for (auto metric = curves.cbegin(); metric != curves.cend(); ++metric)
        if (const auto target = m_targets.constFind(metric.key()); target != m_targets.constEnd())
            draw(*target, source, metric.value(), nullptr);
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
