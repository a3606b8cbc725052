// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plotview.hpp"

#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/plot/plotview_p.hpp"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QTextDocumentFragment>
#include <QTimer>

#include <cmath>

namespace vitrine {

using plot::Curve;
using plot::Figure;

namespace {
constexpr int MostNamed = 12; ///< curves that a card or a description lists one by one

/// Six significant digits: enough to tell neighbours apart; the table and the files hold all of them.
QString digits(double value) {
    return plot::longNumber(QString::number(value, 'g', 6).toDouble());
}

QString cardHtml(const Figure& figure, double x) {
    QList<QPair<QString, QString>> rows;
    rows.append({QStringLiteral("<b>%1</b>").arg(figure.xText(x).toHtmlEscaped()), QString()});
    int more = 0;
    for (const auto& curve : figure.curves) {
        const qsizetype at = curve->isShown ? Figure::nearest(curve->x, x) : -1;
        if (at < 0) continue;
        if (rows.size() > MostNamed) {
            ++more;
            continue;
        }
        const QString swatch =
            QStringLiteral("<span style='color:%1'>&#9632;</span> ").arg(figure.colorOf(*curve).name());
        QString value = digits(curve->y[at]);
        const qsizetype offset = curve->samples.size() - curve->x.size();
        const qsizetype raw = at + offset;
        if (figure.smoothing > 0 && raw < curve->samples.size())
            value += PlotView::tr(" (raw %1)").arg(digits(curve->samples.y[raw]));
        if (raw < curve->samples.low.size() && std::isfinite(curve->samples.low[raw]))
            value += QStringLiteral(" [%1, %2]").arg(digits(curve->samples.low[raw]), digits(curve->samples.high[raw]));
        const QString name = curve->style.name.isEmpty() ? figure.yTitle : curve->style.name;
        rows.append({swatch + name.toHtmlEscaped(), value});
    }
    if (more > 0) rows.append({PlotView::tr("and %n more", nullptr, more), QString()});
    return HoverCard::pairs(rows);
}

QString describe(const Figure& figure) {
    QStringList parts;
    parts << PlotView::tr("Horizontal axis: %1.").arg(figure.xTitle)
          << PlotView::tr("Vertical axis: %1.").arg(figure.yTitle)
          << PlotView::tr("%n curve(s).", nullptr, static_cast<int>(figure.curves.size()));
    for (const auto& curve : figure.curves) {
        if (parts.size() >= 3 + MostNamed) break;
        if (curve->samples.size() == 0) continue;
        const qsizetype last = curve->samples.size() - 1;
        parts << PlotView::tr("%1: last value %2 at %3.", "curve, value, x")
                     .arg(curve->style.name, plot::longNumber(curve->samples.y[last]),
                          plot::longNumber(curve->samples.x[last]));
    }
    return parts.join(QLatin1Char(' '));
}
} // namespace

std::vector<plot::SamplesTable::Part> PlotView::Impl::parts() const {
    std::vector<plot::SamplesTable::Part> parts;
    for (const auto& curve : figure->curves)
        parts.push_back({curve->style.name.isEmpty() ? curve->id : curve->style.name, curve->samples});
    return parts;
}

PlotView::PlotView(QWidget* parent) : QWidget(parent), m_impl(std::make_unique<Impl>()) {
    Impl& d = *m_impl;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::px(2));
    auto* head = new QHBoxLayout;
    d.title = asTitle(new ElidedLabel({}, this));
    d.title->setObjectName(QStringLiteral("plotTitle"));
    d.more = new QToolButton(this);
    d.more->setObjectName(QStringLiteral("plotMenu"));
    d.more->setIcon(themeIcon(QStringLiteral("more")));
    setButtonRole(d.more, ButtonRole::Quiet);
    d.beside = asSecondary(new ElidedLabel({}, this));
    head->addWidget(d.title);
    head->addSpacing(Space::s());
    head->addWidget(d.beside, 1);
    head->addWidget(d.more, 0, Qt::AlignTop);
    column->addLayout(head);
    d.subtitle = asSecondary(new QLabel(this));
    d.subtitle->setWordWrap(true);
    d.note = asSecondary(new QLabel(this), TextSize::Caption);
    d.legend = new plot::LegendStrip(this);
    d.figure = new Figure(this);
    d.figure->setObjectName(QStringLiteral("plotFigure"));
    d.figure->setMinimumSize(Theme::px(120), Theme::px(56));
    column->addWidget(d.subtitle);
    column->addWidget(d.legend);
    column->addWidget(d.figure, 1);
    column->addWidget(d.note);
    for (QWidget* widget : {static_cast<QWidget*>(d.title), static_cast<QWidget*>(d.subtitle),
                            static_cast<QWidget*>(d.note), static_cast<QWidget*>(d.legend)})
        widget->hide();
    setFocusProxy(d.figure);
    d.card = new HoverCard(d.figure);
    d.menu = new QMenu(this);
    connect(d.more, &QToolButton::clicked, this,
            [this] { m_impl->menu->popup(m_impl->more->mapToGlobal(QPoint(0, m_impl->more->height()))); });
    connect(d.menu, &QMenu::aboutToShow, this, [this] { fillPlotMenu(*this, *m_impl->menu, *m_impl->figure); });
    d.later = new QTimer(this);
    d.later->setSingleShot(true);
    d.later->setInterval(0);
    connect(d.later, &QTimer::timeout, this, [this] {
        if (!isVisible()) return; // caught up in showEvent
        Impl& impl = *m_impl;
        impl.figure->apply();
        std::vector<plot::LegendStrip::Entry> entries;
        std::size_t hidden = 0;
        for (const auto& curve : impl.figure->curves) {
            hidden += curve->isShown ? 0 : 1;
            entries.push_back(
                {curve->id, curve->style.name, impl.figure->colorOf(*curve), curve->style.dash, curve->isShown});
        }
        const bool needed = entries.size() > 4 || (hidden > 0 && entries.size() > 1);
        impl.legend->setVisible(needed);
        if (needed) impl.legend->setEntries(entries);
        impl.note->setText(note());
        impl.note->setVisible(!note().isEmpty());
        impl.figure->setAccessibleDescription(describe(*impl.figure));
        if (impl.figure->cursor()) impl.figure->setCursor(*impl.figure->cursor());
    });
    connect(d.legend, &plot::LegendStrip::toggled, this, &PlotView::setCurveShown);
    connect(d.legend, &plot::LegendStrip::soloed, this, &PlotView::solo);
    connect(d.figure, &Figure::rangeEdited, this, &PlotView::viewChanged);
    connect(d.figure, &Figure::activated, this, &PlotView::pointActivated);
    connect(d.figure, &Figure::cursorMoved, this, [this] {
        Impl& impl = *m_impl;
        if (!impl.figure->cursor()) return impl.card->hide();
        const double x = impl.figure->xAxis->coordToPixel(*impl.figure->cursor());
        impl.card->showAt(cardHtml(*impl.figure, *impl.figure->cursor()),
                          QPoint(static_cast<int>(x), impl.figure->axisRect()->top() + Theme::px(8)));
    });
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    changeEvent(nullptr);
}

