// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/hovercard.hpp"
#include "widgets/plot/figure.hpp"
#include "widgets/plot/legendstrip.hpp"
#include "widgets/plot/plotview.hpp"
#include "widgets/plot/samplestable.hpp"

#include <QLabel>
#include <QToolButton>

namespace vitrine {

struct PlotView::Impl {
    QLabel* beside = nullptr; ///< the answer in the row of the title, where there is little height
    QLabel *title = nullptr, *subtitle = nullptr, *note = nullptr;
    QToolButton* more = nullptr;
    plot::LegendStrip* legend = nullptr;
    plot::Figure* figure = nullptr;
    HoverCard* card = nullptr;
    QMenu* menu = nullptr;
    QTimer* later = nullptr;

    void schedule() { later->start(); }
    [[nodiscard]] std::vector<plot::SamplesTable::Part> parts() const;
};

/// Fills the menu of a plot; called each time before it opens, so that it shows the state of the moment.
void fillPlotMenu(PlotView& view, QMenu& menu, plot::Figure& figure);

} // namespace vitrine
