// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/chiprow.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace vitrine {

ChipRow::ChipRow(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

int ChipRow::rowHeight() const {
    return Theme::px(30);
}
QSize ChipRow::sizeHint() const {
    return {Theme::px(420), static_cast<int>(std::min(m_rules.size(), m_most)) * rowHeight()};
}

void ChipRow::setRules(const QVector<Rule>& rules) {
    m_rules = rules;
    QStringList spoken;
    for (const Rule& rule : rules)
        spoken << tr("Line %1: %2 is the einsum %3; %4").arg(rule.line).arg(rule.join, rule.einsum, rule.tail);
    setAccessibleName(tr("The rule as join and as einsum"));
    setAccessibleDescription(spoken.join(QLatin1Char(' ')));
    setToolTip(spoken.join(QLatin1Char('\n')));
    updateGeometry();
    update();
}

void ChipRow::setMostRules(int most) {
    if (std::exchange(m_most, most) == most) return;
    updateGeometry();
    update();
}

void ChipRow::paintEvent(QPaintEvent*) {
    const ThemeTokens& t = Theme::tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(Theme::mono(TextSize::Caption));
    const QFontMetrics metrics(painter.font());
    for (qsizetype i = 0; i < std::min(m_rules.size(), m_most); ++i) {
        int x = 0;
        const int y = static_cast<int>(i) * rowHeight();
        const auto chip = [&](const QString& text) {
            const QString shown = metrics.elidedText(text, Qt::ElideRight, std::max(40, width() / 2 - Theme::px(40)));
            const QRect box(x, y + Theme::px(3), metrics.horizontalAdvance(shown) + Theme::px(16),
                            rowHeight() - Theme::px(6));
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.sunken);
            painter.drawRoundedRect(box, Theme::px(6), Theme::px(6));
            painter.setPen(t.text);
            painter.drawText(box, Qt::AlignCenter, shown);
            x = box.right() + Theme::px(8);
        };
        chip(m_rules[i].join);
        painter.setPen(t.secondary);
        painter.drawText(QRect(x, y, Theme::px(12), rowHeight()), Qt::AlignCenter, QStringLiteral("="));
        x += Theme::px(18);
        chip(QStringLiteral("einsum(\"%1\")").arg(m_rules[i].einsum));
        painter.setPen(t.secondary);
        const QRect rest(x + Theme::px(2), y, std::max(0, width() - x), rowHeight());
        painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(m_rules[i].tail, Qt::ElideRight, rest.width()));
    }
}

void ChipRow::mouseReleaseEvent(QMouseEvent* event) {
    const qsizetype row = event->pos().y() / rowHeight();
    if (row >= 0 && row < std::min(m_rules.size(), m_most)) Q_EMIT lineChosen(m_rules[row].line);
}

} // namespace vitrine