PlotView::~PlotView() = default;

void PlotView::setTitle(const QString& sentence) {
    m_impl->title->setText(sentence);
    m_impl->title->setVisible(!sentence.isEmpty());
    m_impl->figure->setAccessibleName(sentence);
    setAccessibleName(sentence);
}
void PlotView::setSubtitle(const QString& line) {
    m_impl->subtitle->setText(line);
    placeSubtitle();
}

void PlotView::placeSubtitle() {
    const bool isLow = height() < Theme::px(190);
    m_impl->subtitle->setVisible(!isLow && !m_impl->subtitle->text().isEmpty());
    m_impl->beside->setText(isLow ? m_impl->subtitle->text() : QString());
}
void PlotView::setAxisTitles(const QString& x, const QString& y) {
    m_impl->figure->xTitle = x;
    m_impl->figure->yTitle = y;
    m_impl->schedule();
}
void PlotView::setEmptyText(const QString& text) {
    m_impl->figure->emptyText = text;
    m_impl->schedule();
}

void PlotView::setCurve(const QString& id, const CurveStyle& style) {
    Curve* curve = m_impl->figure->find(id);
    if (!curve) curve = &m_impl->figure->add(id);
    curve->style = style;
    curve->isDirty = true;
    m_impl->schedule();
}
void PlotView::setSamples(const QString& id, plot::Samples samples) {
    Curve* curve = m_impl->figure->find(id);
    if (!curve) curve = &m_impl->figure->add(id);
    curve->samples = std::move(samples);
    curve->isDirty = true;
    m_impl->schedule();
}
void PlotView::appendSamples(const QString& id, const plot::Samples& samples) {
    Curve* curve = m_impl->figure->find(id);
    if (!curve) curve = &m_impl->figure->add(id);
    curve->samples.append(samples);
    curve->isDirty = true;
    m_impl->schedule();
}
void PlotView::removeCurve(const QString& id) {
    m_impl->figure->remove(id);
    m_impl->schedule();
}
void PlotView::clear() {
    const QStringList all = curves();
    for (const QString& id : all) m_impl->figure->remove(id);
    m_impl->figure->isZoomed = false;
    m_impl->schedule();
}
QStringList PlotView::curves() const {
    QStringList ids;
    for (const auto& curve : m_impl->figure->curves) ids << curve->id;
    return ids;
}
const plot::Samples* PlotView::samples(const QString& id) const {
    const Curve* curve = m_impl->figure->find(id);
    return curve ? &curve->samples : nullptr;
}

