// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"

#include <QAbstractTableModel>
#include <QHash>
#include <QStringList>
#include <QStyledItemDelegate>

namespace vitrine {

class LogicClient;

/// Rows of a tensor of the last evaluation, read from the session page by page as they come into view.
class RowsModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    static constexpr int RoundRole = Qt::UserRole + 2;
    explicit RowsModel(LogicClient& client, QObject* parent = nullptr);
    /// \param through  last round to show, 0: all. Rows of exactly that round are marked
    void show(const QString& tensor, const QStringList& columns, bool isRelation, qint64 rows, std::uint32_t through);
    void clear();
    [[nodiscard]] QStringList cells(int row) const;          ///< empty while the page is on its way
    [[nodiscard]] int rowOf(const QStringList& cells) const; ///< among the pages that are here; -1
    [[nodiscard]] int firstOfRound(std::uint32_t round) const;
    [[nodiscard]] bool isLoaded(int row) const { return m_pages.contains(row / PageRows); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  Q_SIGNALS:
    void pageArrived();

  private:
    static constexpr int PageRows = 200, MostPages = 200;
    void ask(int page) const;
    void take(Table table);

    LogicClient& m_client;
    QString m_tensor;
    QStringList m_columns;
    bool m_isRelation = true;
    qint64 m_total = 0;
    std::uint32_t m_through = 0;
    QHash<int, Table> m_pages;
    mutable int m_asked = -1;
    quint64 m_generation = 0;
};

/// Rows that are new carry the colour that new cells of the matrix have, chosen or not.
class RowsDelegate final : public QStyledItemDelegate {
    Q_OBJECT
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
};

} // namespace vitrine
