// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/panelparts.hpp"

#include "widgets/base/theme/stylepaint.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

namespace vitrine {

PanelTitle::PanelTitle(const QString& question, QWidget* parent)
    : QWidget(parent), m_question(asTitle(new QLabel(question))), m_answer(asSecondary(new QLabel)),
      m_row(new QHBoxLayout(this)) {
    auto* words = new QVBoxLayout;
    words->setSpacing(Theme::px(2));
    words->addWidget(m_question);
    words->addWidget(m_answer);
    m_question->setWordWrap(true);
    m_answer->setWordWrap(true);
    m_answer->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_answer->hide();
    m_row->setContentsMargins(Space::l(), Space::s(), Space::l(), Space::s());
    m_row->setSpacing(Space::s());
    m_row->addLayout(words, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void PanelTitle::setQuestion(const QString& question) {
    m_question->setText(question);
}

void PanelTitle::setAnswer(const QString& answer) {
    m_answer->setText(answer);
    m_answer->setVisible(!answer.isEmpty());
}

void PanelTitle::addAction(QWidget* button) {
    m_row->addWidget(button, 0, Qt::AlignTop);
}
QString PanelTitle::answer() const {
    return m_answer->text();
}

void panelColumn(QWidget* panel, PanelTitle* title, QWidget* body) {
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(title);
    auto* around = new QVBoxLayout;
    around->setContentsMargins(Space::s(), 0, Space::s(), Space::s());
    around->addWidget(body);
    column->addLayout(around, 1);
}

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent) : QLabel(text, parent) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QSize ElidedLabel::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 6, QLabel::minimumSizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width());
    painter.setPen(palette().color(isEnabled() ? QPalette::Active : QPalette::Disabled, foregroundRole()));
    painter.drawText(contentsRect(), static_cast<int>(alignment() | Qt::TextSingleLine), shown);
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
    const bool isCut = fontMetrics().horizontalAdvance(text()) > contentsRect().width();
    setToolTip(isCut ? text() : QString());
    QLabel::resizeEvent(event);
}

LinkButton::LinkButton(const QString& text, const QString& url, QWidget* parent) : QAbstractButton(parent) {
    setText(text);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(this, &QAbstractButton::clicked, this, [url] { QDesktopServices::openUrl(QUrl(url)); });
}

QSize LinkButton::sizeHint() const {
    return {fontMetrics().horizontalAdvance(text()) + 2, fontMetrics().height()};
}
QSize LinkButton::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 4, fontMetrics().height()};
}

void LinkButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QFont shown = font();
    shown.setUnderline(underMouse());
    painter.setFont(shown);
    painter.setPen(underMouse() ? Theme::tokens().accent : Theme::tokens().secondary);
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(text(), Qt::ElideMiddle, width()));
    if (hasKeyboardFocus(this)) stylepaint::focusRing(&painter, rect(), Theme::px(3));
}

bool hasKeyboardFocus(const QWidget* widget) {
    return widget->hasFocus() && widget->window()->testAttribute(Qt::WA_KeyboardFocusChange);
}

QString stateText(RunState state) {
    switch (state) {
    case RunState::Draft:
        return StatePill::tr("Ready");
    case RunState::Queued:
        return StatePill::tr("Queued");
    case RunState::Starting:
        return StatePill::tr("Starting");
    case RunState::Running:
        return StatePill::tr("Running");
    case RunState::Paused:
        return StatePill::tr("Paused");
    case RunState::Stopping:
        return StatePill::tr("Stopping…");
    case RunState::Completed:
        return StatePill::tr("Done");
    case RunState::Cancelled:
        return StatePill::tr("Stopped");
    case RunState::Failed:
        return StatePill::tr("Failed");
    case RunState::Interrupted:
        return StatePill::tr("Interrupted");
    }
    return {};
}

StatePill::StatePill(QWidget* parent) : QLabel(parent) {
    setFont(Theme::font(TextSize::Caption));
    setContentsMargins(Theme::px(10), Theme::px(3), Theme::px(10), Theme::px(3));
    setAlignment(Qt::AlignCenter);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    setState(RunState::Draft);
}

void StatePill::setState(RunState state, const QString& detail) {
    m_state = state;
    setText(detail.isEmpty() ? stateText(state) : tr("%1, %2", "state, detail").arg(stateText(state), detail));
    setAccessibleName(tr("State of the run: %1").arg(text()));
    update();
}

void StatePill::paintEvent(QPaintEvent*) {
    const ThemeTokens& t = Theme::tokens();
    QColor ink = t.secondary;
    if (isActive(m_state)) ink = t.accent;
    if (m_state == RunState::Completed) ink = t.good;
    if (m_state == RunState::Failed) ink = t.bad;
    if (m_state == RunState::Interrupted) ink = t.warning;
    QPainter painter(this);
    stylepaint::roundedBox(&painter, rect(), mix(ink, t.panel, 0.1), {}, height() / 2.0);
    painter.setPen(ink);
    painter.setFont(font());
    painter.drawText(contentsRect(), Qt::AlignCenter, text());
}

FoldGroup::FoldGroup(const QString& title, QWidget* body, bool isOpen, QWidget* parent)
    : QWidget(parent), m_heading(new QToolButton), m_body(body) {
    setButtonRole(m_heading, ButtonRole::Quiet);
    m_heading->setCheckable(true);
    m_heading->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_heading->setFont(Theme::font(TextSize::Caption));
    setTitle(title);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Space::xs());
    column->addWidget(m_heading, 0, Qt::AlignLeft);
    column->addWidget(m_body);
    connect(m_heading, &QToolButton::toggled, this, &FoldGroup::setOpen);
    setOpen(isOpen);
}

void FoldGroup::setTitle(const QString& title) {
    m_heading->setText(title);
    m_heading->setAccessibleName(title);
}

void FoldGroup::setOpen(bool isOpen) {
    const bool isNews = m_body->isHidden() == isOpen;
    m_body->setVisible(isOpen);
    m_heading->setChecked(isOpen);
    m_heading->setIcon(
        themeIcon(isOpen ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"), IconTone::Text));
    m_heading->setToolTip(isOpen ? tr("Fold this group") : tr("Show this group"));
    if (isNews) Q_EMIT toggled(isOpen);
}

bool FoldGroup::isOpen() const {
    return !m_body->isHidden();
}

Hairline::Hairline(Qt::Orientation orientation, QWidget* parent) : QWidget(parent) {
    if (orientation == Qt::Horizontal)
        setFixedHeight(1);
    else
        setFixedWidth(1);
}

void Hairline::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), Theme::tokens().hairline);
}

QWidget* asPanel(QWidget* widget) {
    widget->setBackgroundRole(QPalette::Base);
    widget->setAutoFillBackground(true);
    return widget;
}

} // namespace vitrine
