// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/docktitle.hpp"

#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace vitrine {

DockTitle::DockTitle(QDockWidget& dock) : QWidget(&dock) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(Space::l(), Theme::px(2), Space::s(), Theme::px(2));
    row->setSpacing(Theme::px(2));
    row->addWidget(asTitle(new QLabel(dock.windowTitle())), 1);
    const auto addButton = [&](const QString& icon, const QString& tip, auto act) {
        auto* button = new QToolButton;
        button->setIcon(themeIcon(icon));
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        setButtonRole(button, ButtonRole::Quiet);
        connect(button, &QToolButton::clicked, &dock, act);
        row->addWidget(button);
    };
    addButton(QStringLiteral("external"), tr("Let this panel float, or put it back"),
              [&dock] { dock.setFloating(!dock.isFloating()); });
    addButton(QStringLiteral("chevron-down"), tr("Fold this panel"), [&dock] { dock.close(); });
}

void DockTitle::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::tokens().panel);
    painter.fillRect(QRect(0, 0, width(), 1), Theme::tokens().hairline);
}

} // namespace vitrine
