// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/actions.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QHash>
#include <QIcon>
#include <QMenu>
#include <QMenuBar>
#include <QSet>

namespace vitrine {

namespace {
constexpr const char* MenuProperty = "vitrineMenu";
constexpr const char* SubmenuProperty = "vitrineSubmenu";
constexpr const char* SectionProperty = "vitrineSection";
constexpr const char* TipProperty = "vitrineTip";

ActionMenu menuOf(const QAction* action) {
    return static_cast<ActionMenu>(action->property(MenuProperty).toInt());
}

QString tipWithShortcut(const ActionSpec& spec) {
    if (spec.shortcuts.isEmpty()) return spec.tip;
    return QStringLiteral("%1 (%2)").arg(spec.tip, spec.shortcuts.first().toString(QKeySequence::NativeText));
}
} // namespace

ActionRegistry::ActionRegistry(QObject* parent) : QObject(parent) {}

QAction* ActionRegistry::create(const ActionSpec& spec, QObject* owner) {
    if (QAction* old = find(spec.id)) {
        m_actions.removeAll(old);
        delete old;
    }
    auto* action = new QAction(spec.text, owner);
    action->setObjectName(spec.id);
    action->setToolTip(tipWithShortcut(spec));
    action->setStatusTip(spec.tip);
    action->setProperty(TipProperty, spec.tip);
    action->setShortcuts(spec.shortcuts);
    action->setShortcutContext(Qt::WindowShortcut);
    action->setCheckable(spec.checkable);
    action->setProperty(MenuProperty, static_cast<int>(spec.menu));
    action->setProperty(SubmenuProperty, spec.submenu);
    action->setProperty(SectionProperty, spec.startsSection);
    if (!spec.icon.isEmpty()) action->setIcon(themeIcon(spec.icon));
    m_actions.append(action);
    connect(action, &QObject::destroyed, this, [this](QObject* gone) {
        m_actions.removeIf([gone](const QAction* other) { return static_cast<const QObject*>(other) == gone; });
        Q_EMIT changed();
    });
    Q_EMIT changed();
    return action;
}

QAction* ActionRegistry::add(const ActionSpec& spec, QObject* owner, std::function<void()> act) {
    QAction* action = create(spec, owner);
    connect(action, &QAction::triggered, owner, [act = std::move(act)] { act(); });
    return action;
}

QAction* ActionRegistry::addToggle(const ActionSpec& spec, QObject* owner, std::function<void(bool)> act) {
    QAction* action = create(spec, owner);
    action->setCheckable(true);
    connect(action, &QAction::triggered, owner, [act = std::move(act)](bool isOn) { act(isOn); });
    return action;
}

QAction* ActionRegistry::find(const QString& id) const {
    for (QAction* action : m_actions)
        if (action->objectName() == id) return action;
    return nullptr;
}

QList<QAction*> ActionRegistry::all() const {
    return m_actions;
}
QString ActionRegistry::idOf(const QAction* action) {
    return action->objectName();
}

QString ActionRegistry::plainText(const QAction* action) {
    QString text = action->text();
    // Korean mnemonics stand in brackets at the end: "실행(&R)".
    const qsizetype bracket = text.indexOf(QLatin1String("(&"));
    if (bracket >= 0) text.remove(bracket, 4);
    return text.remove(QLatin1Char('&'));
}

QString ActionRegistry::menuName(ActionMenu menu) {
    switch (menu) {
    case ActionMenu::File:
        return tr("&File");
    case ActionMenu::Edit:
        return tr("&Edit");
    case ActionMenu::View:
        return tr("&View");
    case ActionMenu::Run:
        return tr("&Run");
    case ActionMenu::Room:
        return tr("R&oom");
    case ActionMenu::Help:
        return tr("&Help");
    }
    return {};
}

void ActionRegistry::fill(QMenu* menu, ActionMenu which) const {
    menu->clear();
    QHash<QString, QMenu*> submenus;
    for (QAction* action : m_actions) {
        if (menuOf(action) != which) continue;
        const QString name = action->property(SubmenuProperty).toString();
        QMenu* target = menu;
        if (!name.isEmpty()) {
            if (!submenus.contains(name)) submenus.insert(name, menu->addMenu(name));
            target = submenus.value(name);
        }
        if (action->property(SectionProperty).toBool() && !target->isEmpty()) target->addSeparator();
        target->addAction(action);
    }
}

void ActionRegistry::buildMenus(QMenuBar* bar) {
    for (const ActionMenu which :
         {ActionMenu::File, ActionMenu::Edit, ActionMenu::View, ActionMenu::Run, ActionMenu::Room, ActionMenu::Help}) {
        QMenu* menu = bar->addMenu(menuName(which));
        const auto refill = [this, menu, which] {
            fill(menu, which);
            menu->menuAction()->setVisible(!menu->isEmpty());
        };
        refill();
        connect(this, &ActionRegistry::changed, menu, refill, Qt::QueuedConnection);
    }
}

QStringList ActionRegistry::complaints() const {
    QStringList found;
    QHash<QKeySequence, QString> owners;
    for (const QAction* action : m_actions) {
        const QString id = idOf(action);
        if (plainText(action).isEmpty()) found << id + QStringLiteral(": no text");
        if (!action->text().contains(QLatin1Char('&'))) found << id + QStringLiteral(": no mnemonic");
        if (action->property(TipProperty).toString().isEmpty()) found << id + QStringLiteral(": no tip");
        for (const QKeySequence& keys : action->shortcuts()) {
            if (owners.contains(keys))
                found << QStringLiteral("%1: %2 belongs to %3").arg(id, keys.toString(), owners.value(keys));
            owners.insert(keys, id);
        }
    }
    return found;
}

} // namespace vitrine