void PlotView::setXScale(AxisScale scale) {
    m_impl->figure->xScale = scale;
    m_impl->figure->isZoomed = false;
    m_impl->figure->markAllDirty();
    m_impl->schedule();
    Q_EMIT viewChanged();
}
void PlotView::setYScale(AxisScale scale) {
    m_impl->figure->yScale = scale;
    m_impl->figure->isZoomed = false;
    m_impl->figure->markAllDirty();
    m_impl->schedule();
    Q_EMIT viewChanged();
}
void PlotView::setXMode(plot::XMode mode) {
    m_impl->figure->xMode = mode;
    m_impl->figure->isZoomed = false;
    m_impl->figure->markAllDirty();
    m_impl->schedule();
    Q_EMIT viewChanged();
}
void PlotView::setSmoothing(double weight) {
    m_impl->figure->smoothing = std::clamp(weight, 0.0, 0.999);
    m_impl->figure->markAllDirty();
    m_impl->schedule();
    Q_EMIT viewChanged();
}
void PlotView::setPinnedY(std::optional<std::pair<double, double>> range) {
    if (range && !(range->first < range->second)) return;
    m_impl->figure->pinnedY = range;
    m_impl->schedule();
    Q_EMIT viewChanged();
}
void PlotView::setCurveShown(const QString& id, bool isShown) {
    Curve* curve = m_impl->figure->find(id);
    if (!curve || curve->isShown == isShown) return;
    curve->isShown = isShown;
    curve->isDirty = true;
    m_impl->schedule();
    Q_EMIT viewChanged();
}
void PlotView::solo(const QString& id) {
    bool isAlone = isCurveShown(id);
    for (const auto& curve : m_impl->figure->curves) isAlone = isAlone && (curve->id == id || !curve->isShown);
    for (const auto& curve : m_impl->figure->curves) curve->isShown = isAlone || curve->id == id;
    m_impl->figure->markAllDirty();
    m_impl->schedule();
    Q_EMIT viewChanged();
}
void PlotView::setHighlightedX(std::optional<double> x) {
    m_impl->figure->highlightedX = x;
    m_impl->figure->markAllDirty();
    m_impl->schedule();
}
void PlotView::resetView() {
    m_impl->figure->isZoomed = false;
    m_impl->figure->pinnedY.reset();
    m_impl->schedule();
    Q_EMIT viewChanged();
}
bool PlotView::isCurveShown(const QString& id) const {
    const Curve* curve = m_impl->figure->find(id);
    return curve && curve->isShown;
}
AxisScale PlotView::yScale() const {
    return m_impl->figure->yScale;
}
double PlotView::smoothing() const {
    return m_impl->figure->smoothing;
}
std::pair<double, double> PlotView::xRange() const {
    return {m_impl->figure->xAxis->range().lower, m_impl->figure->xAxis->range().upper};
}
std::pair<double, double> PlotView::yRange() const {
    return {m_impl->figure->yAxis->range().lower, m_impl->figure->yAxis->range().upper};
}

QString PlotView::note() const {
    const auto count = static_cast<int>(m_impl->figure->hiddenByLog());
    return count == 0 ? QString()
                      : tr("%n value(s) at or below zero cannot stand on a logarithmic axis and are left out.", nullptr,
                           count);
}

QMenu* PlotView::menu() {
    fillPlotMenu(*this, *m_impl->menu, *m_impl->figure);
    return m_impl->menu;
}
double PlotView::widestBusyPen() const {
    return m_impl->figure->widestBusyPen();
}
void PlotView::setCursor(double x) {
    m_impl->figure->setCursor(x);
}
QString PlotView::cursorText() const {
    return m_impl->figure->cursor() ? QTextDocumentFragment::fromHtml(m_impl->card->text()).toPlainText() : QString();
}
QSize PlotView::sizeHint() const {
    return {Theme::px(360), Theme::px(240)};
}
QSize PlotView::minimumSizeHint() const {
    return {Theme::px(180), Theme::px(100)};
}

void PlotView::changeEvent(QEvent* event) {
    if (!event || event->type() == QEvent::LanguageChange) {
        m_impl->more->setToolTip(tr("What this plot offers: scales, smoothing, export"));
        m_impl->more->setAccessibleName(tr("Plot menu"));
        m_impl->figure->setToolTip(QString());
        m_impl->schedule();
    }
    if (event && event->type() == QEvent::PaletteChange) {
        m_impl->figure->recolour();
        m_impl->schedule();
    }
    if (event) QWidget::changeEvent(event);
}
void PlotView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeSubtitle();
}
void PlotView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_impl->schedule();
}
void PlotView::contextMenuEvent(QContextMenuEvent* event) {
    menu()->popup(event->globalPos());
}

} // namespace vitrine
