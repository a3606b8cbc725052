// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QObject>

#include <functional>

class QMenu;
class QMenuBar;

namespace vitrine {

/// Where a command lives in the menus; Room: of the room in front only, below its own heading in the palette.
enum class ActionMenu { File, Edit, View, Run, Room, Help };

struct ActionSpec {
    QString id;        ///< "run.start": stable
    QString text;      ///< with mnemonic: "&Run"
    QString tip;       ///< one sentence, no shortcut in it
    QString icon = {}; ///< of resources/icons, may be empty
    QList<QKeySequence> shortcuts = {};
    ActionMenu menu = ActionMenu::Room;
    QString submenu = {}; ///< "Theme", or empty
    bool checkable = false;
    bool startsSection = false; ///< a line above it in the menu
};

/// All commands of the program. Menus, command palette and the page of shortcuts are made from it.
class ActionRegistry final : public QObject {
    Q_OBJECT
  public:
    explicit ActionRegistry(QObject* parent = nullptr);

    /// Adds a command that lives as long as `owner` (a room's commands go with the room). A second one of the same id
    /// replaces the first.
    QAction* add(const ActionSpec& spec, QObject* owner, std::function<void()> act);
    QAction* addToggle(const ActionSpec& spec, QObject* owner, std::function<void(bool)> act);
    [[nodiscard]] QAction* find(const QString& id) const; ///< null when there is none
    [[nodiscard]] QList<QAction*> all() const;            ///< in the order of adding
    [[nodiscard]] static QString idOf(const QAction* action);
    [[nodiscard]] static QString plainText(const QAction* action); ///< without mnemonic and ellipsis kept
    [[nodiscard]] static QString menuName(ActionMenu menu);        ///< with mnemonic

    /// Fills a menu bar; it follows later additions and removals.
    void buildMenus(QMenuBar* bar);
    /// What a test would complain about: duplicate shortcuts, missing texts, tips, mnemonics. Empty when all is well.
    [[nodiscard]] QStringList complaints() const;

  Q_SIGNALS:
    void changed();

  private:
    QAction* create(const ActionSpec& spec, QObject* owner);
    void fill(QMenu* menu, ActionMenu which) const;

    QList<QAction*> m_actions;
};

} // namespace vitrine
