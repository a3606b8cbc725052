// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QListView;

namespace vitrine {

class ActionRegistry;
class PaletteModel;
class SearchLine;

/// Every command by a few letters. A sheet over the top of its parent; Esc or a click elsewhere closes it.
class CommandPalette final : public QFrame {
    Q_OBJECT
  public:
    CommandPalette(ActionRegistry& actions, QWidget* parent);
    void open();
    [[nodiscard]] QStringList shownIds() const; ///< ids of the listed commands, best first

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void accept();
    void place();

    ActionRegistry& m_actions;
    PaletteModel* m_model;
    SearchLine* m_line;
    QListView* m_list;
    QWidget* m_lastFocus = nullptr;
};

} // namespace vitrine
