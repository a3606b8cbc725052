// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"
#include "widgets/bridge/runtypes.hpp"

#include <QMap>
#include <QWidget>

class QVBoxLayout;

namespace vitrine {

/// What the run on show has left behind: the newest of each artefact, with a button that saves it elsewhere.
class ArtifactList final : public QWidget {
    Q_OBJECT
  public:
    explicit ArtifactList(const ExperimentDescriptor& descriptor, QWidget* parent = nullptr);
    void clear();
    void take(const RunBatch& batch, const QString& runFolder);
    [[nodiscard]] qsizetype count() const { return m_newest.size(); }

  Q_SIGNALS:
    void problem(const QString& text);

  private:
    void rebuild();
    void save(const Snapshot& snapshot);

    const ExperimentDescriptor& m_descriptor;
    QMap<QString, Snapshot> m_newest;
    QString m_folder;
    QVBoxLayout* m_rows;
};

} // namespace vitrine
