// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

/// A thin layer over SQLite, for core/store alone. Failures are SqlFailure, which no public function of the store lets
/// out.
namespace vitrine::store {

class SqlFailure : public std::runtime_error {
  public:
    SqlFailure(int code, const std::string& text) : std::runtime_error(text), m_code(code) {}
    [[nodiscard]] bool isCorruption() const; ///< the file is damaged, or is no database
    [[nodiscard]] bool isNoSpace() const;
    [[nodiscard]] bool isCannotOpen() const;                              ///< or not written, which opening may need
    [[nodiscard]] Error toError(const std::filesystem::path& file) const; ///< VIT-STORE-006, or VIT-BASE-012

  private:
    int m_code;
};

/// One prepared statement, reset at the end of the scope that uses it. Parameters and columns count from 1 and 0.
class Statement {
  public:
    explicit Statement(sqlite3_stmt* statement) : m_statement(statement) {}
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement(); ///< resets

    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, int value) { return bind(at, std::int64_t{value}); }
    Statement& bind(int at, double value); ///< NaN becomes NULL: SQLite has no NaN
    Statement& bind(int at, std::string_view value);
    Statement& bind(int at, const std::string& value) { return bind(at, std::string_view(value)); }
    Statement& bind(int at, const char* value) { return bind(at, std::string_view(value)); }
    [[nodiscard]] bool row(); ///< steps; true when there is a row
    void run();               ///< steps to the end
    void again();             ///< resets, to be bound and run once more

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const; ///< NULL gives NaN
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] bool isNull(int column) const;

  private:
    sqlite3_stmt* m_statement;
};

/// One connection, used by one thread at a time.
class Database {
  public:
    enum class Mode { ReadWrite, ReadOnly };
    /// Opens, with WAL, synchronous NORMAL, foreign keys and a busy timeout of 5 s. Throws SqlFailure.
    Database(const std::filesystem::path& file, Mode mode);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    [[nodiscard]] Statement prepare(const char* sql); ///< kept and used again: `sql` must be a literal
    void execute(const char* sql);
    [[nodiscard]] std::int64_t lastId() const;
    [[nodiscard]] int userVersion();
    [[nodiscard]] std::vector<std::string> quickCheck(bool thorough = false); ///< empty: sound
    [[nodiscard]] const std::filesystem::path& file() const { return m_file; }

  private:
    void open(const std::string& name, Mode mode, int flags);

    std::filesystem::path m_file;
    sqlite3* m_connection = nullptr;
    std::map<const char*, sqlite3_stmt*> m_prepared;
};

/// BEGIN IMMEDIATE ... COMMIT; rolls back unless committed.
class Transaction {
  public:
    explicit Transaction(Database& database) : m_database(database) { m_database.execute("BEGIN IMMEDIATE"); }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

  private:
    Database& m_database;
    bool m_open = true;
};

/// One step of the schema: from version `index` to `index + 1`.
using Migration = const char*;
[[nodiscard]] const std::vector<Migration>& migrations();
/// Brings the database up to the last version, after a backup copy `<file>.v<N>.bak`. \errors SqlFailure; the old
/// version stays. A database of a newer version is left alone and false returned.
[[nodiscard]] bool migrate(Database& database, const std::vector<Migration>& steps = migrations());

} // namespace vitrine::store
