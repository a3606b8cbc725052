// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QListView;
class QStandardItemModel;
class QSortFilterProxyModel;

namespace vitrine {

struct Services;

/// Samples of every room with title and description; search, Enter or double click opens one.
class SampleGallery final : public QDialog {
    Q_OBJECT
  public:
    explicit SampleGallery(const Services& services, QWidget* parent = nullptr);

  Q_SIGNALS:
    void sampleRequested(const QString& room, const QString& sample);

  private:
    void openCurrent();

    QListView* m_list;
    QStandardItemModel* m_model;
    QSortFilterProxyModel* m_filter;
};

} // namespace vitrine
