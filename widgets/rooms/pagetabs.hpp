// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVector>
#include <QWidget>

class QStackedWidget;
class QTabBar;
class QToolButton;

namespace vitrine {

/// Panels behind tabs. Panels come and go as the window gets smaller or larger: whoever was on show stays on show.
class PageTabs final : public QWidget {
    Q_OBJECT
  public:
    struct Page {
        QWidget* panel = nullptr;
        QString title;
    };
    PageTabs(const QString& name, const QString& accessibleName, QWidget* parent = nullptr);
    /// Replaces all pages, in this order. Panels that left are hidden, without a parent of their own: the caller puts
    /// them elsewhere.
    void setPages(const QVector<Page>& pages);
    void show(QWidget* panel); ///< does nothing when it is not among the pages
    [[nodiscard]] QWidget* current() const;
    [[nodiscard]] bool contains(QWidget* panel) const;
    [[nodiscard]] QTabBar* bar() const { return m_bar; }
    void setEnlarged(bool isEnlarged); ///< the state of the button that asks for all of the room
    [[nodiscard]] bool isEnlarged() const;

  Q_SIGNALS:
    void enlargeRequested(bool isEnlarged);
    void currentChanged(QWidget* panel);

  private:
    QTabBar* m_bar;
    QToolButton* m_enlarge;
    QStackedWidget* m_stack;
    QVector<Page> m_pages;
};

} // namespace vitrine
