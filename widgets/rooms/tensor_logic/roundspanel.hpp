// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/rooms/tensor_logic/logicsummary.hpp"

#include <QWidget>

namespace vitrine {

class PlotView;

/// Bars of the new tuples of each round of one relation.
class RoundsPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit RoundsPanel(QWidget* parent = nullptr);
    void show(const TensorView* tensor); ///< null: nothing to show
    void setRound(int round);
    [[nodiscard]] PlotView* plot() const { return m_plot; }

  Q_SIGNALS:
    void roundChosen(int round);

  private:
    PlotView* m_plot;
};

} // namespace vitrine
