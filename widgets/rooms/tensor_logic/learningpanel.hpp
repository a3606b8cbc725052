// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/rooms/tensor_logic/logicsummary.hpp"

#include <QWidget>

#include <memory>

class QComboBox;
class QLabel;
class QStackedWidget;

namespace vitrine {

class ColorBar;
class DenseTiles;
class LogicClient;
class MatrixView;
class PanelTitle;
class PlotView;

/// Learning: the loss, and one learned tensor with its last gradient as heat maps.
class LearningPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit LearningPanel(LogicClient& client, QWidget* parent = nullptr);
    void show(const LogicSummary* summary);
    void addLoss(double step, double steps, double loss); ///< while it goes on
    void clearLoss();
    [[nodiscard]] PlotView* plot() const { return m_plot; }
    [[nodiscard]] MatrixView* values() const { return m_values; }

  private:
    void showTensor(const QString& name);
    LogicClient& m_client;
    PlotView* m_plot;
    PanelTitle* m_title;
    QComboBox* m_chooser;
    MatrixView *m_values, *m_gradients;
    ColorBar *m_valueBar, *m_gradientBar;
    DenseTiles *m_valueTiles, *m_gradientTiles;
    QStackedWidget* m_stack;
    QLabel *m_valueCaption, *m_gradientCaption;
};

} // namespace vitrine
