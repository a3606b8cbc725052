// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/errorbanner.hpp"

#include "widgets/base/theme/stylepaint.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>

namespace vitrine {

namespace {

QColor inkOf(Severity severity) {
    const ThemeTokens& t = Theme::tokens();
    return severity == Severity::Error ? t.bad : severity == Severity::Warning ? t.warning : t.accent;
}

QString severityWord(Severity severity) {
    if (severity == Severity::Error) return ErrorBanner::tr("Error");
    return severity == Severity::Warning ? ErrorBanner::tr("Warning") : ErrorBanner::tr("Note");
}

QToolButton* quietButton(const QString& icon, const QString& text, const QString& tip) {
    auto* button = new QToolButton;
    setButtonRole(button, ButtonRole::Quiet);
    button->setIcon(themeIcon(icon));
    button->setText(text);
    button->setToolButtonStyle(text.isEmpty() ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    button->setToolTip(tip);
    button->setAccessibleName(text.isEmpty() ? tip : text);
    return button;
}

} // namespace

BannerMessage bannerOf(const Error& error, QList<BannerAction> actions) {
    return {qtext(error.code), error.severity, happened(error), whatToDo(error), causeChain(error), std::move(actions)};
}

ErrorBanner::ErrorBanner(QWidget* parent)
    : QFrame(parent), m_icon(new QLabel), m_happened(new QLabel), m_todo(asSecondary(new QLabel)),
      m_more(asSecondary(new QLabel, TextSize::Caption)), m_actions(new QHBoxLayout),
      m_detailsButton(quietButton(QStringLiteral("chevron-right"), tr("Details"), tr("Show the code and the causes"))),
      m_details(new QPlainTextEdit) {
    auto* copy = quietButton(QStringLiteral("copy"), tr("Copy"), tr("Copy a report of this problem"));
    auto* close = quietButton(QStringLiteral("cross"), {}, tr("Dismiss this message"));
    auto* words = new QVBoxLayout;
    words->setSpacing(Theme::px(2));
    words->addWidget(m_happened);
    words->addWidget(m_todo);
    for (QLabel* label : {m_happened, m_todo}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_actions->setSpacing(Space::s());
    auto* row = new QHBoxLayout;
    row->setSpacing(Space::s());
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    row->addWidget(m_more);
    row->addLayout(m_actions);
    row->addWidget(m_detailsButton);
    row->addWidget(copy);
    row->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Space::l(), Space::s(), Space::s(), Space::s());
    column->addLayout(row);
    column->addWidget(m_details);
    m_details->setReadOnly(true);
    m_details->setFont(Theme::mono(TextSize::Caption));
    m_details->setMaximumHeight(Theme::px(120));
    m_details->setAccessibleName(tr("Details of the problem"));
    m_details->hide();
    m_detailsButton->setCheckable(true);
    connect(m_detailsButton, &QToolButton::toggled, this, [this](bool isOpen) {
        m_details->setVisible(isOpen);
        m_detailsButton->setIcon(themeIcon(isOpen ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
    });
    connect(copy, &QToolButton::clicked, this, &ErrorBanner::copyReport);
    connect(close, &QToolButton::clicked, this, &ErrorBanner::dismiss);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    setVisible(false);
}

void ErrorBanner::show(BannerMessage message) {
    if (message.key.isEmpty()) message.key = message.happened;
    const auto same = [&](const BannerMessage& other) { return other.key == message.key; };
    m_messages.removeIf(same);
    m_messages.append(std::move(message));
    refresh();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
    Q_EMIT shown(text());
}

void ErrorBanner::resolve(const QString& key) {
    m_messages.removeIf([&](const BannerMessage& message) { return message.key == key; });
    refresh();
}

void ErrorBanner::dismiss() {
    if (!m_messages.isEmpty()) m_messages.removeLast();
    refresh();
}

QString ErrorBanner::text() const {
    return m_messages.isEmpty() ? QString() : m_messages.last().happened;
}

void ErrorBanner::refresh() {
    while (QLayoutItem* item = m_actions->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    const bool wasShown = !isHidden();
    setVisible(!m_messages.isEmpty());
    if (m_messages.isEmpty()) {
        if (wasShown) Q_EMIT emptied();
        return;
    }
    const BannerMessage& top = m_messages.last();
    const bool isError = top.severity == Severity::Error;
    const QString icon = isError                             ? QStringLiteral("error")
                         : top.severity == Severity::Warning ? QStringLiteral("warning")
                                                             : QStringLiteral("info");
    const IconTone tone = isError                             ? IconTone::Bad
                          : top.severity == Severity::Warning ? IconTone::Warning
                                                              : IconTone::Accent;
    m_icon->setPixmap(themeIcon(icon, tone).pixmap(Theme::px(16)));
    m_happened->setText(top.happened);
    m_todo->setText(top.todo);
    m_todo->setVisible(!top.todo.isEmpty());
    m_more->setText(tr("and %n more", "banner", static_cast<int>(m_messages.size()) - 1));
    m_more->setVisible(m_messages.size() > 1);
    m_details->setPlainText(top.details);
    m_detailsButton->setVisible(!top.details.isEmpty());
    if (top.details.isEmpty()) m_detailsButton->setChecked(false);
    for (const BannerAction& action : top.actions) {
        auto* button = new QPushButton(action.text);
        setButtonRole(button, ButtonRole::Plain);
        m_actions->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, act = action.act, key = top.key] {
            resolve(key);
            if (act) act();
        });
    }
    setAccessibleName(tr("%1: %2", "severity, text").arg(severityWord(top.severity), top.happened));
    setAccessibleDescription(top.todo);
    update();
}

void ErrorBanner::copyReport() const {
    if (m_messages.isEmpty()) return;
    const BannerMessage& top = m_messages.last();
    QStringList lines{top.happened, top.todo, top.details};
    if (m_footer) lines << m_footer();
    lines.removeAll(QString());
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void ErrorBanner::paintEvent(QPaintEvent*) {
    if (m_messages.isEmpty()) return;
    const ThemeTokens& t = Theme::tokens();
    const QColor ink = inkOf(m_messages.last().severity);
    QPainter painter(this);
    painter.fillRect(rect(), mix(ink, t.panel, t.dark ? 0.16 : 0.07));
    painter.fillRect(QRect(0, 0, Theme::px(3), height()), ink);
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.hairline);
}

} // namespace vitrine
