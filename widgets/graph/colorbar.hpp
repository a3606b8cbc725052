// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/graph/colormap.hpp"

#include <QWidget>

namespace vitrine {

/// What the colours of a matrix beside it stand for: a strip with its ends, and zero where the colours are signed.
class ColorBar final : public QWidget {
    Q_OBJECT
  public:
    explicit ColorBar(QWidget* parent = nullptr);
    void setMap(ColorMap map);
    void setRange(double low, double high);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    ColorMap m_map = ColorMap::Diverging;
    double m_low = -1, m_high = 1;
};

} // namespace vitrine
