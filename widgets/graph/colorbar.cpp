// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/graph/colorbar.hpp"

#include "widgets/base/theme/theme.hpp"
#include "widgets/plot/plotdata.hpp"

#include <QPainter>

#include <algorithm>

namespace vitrine {

ColorBar::ColorBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
}

void ColorBar::setMap(ColorMap map) {
    m_map = map;
    update();
}

void ColorBar::setRange(double low, double high) {
    m_low = low;
    m_high = high;
    setAccessibleName(tr("Colours from %1 to %2").arg(plot::shortNumber(low), plot::shortNumber(high)));
    setToolTip(accessibleName());
    updateGeometry();
    update();
}

QSize ColorBar::sizeHint() const {
    const QFontMetrics metrics(Theme::font(TextSize::Caption));
    return {Theme::px(14) + std::max(metrics.horizontalAdvance(plot::shortNumber(m_low)),
                                     metrics.horizontalAdvance(plot::shortNumber(m_high))),
            Theme::px(60)};
}

void ColorBar::paintEvent(QPaintEvent*) {
    const ThemeTokens& t = Theme::tokens();
    QPainter painter(this);
    painter.setFont(Theme::font(TextSize::Caption));
    const QFontMetrics metrics(painter.font());
    const int half = metrics.height() / 2;
    const QRect strip(0, half, Theme::px(8), std::min(height() - 2 * half, Theme::px(160)));
    for (int y = 0; y < strip.height(); ++y)
        painter.fillRect(strip.left(), strip.top() + y, strip.width(), 1,
                         QColor::fromRgb(mapColor(m_map, 1 - (y + 0.5) / strip.height())));
    painter.setPen(t.hairline);
    painter.drawRect(QRectF(strip).adjusted(0.5, 0.5, -0.5, -0.5));
    painter.setPen(t.secondary);
    const auto label = [&](double value, int y) {
        painter.drawText(QRect(strip.right() + Theme::px(4), y - half, width() - strip.width(), metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, plot::shortNumber(value));
    };
    label(m_high, strip.top());
    label(m_low, strip.bottom());
    if (m_low < 0 && m_high > 0 && strip.height() > 3 * metrics.height())
        label(0, strip.top() + static_cast<int>(strip.height() * m_high / (m_high - m_low)));
}

} // namespace vitrine
