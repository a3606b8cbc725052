// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/hovercard.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine {

namespace {
int shadowWidth() {
    return Theme::px(6);
}
} // namespace

HoverCard::HoverCard(QWidget* parent) : QWidget(parent), m_label(new QLabel(this)) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    auto* box = new QVBoxLayout(this);
    const int edge = Space::s() + shadowWidth();
    box->setContentsMargins(edge + Theme::px(2), edge - Theme::px(1), edge + Theme::px(2), edge - Theme::px(1));
    m_label->setTextFormat(Qt::RichText);
    m_label->setFont(Theme::font(TextSize::Caption));
    box->addWidget(m_label);
    hide();
}

void HoverCard::showAt(const QString& html, const QPoint& at) {
    m_label->setWordWrap(false);
    m_label->setText(html);
    setMaximumWidth(QWIDGETSIZE_MAX);
    QSize size = sizeHint();
    const int widest = std::max(Theme::px(120), std::min(Theme::px(420), parentWidget()->width()));
    if (size.width() > widest) {
        m_label->setWordWrap(true);
        size.setWidth(widest);
        size.setHeight(std::max(heightForWidth(widest), minimumSizeHint().height()));
    }
    resize(size);
    const QRect room = parentWidget()->rect();
    const int gap = Theme::px(12) - shadowWidth();
    QPoint place(at.x() + gap, at.y() + gap);
    if (place.x() + size.width() > room.right()) place.setX(at.x() - gap - size.width());
    if (place.y() + size.height() > room.bottom()) place.setY(at.y() - gap - size.height());
    place.setX(std::clamp(place.x(), room.left(), std::max(room.left(), room.right() - size.width())));
    place.setY(std::clamp(place.y(), room.top(), std::max(room.top(), room.bottom() - size.height())));
    move(place);
    show();
    raise();
}

QString HoverCard::text() const {
    return m_label->text();
}

QString HoverCard::pairs(const QList<QPair<QString, QString>>& rows) {
    QString html = QStringLiteral("<table cellspacing='0' cellpadding='1'>");
    for (const auto& [name, value] : rows)
        html += QStringLiteral("<tr><td>%1&nbsp;&nbsp;</td><td align='right'>%2</td></tr>").arg(name, value);
    return html + QStringLiteral("</table>");
}

void HoverCard::paintEvent(QPaintEvent*) {
    const ThemeTokens& t = Theme::tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int soft = shadowWidth();
    painter.setPen(Qt::NoPen);
    for (int ring = soft; ring > 0; --ring) { // a soft edge without an effect that would repaint the parent
        QColor shade = t.shadow;
        shade.setAlphaF(t.shadow.alphaF() * 0.22F * static_cast<float>(soft - ring + 1) / static_cast<float>(soft));
        painter.setBrush(shade);
        const double inset = soft - ring;
        painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset + 1, -inset, -inset + 1), Theme::px(10),
                                Theme::px(10));
    }
    painter.setBrush(t.raised);
    painter.setPen(QPen(t.strongLine, 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(soft + 0.5, soft + 0.5, -soft - 0.5, -soft - 0.5), Theme::px(6),
                            Theme::px(6));
}

void HoverCard::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::LanguageChange) hide();
    QWidget::changeEvent(event);
}

} // namespace vitrine
