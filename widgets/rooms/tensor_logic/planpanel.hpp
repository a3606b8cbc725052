// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/base/values.hpp"

#include <QWidget>

namespace vitrine {

class GraphView;
class LogicClient;
class PanelTitle;

/// How the rule or equation of a line is computed: the order of its joins with rows, or its contraction tree with
/// sizes.
class PlanPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit PlanPanel(LogicClient& client, QWidget* parent = nullptr);
    /// What is asked for once the panel can be seen. \param line  1 and up; 0: nothing
    void setLine(int line, const QString& name, const QString& text, const QString& folder);
    void refresh(); ///< asks again: rows are known after an evaluation
    [[nodiscard]] int line() const { return m_line; }
    [[nodiscard]] GraphView* view() const { return m_graph; }
    [[nodiscard]] QString answer() const;

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void ask();
    [[nodiscard]] static QString guidance();
    void takeItems(const Json& json);
    void takeGraph(GraphSnapshot graph);
    LogicClient& m_client;
    PanelTitle* m_title;
    GraphView* m_graph;
    int m_line = 0;
    bool m_isStale = false;
    QString m_name, m_text, m_folder;
};

} // namespace vitrine
