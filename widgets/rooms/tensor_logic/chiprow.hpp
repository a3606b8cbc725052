// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVector>
#include <QWidget>

namespace vitrine {

/// A rule said twice: as a join and as an einsum, with the count before the step and what the step makes of it.
class ChipRow final : public QWidget {
    Q_OBJECT
  public:
    struct Rule {
        int line = 0;
        QString join, einsum, tail;
    };
    explicit ChipRow(QWidget* parent = nullptr);
    void setRules(const QVector<Rule>& rules);
    void setMostRules(int most); ///< the first ones; the rest is in the tool tip
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

  Q_SIGNALS:
    void lineChosen(int line);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

  private:
    [[nodiscard]] int rowHeight() const;
    QVector<Rule> m_rules;
    qsizetype m_most = 3;
};

} // namespace vitrine
