// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/emptystate.hpp"

#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QIcon>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace vitrine {

namespace {
// Paints the icon each time, so that it follows the theme.
class IconMark final : public QWidget {
  public:
    IconMark(const QString& name) : m_icon(themeIcon(name)) { setFixedSize(Theme::px(32), Theme::px(32)); }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        m_icon.paint(&painter, rect());
    }

  private:
    QIcon m_icon;
};
} // namespace

EmptyState::EmptyState(const QString& icon, const QString& title, const QString& text, QWidget* parent)
    : QWidget(parent), m_title(asTitle(new QLabel)), m_text(asSecondary(new QLabel)), m_button(new QPushButton) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Space::xl(), Space::xl(), Space::xl(), Space::xl());
    column->setSpacing(Space::s());
    column->addStretch();
    column->addWidget(new IconMark(icon), 0, Qt::AlignHCenter);
    m_title->setAlignment(Qt::AlignCenter);
    m_text->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_text->setWordWrap(true);
    column->addWidget(m_title);
    column->addWidget(m_text);
    column->addSpacing(Space::xs());
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    column->addStretch();
    setButtonRole(m_button, ButtonRole::Plain);
    m_button->hide();
    setTexts(title, text);
}

QPushButton* EmptyState::setButton(const QString& text) {
    m_button->setText(text);
    m_button->setVisible(!text.isEmpty());
    return m_button;
}

void EmptyState::setTexts(const QString& title, const QString& text) {
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
}

} // namespace vitrine
