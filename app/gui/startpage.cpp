// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/startpage.hpp"

#include "app/gui/services.hpp"
#include "core/experiment/descriptor.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/settings.hpp"
#include "widgets/base/theme/stylepaint.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/methodslibrary.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/rooms/samples.hpp"

#include <QAbstractButton>
#include <QDateTime>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QTextDocument>
#include <QToolButton>
#include <QVBoxLayout>

namespace vitrine {

namespace {

// A large button: icon, what to do, what one will see, the verb. The whole of it can be pressed.
class Card final : public QAbstractButton {
  public:
    Card(const QString& icon, Hue hue, const QString& title, const QString& text, const QString& verb)
        : m_icon(icon), m_hue(hue), m_title(title), m_text(text), m_verb(verb) {
        setAccessibleName(title);
        setAccessibleDescription(text);
        setToolTip(text);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setMinimumSize(Theme::px(220), Theme::px(196));
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        const ThemeTokens& t = Theme::tokens();
        QPainter painter(this);
        stylepaint::roundedBox(&painter, rect(), t.panel, underMouse() ? t.strongLine : t.hairline, Theme::px(10));
        if (underMouse()) stylepaint::roundedBox(&painter, rect(), t.hover, {}, Theme::px(10));
        if (hasKeyboardFocus(this)) stylepaint::focusRing(&painter, rect(), Theme::px(10));
        const int margin = Space::l();
        const QRect inside = rect().adjusted(margin, margin, -margin, -margin);
        const QColor hue = Theme::hue(m_hue);
        const QRect badge(inside.left(), inside.top(), Theme::px(36), Theme::px(36));
        stylepaint::roundedBox(&painter, badge, mix(hue, t.panel, 0.14), {}, Theme::px(8));
        paintTintedIcon(painter, badge, hue);
        QRect line = inside;
        line.setTop(badge.bottom() + Space::m());
        painter.setFont(Theme::font(TextSize::Panel, QFont::Medium));
        painter.setPen(t.text);
        const QRect used = painter.boundingRect(line, Qt::TextWordWrap, m_title);
        painter.drawText(line, Qt::TextWordWrap, m_title);
        line.setTop(used.bottom() + Space::xs());
        line.setBottom(inside.bottom() - Theme::px(22));
        painter.setFont(Theme::font(TextSize::Body));
        painter.setPen(t.secondary);
        painter.drawText(line, Qt::TextWordWrap, m_text);
        painter.setPen(t.accent);
        painter.setFont(Theme::font(TextSize::Body, QFont::Medium));
        painter.drawText(inside, Qt::AlignBottom | Qt::AlignLeft, m_verb);
    }

  private:
    void paintTintedIcon(QPainter& painter, const QRect& badge, const QColor& hue) const {
        const int side = Theme::px(20);
        const qreal ratio = devicePixelRatioF();
        QPixmap pixmap = themeIcon(m_icon, IconTone::Text).pixmap(QSize(side, side), ratio);
        QPainter tint(&pixmap);
        tint.setCompositionMode(QPainter::CompositionMode_SourceIn);
        tint.fillRect(QRect(0, 0, side, side), hue);
        tint.end();
        painter.drawPixmap(QRect(badge.center().x() - side / 2, badge.center().y() - side / 2, side, side), pixmap);
    }

