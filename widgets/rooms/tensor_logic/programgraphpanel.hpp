// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace vitrine {

class GraphView;
class LogicClient;
class PanelTitle;

/// The program as a graph: tensors in strata, cycles boxed.
class ProgramGraphPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit ProgramGraphPanel(LogicClient& client, QWidget* parent = nullptr);
    void refresh(const QString& name, const QString& text, const QString& folder);
    void setCurrent(const QString& tensor);
    [[nodiscard]] GraphView* view() const { return m_graph; }

  Q_SIGNALS:
    void tensorChosen(const QString& tensor);

  private:
    LogicClient& m_client;
    PanelTitle* m_title;
    GraphView* m_graph;
};

} // namespace vitrine
