// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/roundspanel.hpp"

#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/plot/plotview.hpp"

#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace vitrine {

RoundsPanel::RoundsPanel(QWidget* parent) : QWidget(parent), m_plot(new PlotView(this)) {
    m_plot->setObjectName(QStringLiteral("roundBars"));
    setProperty("help", QStringLiteral("tensor_logic#rounds"));
    m_plot->setMinimumHeight(Theme::px(104));
    m_plot->setEmptyText(tr("A relation that uses itself shows its rounds here."));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Space::l(), Space::s(), Space::l(), Space::xs());
    column->addWidget(m_plot);
    connect(m_plot, &PlotView::pointActivated, this,
            [this](const QString&, double x) { Q_EMIT roundChosen(static_cast<int>(std::lround(x))); });
    show(nullptr);
}

void RoundsPanel::show(const TensorView* tensor) {
    m_plot->clear();
    m_plot->setTitle(tensor && tensor->arity() == 2 ? tr("New pairs per round") : tr("New tuples per round"));
    m_plot->setSubtitle({});
    if (!tensor || tensor->rounds.isEmpty()) return;
    CurveStyle style;
    style.name = tensor->name;
    style.hue = Hue::Blue;
    style.isBars = tensor->rounds.size() <= 200;
    m_plot->setCurve(tensor->name, style);
    m_plot->setAxisTitles(tr("round"), tensor->arity() == 2 ? tr("new pairs") : tr("new tuples"));
    plot::Samples samples;
    QStringList first;
    const RoundView* largest = &tensor->rounds.front();
    for (const RoundView& round : tensor->rounds) {
        samples.x.append(round.round);
        samples.y.append(static_cast<double>(round.delta));
        if (first.size() < 6) first << groupedInteger(round.delta);
        if (round.delta > largest->delta) largest = &round;
    }
    m_plot->setSamples(tensor->name, samples);
    const auto count = static_cast<int>(tensor->rounds.size());
    const QString total = groupedInteger(tensor->rounds.back().total);
    m_plot->setSubtitle(
        count <= 6
            ? tr("%1: %2 in %n round(s).", "list of deltas, total", count).arg(first.join(QStringLiteral(", ")), total)
            : tr("%1 in %n round(s); the largest, round %2, brought %3.", nullptr, count)
                  .arg(total)
                  .arg(largest->round)
                  .arg(groupedInteger(largest->delta)));
}

void RoundsPanel::setRound(int round) {
    m_plot->setHighlightedX(round > 0 ? std::optional<double>(round) : std::nullopt);
}

} // namespace vitrine
