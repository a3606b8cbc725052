// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.hpp"
#include "core/store/eventreader.hpp"

#include <map>
#include <string>

namespace vitrine::store {

/// Turns events into rows. Used inside one transaction, on the reader thread.
class IndexWriter {
  public:
    explicit IndexWriter(Database& database) : m_database(database) {}
    void apply(std::int64_t run, const EventBatch& batch);
    void storePosition(std::int64_t run, const ReadPosition& position); ///< in the same transaction as what was read
    void storeRecord(std::int64_t run, const RunRecord& record);
    void storeState(std::int64_t run, RunState state, int attempt);
    void storeProblem(std::int64_t run, const Error& error); ///< run 0: of the workspace
    void removeRun(const std::string& uuid);

  private:
    void put(std::int64_t run, int attempt, const Event& event);
    void put(std::int64_t run, int attempt, const Event& event, const Scalar& scalar);
    void put(std::int64_t run, int attempt, const Event& event, const Snapshot& snapshot);
    void put(std::int64_t run, int attempt, const Event& event, const LogEvent& log);
    void put(std::int64_t run, int attempt, const Event& event, const CheckpointSaved& saved);
    void put(std::int64_t run, int attempt, const Event& event, const StateChanged& change);
    void put(std::int64_t run, int attempt, const Event& event, const Finished& finished);
    void put(std::int64_t, int, const Event&, const Progress&) {
    } ///< not kept: the latest is enough, and it is on screen
    void supersede(std::int64_t run, int attempt, const ResumePoint& point);
    std::int64_t metricId(const std::string& name);

    Database& m_database;
    std::map<std::string, std::int64_t> m_metrics;
};

} // namespace vitrine::store
