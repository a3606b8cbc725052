// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/rail.hpp"

#include "app/gui/services.hpp"
#include "core/experiment/descriptor.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/settings.hpp"
#include "widgets/base/theme/stylepaint.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/methodslibrary.hpp"
#include "widgets/bridge/runhub.hpp"

#include <QButtonGroup>
#include <QFile>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QTextLayout>
#include <QVBoxLayout>

namespace vitrine {

namespace {

constexpr int RunsShown = 6;

// A run's colour, with a ring while it is going.
class RunDot final : public QAbstractButton {
  public:
    explicit RunDot(const RunInfo& info) : m_id(info.id), m_state(info.state) {
        setFixedSize(Theme::px(40), Theme::px(24));
        setFocusPolicy(Qt::StrongFocus);
        setCursor(Qt::PointingHandCursor);
        const QString name = Rail::tr("Run %1: %2", "title, state").arg(info.title(), stateText(info.state));
        setToolTip(name);
        setAccessibleName(name);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        const ThemeTokens& t = Theme::tokens();
        QPainter painter(this);
        if (underMouse() || hasFocus())
            stylepaint::roundedBox(&painter, rect(), t.hover, hasKeyboardFocus(this) ? t.accent : QColor(),
                                   Theme::px(6));
        painter.setRenderHint(QPainter::Antialiasing);
        const double r = Theme::px(5);
        const QPointF c = QRectF(rect()).center();
        if (isActive(m_state)) {
            painter.setPen(QPen(Theme::run(m_id), 1.5));
            painter.drawEllipse(c, r + 3, r + 3);
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(Theme::run(m_id));
        if (m_state == RunState::Failed)
            painter.drawRect(QRectF(c.x() - r, c.y() - r, 2 * r, 2 * r));
        else
            painter.drawEllipse(c, r, r);
    }

  private:
    QString m_id;
    RunState m_state;
};

QString groupName(RoomGroup group) {
    switch (group) {
    case RoomGroup::Reason:
        return Rail::tr("Reason", "group of rooms");
    case RoomGroup::See:
        return Rail::tr("See", "group of rooms");
    case RoomGroup::Learn:
        return Rail::tr("Learn", "group of rooms");
    case RoomGroup::Know:
        return Rail::tr("Know", "group of rooms");
    }
    return {};
}

} // namespace

RailButton::RailButton(const QString& icon, const QString& name, const QString& tip, QWidget* parent)
    : QAbstractButton(parent),
      m_icon(QFile::exists(QStringLiteral(":/vitrine/icons/%1.svg").arg(icon)) ? icon : QStringLiteral("room")) {
    setText(name);
    setAccessibleName(name);
    setToolTip(tip);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setFont(Theme::font(TextSize::Caption));
}

void RailButton::setNameShown(bool isShown) {
    m_isNameShown = isShown;
    updateGeometry();
    update();
}

QSize RailButton::sizeHint() const {
    if (!m_isNameShown) return {Theme::px(48), Theme::px(40)};
    const QRect words =
        fontMetrics().boundingRect(QRect(0, 0, Theme::px(50), 200), Qt::AlignHCenter | Qt::TextWordWrap, text());
    return {Theme::px(52), Theme::px(34) + words.height() + Theme::px(4)};
}

void RailButton::paintEvent(QPaintEvent*) {
    const ThemeTokens& t = Theme::tokens();
    QPainter painter(this);
    const QRect box = rect().adjusted(Theme::px(1), 0, -Theme::px(1), 0);
    if (isChecked())
        stylepaint::roundedBox(&painter, box, t.selection, {}, Theme::px(8));
    else if (underMouse())
        stylepaint::roundedBox(&painter, box, t.hover, {}, Theme::px(8));
    if (hasKeyboardFocus(this)) stylepaint::focusRing(&painter, box, Theme::px(8));
    const int side = Theme::px(18);
    const int top = m_isNameShown ? Theme::px(8) : (height() - side) / 2;
    themeIcon(m_icon, isChecked() ? IconTone::Accent : IconTone::Auto)
        .paint(&painter, QRect((width() - side) / 2, top, side, side));
    if (!m_isNameShown) return;
    painter.setPen(isChecked() ? t.accent : t.secondary);
    painter.setFont(font());
    painter.drawText(QRect(0, top + side + Theme::px(4), width(), height()),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text());
}

Rail::Rail(const Services& services, QWidget* parent)
    : QWidget(parent), m_column(new QVBoxLayout), m_runsColumn(new QVBoxLayout), m_runsHeading(nullptr),
      m_group(new QButtonGroup(this)) {
    setObjectName(QStringLiteral("railBody"));
    setAccessibleName(tr("Rooms and runs"));
    setFixedWidth(Theme::px(56));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* body = new QWidget;
    for (QWidget* surface : {static_cast<QWidget*>(this), static_cast<QWidget*>(body), scroll->viewport()}) {
        surface->setBackgroundRole(QPalette::AlternateBase); // sunken, by the theme
        surface->setAutoFillBackground(true);
    }
    body->setLayout(m_column);
    scroll->setWidget(body);
    outer->setSpacing(0);
    auto* beside = new QHBoxLayout;
    beside->setSpacing(0);
    beside->addWidget(scroll);
    beside->addWidget(new Hairline(Qt::Vertical));
    outer->addLayout(beside);
    m_column->setContentsMargins(Theme::px(2), Space::s(), Theme::px(2), Space::s());
    m_column->setSpacing(Theme::px(2));
    buildRooms(services);
    m_runsHeading = asSecondary(new QLabel(tr("Runs")), TextSize::Caption);
    static_cast<QLabel*>(m_runsHeading)->setAlignment(Qt::AlignCenter);
    m_column->addSpacing(Space::s());
    m_column->addWidget(m_runsHeading);
    m_column->addLayout(m_runsColumn);
    m_column->addStretch();
    RunHub& runs = services.runs;
    for (const auto signal : {&RunHub::runAdded, &RunHub::runChanged, &RunHub::runRemoved})
        connect(&runs, signal, this, [this, &runs] { refreshRuns(runs); });
    connect(&services.settings, &Settings::railNamesChanged, this, [this, &settings = services.settings] {
        for (RailButton* button : std::as_const(m_buttons)) button->setNameShown(settings.railNames());
    });
    refreshRuns(runs);
}

void Rail::addHeading(const QString& text) {
    auto* label = asSecondary(new QLabel(text), TextSize::Caption);
    label->setAlignment(Qt::AlignCenter);
    label->setContentsMargins(0, Space::s(), 0, 0);
    m_column->addWidget(label);
}

void Rail::buildRooms(const Services& services) {
    const auto place = [&](RailButton* button) {
        button->setNameShown(services.settings.railNames());
        m_group->addButton(button);
        m_buttons.append(button);
        m_column->addWidget(button, 0, Qt::AlignHCenter);
    };
    auto* home = new RailButton(QStringLiteral("home"), tr("Start"), tr("Start page: three things to do, recent work"));
    home->setProperty("room", QString());
    place(home);
    connect(home, &QAbstractButton::clicked, this, &Rail::startRequested);
    for (const RoomGroup group : {RoomGroup::Reason, RoomGroup::See, RoomGroup::Learn, RoomGroup::Know}) {
        bool isFirst = true;
        for (const auto& method : services.library.registry().all()) {
            const ExperimentDescriptor& descriptor = method->descriptor();
            if (descriptor.group != group) continue;
            if (std::exchange(isFirst, false)) addHeading(groupName(group));
            const QString id = qtext(descriptor.id);
            auto* button =
                new RailButton(id, coreText(descriptor.title),
                               coreText(descriptor.title) + QLatin1Char('\n') + coreText(descriptor.summary));
            button->setObjectName(QStringLiteral("rail.") + id);
            button->setProperty("room", id);
            place(button);
            connect(button, &QAbstractButton::clicked, this, [this, id] { Q_EMIT roomRequested(id); });
        }
    }
}

void Rail::setCurrent(const QString& room) {
    for (RailButton* button : std::as_const(m_buttons))
        if (button->property("room").toString() == room) button->setChecked(true);
}

void Rail::refreshRuns(const RunHub& runs) {
    while (QLayoutItem* item = m_runsColumn->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    QStringList shown = runs.activeIds();
    const QStringList all = runs.ids();
    for (auto id = all.crbegin(); id != all.crend() && shown.size() < RunsShown; ++id)
        if (!shown.contains(*id) && !runs.find(*id)->isTrashed) shown << *id;
    for (const QString& id : shown.mid(0, RunsShown)) {
        auto* dot = new RunDot(*runs.find(id));
        connect(dot, &QAbstractButton::clicked, this, [this, id] { Q_EMIT runRequested(id); });
        m_runsColumn->addWidget(dot, 0, Qt::AlignHCenter);
    }
    m_runsHeading->setVisible(!shown.isEmpty());
}

} // namespace vitrine
