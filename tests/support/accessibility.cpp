// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/roomtests.hpp"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextEdit>

namespace vitrine::test {

namespace {

bool isInteractive(const QWidget& widget) {
    if (qobject_cast<const QScrollBar*>(&widget)) return false;
    // The line edit inside a spin box or a combo box speaks through its owner.
    if (qobject_cast<const QLineEdit*>(&widget) && (qobject_cast<const QAbstractSpinBox*>(widget.parentWidget()) ||
                                                    qobject_cast<const QComboBox*>(widget.parentWidget())))
        return false;
    // Icons inside a line edit are decoration, headers are parts of their table.
    if (qobject_cast<const QLineEdit*>(widget.parentWidget()) || qobject_cast<const QHeaderView*>(&widget))
        return false;
    if (widget.objectName().startsWith(QLatin1String("qt_"))) return false;
    return qobject_cast<const QAbstractButton*>(&widget) || qobject_cast<const QLineEdit*>(&widget) ||
           qobject_cast<const QAbstractSpinBox*>(&widget) || qobject_cast<const QComboBox*>(&widget) ||
           qobject_cast<const QAbstractItemView*>(&widget) || qobject_cast<const QTextEdit*>(&widget) ||
           qobject_cast<const QPlainTextEdit*>(&widget) || qobject_cast<const QAbstractSlider*>(&widget);
}

QString pathOf(const QWidget& widget) {
    QString path;
    for (const QWidget* at = &widget; at; at = at->parentWidget())
        path.prepend(QStringLiteral("/%1(%2)").arg(QLatin1String(at->metaObject()->className()), at->objectName()));
    return path;
}

bool isOnScreen(const QWidget& widget, const QWidget& root) {
    return widget.isVisibleTo(&root);
}

} // namespace

QStringList accessibilityComplaints(const QWidget& root) {
    QStringList complaints;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        if (!isInteractive(*widget) || !isOnScreen(*widget, root)) continue;
        QAccessibleInterface* face = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
        if (!face || face->text(QAccessible::Name).isEmpty())
            complaints << pathOf(*widget) + QStringLiteral(": no accessible name");
        const bool isClearButton = widget->parentWidget() && qobject_cast<const QLineEdit*>(widget->parentWidget());
        const bool isItemPart =
            widget->parentWidget() && qobject_cast<const QAbstractItemView*>(widget->parentWidget());
        if (widget->isEnabled() && widget->focusPolicy() == Qt::NoFocus && !isClearButton && !isItemPart &&
            !qobject_cast<const QAbstractItemView*>(widget))
            if (!widget->property("reachedOtherwise").toBool() && !(widget->focusProxy()))
                complaints << pathOf(*widget) + QStringLiteral(": the keyboard does not reach it");
    }
    return complaints;
}

} // namespace vitrine::test
