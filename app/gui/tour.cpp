// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/tour.hpp"

#include "app/gui/mainwindow.hpp"
#include "app/gui/workbench.hpp"
#include "core/base/jsonmembers.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/sessionbridge.hpp"
#include "widgets/rooms/lessonstrip.hpp"
#include "widgets/rooms/room.hpp"

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QImage>
#include <QPainter>
#include <QPixmap>
#include <QTimer>

namespace vitrine {

namespace {
constexpr int Settle = 350; // ms for layouts, queued repaints and the coalesced events
}

Tour::Tour(Workbench& workbench, Json steps, const QString& folder, QObject* parent)
    : QObject(parent), m_workbench(workbench), m_steps(std::move(steps)), m_folder(folder), m_poll(new QTimer(this)) {
    m_poll->setInterval(50);
}

void Tour::start() {
    if (!QDir().mkpath(m_folder)) complain(QStringLiteral("the folder %1 cannot be made").arg(m_folder));
    if (!m_steps.is_array()) complain(QStringLiteral("the steps are not a list"));
    QTimer::singleShot(Settle, this, &Tour::next);
}

void Tour::next() {
    if (!m_steps.is_array() || m_at >= m_steps.size()) {
        Q_EMIT ended(m_complaints.isEmpty());
        return;
    }
    const Json step = m_steps[m_at++];
    if (textOr(step, "do") == "wait") return wait(step);
    play(step);
    QTimer::singleShot(Settle, this, &Tour::next);
}

void Tour::play(const Json& step) {
    MainWindow* window = m_workbench.window();
    const std::string what = textOr(step, "do");
    const auto text = [&step](const char* key) { return qtext(textOr(step, key)); };
    if (what == "start")
        window->showStart();
    else if (what == "room" && !window->openRoom(text("id")))
        complain(QStringLiteral("there is no room %1").arg(text("id")));
    else if (what == "run")
        window->runCurrent();
    else if (what == "shot")
        shoot(text("name"));
    else if (what == "gallery")
        window->openGallery();
    else if (what == "close")
        for (QWidget* top : QApplication::topLevelWidgets()) {
            if (top != window) top->close();
        }
    else if (what == "action") {
        QAction* action = window->actions().find(text("id"));
        if (action && action->isEnabled())
            action->trigger();
        else
            complain(QStringLiteral("the action %1 cannot be done").arg(text("id")));
    } else if (what == "set") {
        if (text("setting") == QLatin1String("theme"))
            m_workbench.settings().setThemeMode(text("value") == QLatin1String("dark") ? ThemeMode::Dark
                                                                                       : ThemeMode::Light);
        if (text("setting") == QLatin1String("language")) m_workbench.settings().setLanguage(text("value"));
        if (text("setting") == QLatin1String("size"))
            window->resize(static_cast<int>(integerOr(step, "width", 1440)),
                           static_cast<int>(integerOr(step, "height", 900)));
    } else if (what == "lesson") {
        if (Room* room = window->currentRoom(); room && room->lesson())
            room->lesson()->setStep(static_cast<int>(integerOr(step, "step", 1)) - 1);
    } else if (what == "link") {
        const auto action = parseLessonLink(textOr(step, "url"));
        Room* room = window->currentRoom();
        if (!room || !action.ok() || !room->followLink(action.value()))
            complain(QStringLiteral("the link %1 does nothing").arg(text("url")));
    }
}

bool Tour::isReached(const std::string& what) const {
    Room* room = m_workbench.window()->currentRoom();
    if (what == "library") return m_workbench.library().isLoaded();
    if (what == "checked") return room && room->document().isChecked();
    if (what == "finished") {
        const RunInfo* info = room ? m_workbench.runs().find(room->shownRun()) : nullptr;
        return info && isFinal(info->state);
    }
    if (what == "seen")
        return room && room->lesson() && room->lesson()->verdict(room->lesson()->step()).value_or(false);
    return false;
}

void Tour::wait(const Json& step) {
    const std::string what = textOr(step, "for");
    auto clock = std::make_shared<QElapsedTimer>();
    clock->start();
    const qint64 limit = 1000 * integerOr(step, "seconds", 10);
    m_poll->disconnect();
    connect(m_poll, &QTimer::timeout, this, [this, what, clock, limit] {
        const bool isReachedNow = !what.empty() && isReached(what);
        if (!isReachedNow && clock->elapsed() < limit) return;
        m_poll->stop();
        if (!isReachedNow && !what.empty()) complain(QStringLiteral("waited in vain for \"%1\"").arg(qtext(what)));
        QTimer::singleShot(Settle, this, &Tour::next);
    });
    m_poll->start();
}

// The window, with dialogs that lie over it.
void Tour::shoot(const QString& name) {
    MainWindow* window = m_workbench.window();
    QPixmap pixmap = window->grab();
    QPainter painter(&pixmap);
    for (QWidget* top : QApplication::topLevelWidgets()) {
        if (top == window || !top->isVisible() || top->windowType() == Qt::ToolTip) continue;
        const QPoint at((window->width() - top->width()) / 2, (window->height() - top->height()) / 2);
        if (top->windowType() == Qt::Dialog) painter.drawPixmap(at, top->grab());
    }
    painter.end();
    const QString path = QStringLiteral("%1/%2.png").arg(m_folder, name);
    if (pixmap.save(path))
        m_shots << path;
    else
        complain(QStringLiteral("%1 could not be written").arg(path));
}

void Tour::complain(const QString& text) {
    m_complaints << QStringLiteral("step %1: %2").arg(m_at).arg(text);
}

} // namespace vitrine
