// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.hpp"

#include <string>

namespace vitrine::store {

namespace {

/// Rows of events carry (run, attempt, n): the number of their event, by which resumed attempts supersede.
constexpr Migration Version1 = R"sql(
CREATE TABLE runs(
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL DEFAULT '',
  preset TEXT NOT NULL DEFAULT '',
  seed TEXT NOT NULL DEFAULT '',
  device TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL DEFAULT 0,
  started INTEGER NOT NULL DEFAULT 0,
  ended INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'queued',
  attempt INTEGER NOT NULL DEFAULT 0,
  step INTEGER NOT NULL DEFAULT 0,
  record TEXT NOT NULL DEFAULT '{}',
  summary TEXT NOT NULL DEFAULT '{}',
  error TEXT,
  name TEXT NOT NULL DEFAULT '',
  notes TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',
  trashed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_by_created ON runs(created);
CREATE TABLE files(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  PRIMARY KEY(run, attempt)
) STRICT, WITHOUT ROWID;
CREATE TABLE metrics(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE scalars(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  metric INTEGER NOT NULL REFERENCES metrics(id),
  attempt INTEGER NOT NULL,
  n INTEGER NOT NULL,
  step INTEGER NOT NULL,
  time INTEGER NOT NULL,
  value REAL,
  superseded INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(run, metric, attempt, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE logs(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  n INTEGER NOT NULL,
  time INTEGER NOT NULL,
  level INTEGER NOT NULL,
  message TEXT NOT NULL,
  arguments TEXT NOT NULL,
  place TEXT NOT NULL,
  PRIMARY KEY(run, attempt, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE artifacts(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  n INTEGER NOT NULL,
  time INTEGER NOT NULL,
  artifact TEXT NOT NULL,
  step INTEGER NOT NULL,
  type TEXT NOT NULL,
  file TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY(run, attempt, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  n INTEGER NOT NULL,
  time INTEGER NOT NULL,
  step INTEGER NOT NULL,
  file TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY(run, attempt, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE problems(
  id INTEGER PRIMARY KEY,
  run INTEGER REFERENCES runs(id) ON DELETE CASCADE,
  time INTEGER NOT NULL,
  error TEXT NOT NULL
) STRICT;
)sql";

} // namespace

const std::vector<Migration>& migrations() {
    static const std::vector<Migration> all{Version1};
    return all;
}

bool migrate(Database& database, const std::vector<Migration>& steps) {
    const int last = static_cast<int>(steps.size());
    const int first = database.userVersion();
    if (first > last) return false;
    if (first == last) return true;
    if (first > 0) {
        const std::filesystem::path backup = database.file().string() + ".v" + std::to_string(first) + ".bak";
        std::error_code ignored;
        std::filesystem::remove(backup, ignored);
        database.prepare("VACUUM INTO ?1").bind(1, backup.string()).run();
    }
    Transaction transaction(database);
    for (int version = first; version < last; ++version) database.execute(steps[static_cast<std::size_t>(version)]);
    database.execute(("PRAGMA user_version=" + std::to_string(last)).c_str());
    transaction.commit();
    return true;
}

} // namespace vitrine::store
