// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/eventreader.hpp"
#include "core/store/workspaceindexer.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace vitrine::store {

/// What the reader thread remembers of one run.
class RunFollower {
  public:
    RunFollower(RunDirectory run, std::string id, ReadPosition start, RunState state, int attempt);

    /// What is new in the event files; the state follows the events.
    [[nodiscard]] EventBatch read();
    /// Looks at the status file: liveness, and Interrupted for a dead process without Finished.
    void look();
    /// True when config.json or user.json is another one than at the last call.
    [[nodiscard]] bool recordChanged();
    [[nodiscard]] bool userChanged();
    /// A new attempt or anything else that is new in the folder.
    [[nodiscard]] bool folderChanged();
    /// Starts over, as after the database was lost; events already told are not told again.
    void rewind();
    /// Drops from `events` what was told before, and remembers the rest as told.
    void keepUntold(EventBatch& batch);

    [[nodiscard]] const std::string& id() const { return m_id; }
    [[nodiscard]] const RunDirectory& run() const { return m_run; }
    [[nodiscard]] RunState state() const { return m_state; }
    [[nodiscard]] Liveness liveness() const { return m_liveness; }
    [[nodiscard]] int attempt() const { return m_attempt; }
    [[nodiscard]] const std::optional<Error>& lastError() const { return m_lastError; }
    [[nodiscard]] bool isAtEnd() const { return m_atEnd; }
    [[nodiscard]] bool mayGrow() const { return !isFinal(m_state) || !m_atEnd; }

    std::int64_t row = 0;  ///< in the index; 0: not there
    bool isHistory = true; ///< still reading what was there when the run was found

  private:
    void follow(const Event& event, int attempt);

    RunDirectory m_run;
    std::string m_id;
    EventReader m_reader;
    RunState m_state;
    int m_attempt;
    Liveness m_liveness = Liveness::Unknown;
    std::optional<Error> m_lastError;
    bool m_atEnd = false;
    int m_deadLooks = 0;
    int m_toldAttempt = 0;
    std::int64_t m_toldSequence = 0;
    std::filesystem::file_time_type m_recordTime{}, m_userTime{}, m_folderTime{};
};

} // namespace vitrine::store
