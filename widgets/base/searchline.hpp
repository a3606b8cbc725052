// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

class QTimer;

namespace vitrine {

/// A line that searches while one types: `searched` comes 150 ms after the last key, at once on Enter; Esc clears.
class SearchLine final : public QLineEdit {
    Q_OBJECT
  public:
    explicit SearchLine(const QString& placeholder, QWidget* parent = nullptr);

  Q_SIGNALS:
    void searched(const QString& text);

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QTimer* m_pause;
};

} // namespace vitrine
