// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/searchline.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QAction>
#include <QIcon>
#include <QKeyEvent>
#include <QTimer>

namespace vitrine {

SearchLine::SearchLine(const QString& placeholder, QWidget* parent) : QLineEdit(parent), m_pause(new QTimer(this)) {
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    addAction(themeIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_pause->setSingleShot(true);
    m_pause->setInterval(150);
    connect(this, &QLineEdit::textChanged, m_pause, qOverload<>(&QTimer::start));
    connect(m_pause, &QTimer::timeout, this, [this] { Q_EMIT searched(text()); });
    connect(this, &QLineEdit::returnPressed, this, [this] {
        m_pause->stop();
        Q_EMIT searched(text());
    });
}

void SearchLine::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) return clear();
    QLineEdit::keyPressEvent(event);
}

} // namespace vitrine
