// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;

namespace vitrine {

/// The one card that tells what lies under the pointer or the keyboard's cursor: value, unit, source. A child of the
/// view that owns it, never takes input, stays inside its parent.
class HoverCard final : public QWidget {
    Q_OBJECT
  public:
    explicit HoverCard(QWidget* parent);

    /// \param html  rich text; escape what comes from data
    /// \param at    point in the parent that the card must not cover
    void showAt(const QString& html, const QPoint& at);
    [[nodiscard]] QString text() const;
    /// "name<tab>value" lines as a two-column table with the values flush right.
    [[nodiscard]] static QString pairs(const QList<QPair<QString, QString>>& rows);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    QLabel* m_label;
};

} // namespace vitrine
