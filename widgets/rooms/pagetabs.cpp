// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/pagetabs.hpp"

#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QBoxLayout>
#include <QIcon>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

#include <algorithm>

namespace vitrine {

namespace {
/// Only the page on show asks for room: one that nobody sees must not push the others away.
class Pages final : public QStackedWidget {
  public:
    using QStackedWidget::QStackedWidget;
    QSize minimumSizeHint() const override {
        return currentWidget() ? currentWidget()->minimumSizeHint().expandedTo(currentWidget()->minimumSize())
                               : QSize();
    }
};
} // namespace

PageTabs::PageTabs(const QString& name, const QString& accessibleName, QWidget* parent)
    : QWidget(parent), m_bar(new QTabBar(this)), m_enlarge(new QToolButton(this)), m_stack(new Pages(this)) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_bar->setObjectName(name);
    m_bar->setAccessibleName(accessibleName);
    m_bar->setDrawBase(false);
    m_bar->setExpanding(false);
    m_bar->setUsesScrollButtons(true);
    m_bar->setFixedHeight(Theme::px(34));
    auto* row = new QHBoxLayout;
    row->setContentsMargins(Space::m(), 0, Space::m(), 0);
    row->addWidget(m_bar, 1);
    row->addWidget(m_enlarge, 0, Qt::AlignVCenter);
    m_enlarge->setCheckable(true);
    m_enlarge->setIcon(themeIcon(QStringLiteral("fit")));
    m_enlarge->setToolTip(tr("Give this panel all of the room, and back"));
    m_enlarge->setAccessibleName(tr("Enlarge"));
    setButtonRole(m_enlarge, ButtonRole::Quiet);
    connect(m_enlarge, &QToolButton::clicked, this, &PageTabs::enlargeRequested);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, Theme::px(2), 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_stack, 1);
    m_stack->layout()->setSizeConstraint(QLayout::SetNoConstraint); // else the largest page sets the minimum
    connect(m_stack, &QStackedWidget::currentChanged, m_stack, [this] { m_stack->updateGeometry(); });
    connect(m_bar, &QTabBar::currentChanged, this, [this](int index) {
        if (index < 0 || index >= m_stack->count()) return;
        m_stack->setCurrentIndex(index);
        Q_EMIT currentChanged(current());
    });
}

void PageTabs::setPages(const QVector<Page>& pages) {
    QWidget* shown = current();
    const QSignalBlocker quiet(m_bar);
    while (m_stack->count() > 0) {
        QWidget* panel = m_stack->widget(0);
        m_stack->removeWidget(panel);
        panel->hide();
    }
    while (m_bar->count() > 0) m_bar->removeTab(m_bar->count() - 1);
    m_pages = pages;
    for (const Page& page : pages) {
        m_stack->addWidget(page.panel);
        m_bar->addTab(page.title);
    }
    if (contains(shown)) show(shown);
    m_stack->setCurrentIndex(m_bar->currentIndex());
    if (m_stack->currentWidget()) m_stack->currentWidget()->show();
}

void PageTabs::show(QWidget* panel) {
    for (int i = 0; i < m_pages.size(); ++i)
        if (m_pages[i].panel == panel) {
            m_bar->setCurrentIndex(i);
            m_stack->setCurrentIndex(i);
        }
}

void PageTabs::setEnlarged(bool isEnlarged) {
    m_enlarge->setChecked(isEnlarged);
}
bool PageTabs::isEnlarged() const {
    return m_enlarge->isChecked();
}

QWidget* PageTabs::current() const {
    return m_stack->currentWidget();
}

bool PageTabs::contains(QWidget* panel) const {
    return std::any_of(m_pages.begin(), m_pages.end(), [&](const Page& page) { return page.panel == panel; });
}

} // namespace vitrine
