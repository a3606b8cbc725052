// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace vitrine {

/// What stands in a view that has nothing to show yet: what will be here, and the button that puts it there.
class EmptyState final : public QWidget {
    Q_OBJECT
  public:
    EmptyState(const QString& icon, const QString& title, const QString& text, QWidget* parent = nullptr);
    /// \return the button, for connecting; hidden until it has a text
    QPushButton* setButton(const QString& text);
    void setTexts(const QString& title, const QString& text);

  private:
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_button;
};

} // namespace vitrine
