// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QDockWidget;

namespace vitrine {

/// Title of a dock: its name, a button that lets it float and one that folds it; drags the dock like the usual one.
class DockTitle final : public QWidget {
    Q_OBJECT
  public:
    explicit DockTitle(QDockWidget& dock);

  protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace vitrine
