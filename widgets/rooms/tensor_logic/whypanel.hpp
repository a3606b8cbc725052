// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "widgets/rooms/tensor_logic/logicsummary.hpp"

#include <QAbstractTableModel>
#include <QWidget>

class QStackedWidget;
class QTableView;

namespace vitrine {

class GraphView;
class LogicClient;
class PanelTitle;

/// Terms of a numeric cell, largest first, with a bar of their share.
class TermsModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    using QAbstractTableModel::QAbstractTableModel;
    void setTerms(const Table& table);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 2; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] double sum() const { return m_sum; }

  private:
    QVector<std::pair<QString, double>> m_rows;
    double m_sum = 0;
};

/// Why a tuple holds: its proof tree. Where a number comes from: the terms of its sum.
class WhyPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit WhyPanel(LogicClient& client, QWidget* parent = nullptr);
    void showProof(const TupleRef& tuple, bool isRelation);
    void showTerms(const TupleRef& cell, const QVector<qint64>& position);
    void clear();
    [[nodiscard]] GraphView* proofView() const { return m_graph; }
    [[nodiscard]] QString answer() const;

  Q_SIGNALS:
    void tupleChosen(const vitrine::TupleRef& tuple);
    void lineChosen(int line);

  private:
    LogicClient& m_client;
    PanelTitle* m_title;
    QStackedWidget* m_stack;
    GraphView* m_graph;
    QTableView* m_table;
    TermsModel* m_terms;
};

} // namespace vitrine
