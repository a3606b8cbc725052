// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/legendstrip.hpp"

#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QAbstractButton>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>

#include <algorithm>

namespace vitrine::plot {

class LegendStrip::Switch final : public QAbstractButton {
  public:
    Switch(LegendStrip* strip) : QAbstractButton(strip) {
        setCheckable(true);
        setFont(Theme::font(TextSize::Caption));
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::StrongFocus);
    }
    Entry entry;

    QSize sizeHint() const override {
        return {fontMetrics().horizontalAdvance(entry.name) + Theme::px(34), Theme::px(22)};
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        const ThemeTokens& t = Theme::tokens();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (underMouse() || hasFocus()) {
            painter.setPen(hasFocus() ? QPen(t.accent, 2) : QPen(Qt::NoPen));
            painter.setBrush(t.hover);
            painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), Theme::px(6), Theme::px(6));
        }
        const double middle = height() / 2.0;
        painter.setPen(QPen(isChecked() ? entry.color : t.strongLine, 2, entry.dash));
        painter.drawLine(QPointF(Theme::px(8), middle), QPointF(Theme::px(22), middle));
        QFont font = this->font();
        font.setStrikeOut(!isChecked());
        painter.setFont(font);
        painter.setPen(isChecked() ? t.text : t.secondary);
        painter.drawText(rect().adjusted(Theme::px(27), 0, 0, 0), Qt::AlignVCenter, entry.name);
    }
    void keyPressEvent(QKeyEvent* event) override {
        const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
        if (isEnter && event->modifiers() & Qt::ShiftModifier)
            Q_EMIT static_cast<LegendStrip*>(parent())->soloed(entry.id);
        else if (isEnter)
            click();
        else
            QAbstractButton::keyPressEvent(event);
    }
};

LegendStrip::LegendStrip(QWidget* parent) : QWidget(parent), m_rest(asSecondary(new QLabel(this), TextSize::Caption)) {
    m_rest->hide();
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void LegendStrip::setEntries(const std::vector<Entry>& all) {
    const std::vector<Entry> entries(all.begin(),
                                     all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), MostNamed)));
    m_rest->setText(tr("and %n more", nullptr, static_cast<int>(all.size() - entries.size())));
    m_rest->setVisible(all.size() > entries.size());
    while (m_switches.size() > entries.size()) {
        m_switches.back()->deleteLater();
        m_switches.back()->hide();
        m_switches.pop_back();
    }
    while (m_switches.size() < entries.size()) {
        auto* button = new Switch(this);
        connect(button, &QAbstractButton::clicked, this, [this, button](bool isShown) {
            if (QGuiApplication::keyboardModifiers() & Qt::ControlModifier)
                Q_EMIT soloed(button->entry.id);
            else
                Q_EMIT toggled(button->entry.id, isShown);
        });
        m_switches.push_back(button);
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        Switch* button = m_switches[i];
        button->entry = entries[i];
        button->setChecked(entries[i].isShown);
        button->setAccessibleName(entries[i].name);
        button->setToolTip(tr("%1: click to show or hide, Ctrl+click to show it alone").arg(entries[i].name));
        button->show();
        button->update();
    }
    arrange(width(), true);
    updateGeometry();
}

int LegendStrip::arrange(int width, bool apply) const {
    int x = 0, y = 0, row = 0;
    for (Switch* button : m_switches) {
        const QSize size = button->sizeHint();
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += row;
        }
        if (apply) button->setGeometry(QRect(QPoint(x, y), size));
        x += size.width() + Theme::px(2);
        row = size.height();
    }
    if (m_rest->isHidden()) return y + row;
    if (x + m_rest->sizeHint().width() > width) {
        x = 0;
        y += row;
    }
    if (apply) m_rest->setGeometry(QRect(QPoint(x + Theme::px(4), y), QSize(m_rest->sizeHint().width(), row)));
    return y + row;
}

int LegendStrip::heightForWidth(int width) const {
    return arrange(width, false);
}
QSize LegendStrip::sizeHint() const {
    return {Theme::px(200), arrange(std::max(width(), Theme::px(200)), false)};
}

void LegendStrip::resizeEvent(QResizeEvent* event) {
    arrange(width(), true);
    QWidget::resizeEvent(event);
}

} // namespace vitrine::plot
