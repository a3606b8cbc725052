// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QWidget>

#include <vector>

class QLabel;

namespace vitrine::plot {

/// Names of the curves as small switches that flow over several lines: click shows or hides, Ctrl+click or Shift+Enter
/// leaves that one alone. Each carries the curve's colour and dash. Of very many curves it names the first and counts
/// the rest.
class LegendStrip final : public QWidget {
    Q_OBJECT
  public:
    struct Entry {
        QString id, name;
        QColor color;
        Qt::PenStyle dash = Qt::SolidLine;
        bool isShown = true;
    };
    explicit LegendStrip(QWidget* parent);
    void setEntries(const std::vector<Entry>& entries);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

  Q_SIGNALS:
    void toggled(const QString& id, bool isShown);
    void soloed(const QString& id);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    class Switch;
    int arrange(int width, bool apply) const;
    static constexpr std::size_t MostNamed = 24;
    std::vector<Switch*> m_switches;
    QLabel* m_rest;
};

} // namespace vitrine::plot
