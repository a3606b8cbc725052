// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/events.hpp"
#include "core/experiment/schema.hpp"

#include <QMap>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace vitrine {

/// What the window knows of one run: a value, made on the reader thread.
struct RunInfo {
    QString id, folder;
    Config config;
    RunState state = RunState::Queued;
    bool isSilent = false; ///< its process lives but has said nothing for a while
    bool hasCheckpoint = false;
    [[nodiscard]] bool isResumable() const { return isFinal(state) && state != RunState::Completed; }
    int attempt = 0;
    qint64 createdMs = 0, startedMs = 0, endedMs = 0;
    std::optional<Progress> progress;
    QMap<QString, double> values; ///< last value of each metric, then the summary
    std::optional<Error> error;
    QString name, notes; ///< of the user
    QStringList tags;
    bool isTrashed = false;

    [[nodiscard]] QString experiment() const { return QString::fromStdString(config.experiment); }
    [[nodiscard]] QString title() const; ///< the user's name, else preset and the first letters of the id
};

/// New events of one run, in order. A replay begins with `restart`: what was drawn before is void.
struct RunBatch {
    QString run;
    bool restart = false;
    bool isLive = true;        ///< false while the past is being caught up with
    std::vector<Event> events; ///< a resumed attempt begins with StateChanged whose `resumedFrom` says what is void
    int attempt = 1;
};
using RunBatchPtr = std::shared_ptr<const RunBatch>;

struct ScalarPoint {
    double step = 0, value = 0;
    qint64 timeMs = 0;
};
/// Curves of a run by metric, without superseded points.
using RunCurves = QMap<QString, std::vector<ScalarPoint>>;
/// Appends a scalar; at the start of a resumed attempt drops what came after its checkpoint.
void addToCurves(RunCurves& curves, const Event& event);

} // namespace vitrine

Q_DECLARE_METATYPE(vitrine::RunBatchPtr)
