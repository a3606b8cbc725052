// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/check.hpp"
#include "core/store/database.hpp"
#include "core/store/eventreader.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Inside of core/store: whether the index holds what the files of the runs give.
namespace vitrine::store {

/// How many rows, and a sum of hashes of their contents, in any order.
struct RowSum {
    std::int64_t rows = 0, scalars = 0;
    std::uint64_t sum = 0;
};

/// What the index should say of one run. It is made of the run's files alone, event by event.
class ExpectedIndex {
  public:
    void add(const EventBatch& batch);
    void setRecord(const RunRecord& record) { m_record = record; }
    void setUser(const UserData& user) { m_user = user; }
    /// \param report  gets VIT-STORE-020 for what the index lacks or says otherwise
    void compare(Database& index, const std::string& id, CheckReport& report) const;

  private:
    void follow(int attempt, const Event& event);
    void follow(int attempt, const Event& event, const StateChanged& change);
    void follow(int attempt, const Event& event, const Finished& finished);
    [[nodiscard]] bool isSuperseded(std::int64_t attempt, std::int64_t sequence) const;
    [[nodiscard]] bool areMarksRight(Database& index, const std::string& id) const;
    [[nodiscard]] bool arePositionsRight(Database& index, const std::string& id) const;
    [[nodiscard]] std::string wrongColumn(Database& index, const std::string& id) const;

    RowSum m_rows;
    std::map<std::int64_t, std::int64_t> m_positions; ///< attempt -> byte up to which its events were read
    std::vector<std::pair<int, ResumePoint>> m_resumed;
    std::optional<RunRecord> m_record; ///< none: unreadable, and not compared
    std::optional<UserData> m_user;
    RunState m_state = RunState::Queued;
    int m_stateAttempt = 0, m_lastAttempt = 0;
    std::int64_t m_started = 0, m_ended = 0, m_step = 0;
    std::string m_summary = "{}", m_error;
};

/// Runs that the index has and the folder has not, and rows that belong to no run.
void checkStrangers(Database& index, const std::vector<std::string>& runs, CheckReport& report);

} // namespace vitrine::store