    QString m_icon;
    Hue m_hue;
    QString m_title, m_text, m_verb;
};

QToolButton* recentButton(const QString& icon, const QString& text, const QString& tip) {
    auto* button = new QToolButton;
    button->setIcon(themeIcon(icon));
    button->setText(text);
    button->setToolTip(tip);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setButtonRole(button, ButtonRole::Quiet);
    return button;
}

} // namespace

StartPage::StartPage(const Services& services, QWidget* parent)
    : QScrollArea(parent), m_banner(new ErrorBanner), m_recent(new QVBoxLayout) {
    setObjectName(QStringLiteral("startPage"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setFocusPolicy(Qt::NoFocus);
    auto* body = new QWidget;
    auto* outer = new QVBoxLayout(body);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addWidget(m_banner);
    auto* sides = new QHBoxLayout;
    sides->addStretch(1);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(Space::xl(), Theme::px(56), Space::xl(), Space::xl());
    column->setSpacing(Space::s());
    auto* title = asTitle(new QLabel(tr("What would you like to look into?")), TextSize::Room);
    column->addWidget(title);
    column->addWidget(asSecondary(new QLabel(tr("A vitrine is a glass case: everything in it can be seen at work."))));
    column->addSpacing(Space::l());
    column->addWidget(buildCards(services));
    column->addSpacing(Space::xl());
    column->addWidget(asTitle(new QLabel(tr("Recent work"))));
    m_recent->setSpacing(Theme::px(2));
    column->addLayout(m_recent);
    column->addStretch(1);
    auto* middle = new QWidget;
    middle->setLayout(column);
    middle->setMaximumWidth(Theme::px(960));
    sides->addWidget(middle, 8);
    sides->addStretch(1);
    outer->addLayout(sides, 1);
    setWidget(body);
    const auto refresh = [this, services] { refreshRecent(services); };
    connect(&services.runs, &RunHub::activeChanged, this, refresh);
    connect(&services.settings, &Settings::recentFilesChanged, this, refresh);
    refreshRecent(services);
}

QWidget* StartPage::buildCards(const Services& services) {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Space::l());
    const auto& methods = services.library.registry().all();
    const QString room = methods.empty() ? QString() : qtext(methods.front()->descriptor().id);
    const QList<Sample> samples = samplesOf(room, services.language);
    if (!samples.isEmpty()) {
        auto* card =
            new Card(QStringLiteral("play"), Hue::Blue, tr("Run: %1", "title of a sample").arg(samples.first().title),
                     samples.first().summary, tr("Open and run"));
        connect(card, &QAbstractButton::clicked, this,
                [this, room, name = samples.first().name] { Q_EMIT sampleRequested(room, name); });
        row->addWidget(card);
    }
    if (!room.isEmpty()) {
        auto* card = new Card(QStringLiteral("lesson"), Hue::Violet, tr("Take the lesson"),
                              tr("Short steps with links that act; the room itself confirms what you should see."),
                              tr("Start the lesson"));
        connect(card, &QAbstractButton::clicked, this, [this, room] { Q_EMIT lessonRequested(room); });
        row->addWidget(card);
    }
    auto* card = new Card(QStringLiteral("samples"), Hue::Teal, tr("Start from a sample, or from your own file"),
                          tr("Programs to open and change: family trees, graphs, a neuron, attention. Edge lists and "
                             "tables of your own work as well."),
                          tr("Open the gallery"));
    connect(card, &QAbstractButton::clicked, this, &StartPage::galleryRequested);
    row->addWidget(card);
    return box;
}

void StartPage::refreshRecent(const Services& services) {
    QStringList newest;
    const QStringList all = services.runs.ids();
    for (auto id = all.crbegin(); id != all.crend() && newest.size() < 6; ++id)
        if (!services.runs.find(*id)->isTrashed) newest << *id;
    const QStringList files = services.settings.recentFiles().mid(0, 6);
    QString key = files.join(QLatin1Char('\n'));
    for (const QString& id : newest) key += id + stateText(services.runs.find(id)->state);
    if (key == m_recentKey && m_recent->count() > 0) return;
    m_recentKey = key;
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    for (const QString& id : newest) {
        const RunInfo* info = services.runs.find(id);
        const QString when = QLocale().toString(QDateTime::fromMSecsSinceEpoch(info->createdMs), QLocale::ShortFormat);
        auto* button =
            recentButton(QStringLiteral("runs"),
                         tr("%1 · %2 · %3", "run, state, time").arg(info->title(), stateText(info->state), when),
                         tr("Show this run in its room"));
        connect(button, &QToolButton::clicked, this, [this, id] { Q_EMIT runRequested(id); });
        m_recent->addWidget(button);
    }
    for (const QString& path : files) {
        auto* button = recentButton(QStringLiteral("file"), QFileInfo(path).fileName(), path);
        connect(button, &QToolButton::clicked, this, [this, path] { Q_EMIT fileRequested(path); });
        m_recent->addWidget(button);
    }
    if (newest.isEmpty() && files.isEmpty())
        m_recent->addWidget(asSecondary(new QLabel(tr("Runs and files that you open will be listed here."))));
}

} // namespace vitrine
