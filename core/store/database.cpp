// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

namespace vitrine::store {

namespace {

constexpr int BusyMs = 5000;

[[noreturn]] void fail(sqlite3* connection, int code) {
    throw SqlFailure(code, connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code));
}

void check(sqlite3_stmt* statement, int code) {
    if (code != SQLITE_OK) fail(sqlite3_db_handle(statement), code);
}

/// A whole database in a folder that nobody can write: SQLite wants a file of its own beside one in WAL mode.
bool liesStill(const std::filesystem::path& file) {
    std::error_code problem;
    const std::filesystem::path log = file.string() + "-wal";
    return std::filesystem::exists(file, problem) && !std::filesystem::exists(log, problem) &&
           ::access(file.parent_path().c_str(), W_OK) != 0;
}

/// A path in a URI: everything but letters, digits and a few marks as %XX.
std::string percentEncoded(const std::string& path) {
    std::string text;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("/-_.~").find(c) != std::string_view::npos)
            text += c;
        else
            text += {'%', "0123456789ABCDEF"[byte >> 4U], "0123456789ABCDEF"[byte & 15U]};
    }
    return text;
}

} // namespace

bool SqlFailure::isCannotOpen() const {
    const int primary = m_code & 0xff;
    return primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY;
}

bool SqlFailure::isCorruption() const {
    const int primary = m_code & 0xff;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

bool SqlFailure::isNoSpace() const {
    return (m_code & 0xff) == SQLITE_FULL;
}

Error SqlFailure::toError(const std::filesystem::path& file) const {
    if (isNoSpace())
        return makeError("VIT-BASE-012", "There is no space left to write %1", {file.string()},
                         "Free some space; work goes on by itself");
    return makeError("VIT-STORE-006", "The database %1 reports: %2", {file.string(), what()});
}

Statement::~Statement() {
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
}

Statement& Statement::bind(int at, std::int64_t value) {
    check(m_statement, sqlite3_bind_int64(m_statement, at, value));
    return *this;
}

Statement& Statement::bind(int at, double value) {
    check(m_statement,
          std::isnan(value) ? sqlite3_bind_null(m_statement, at) : sqlite3_bind_double(m_statement, at, value));
    return *this;
}

Statement& Statement::bind(int at, std::string_view value) {
    const char* data = value.data() ? value.data() : "";
    check(m_statement, sqlite3_bind_text64(m_statement, at, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

bool Statement::row() {
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    fail(sqlite3_db_handle(m_statement), code);
}

void Statement::run() {
    while (row()) {
    }
}

void Statement::again() {
    sqlite3_reset(m_statement);
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}

double Statement::real(int column) const {
    return isNull(column) ? std::numeric_limits<double>::quiet_NaN() : sqlite3_column_double(m_statement, column);
}

std::string Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return data ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)))
                : std::string();
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

Database::Database(const std::filesystem::path& file, Mode mode) : m_file(file) {
    try {
        open(file.string(), mode, 0);
    } catch (const SqlFailure& failure) {
        if (mode != Mode::ReadOnly || !failure.isCannotOpen() || !liesStill(file)) throw;
        open("file:" + percentEncoded(file.string()) + "?immutable=1", mode, SQLITE_OPEN_URI);
    }
}

void Database::open(const std::string& name, Mode mode, int flags) {
    const int access = mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(name.c_str(), &m_connection,
                                     access | flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    try {
        if (code != SQLITE_OK) fail(m_connection, code);
        sqlite3_busy_timeout(m_connection, BusyMs);
        sqlite3_db_config(m_connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        if (mode == Mode::ReadWrite) execute("PRAGMA journal_mode=WAL");
        execute("PRAGMA synchronous=NORMAL");
        execute("PRAGMA foreign_keys=ON");
        execute("SELECT count(*) FROM sqlite_schema"); // reads the header: a file that is no database shows here
    } catch (...) {
        sqlite3_close(std::exchange(m_connection, nullptr));
        throw;
    }
}

Database::~Database() {
    for (const auto& [sql, statement] : m_prepared) sqlite3_finalize(statement);
    sqlite3_close(m_connection);
}

Statement Database::prepare(const char* sql) {
    sqlite3_stmt*& statement = m_prepared[sql];
    if (!statement) {
        const int code = sqlite3_prepare_v3(m_connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (code != SQLITE_OK) fail(m_connection, code);
    }
    return Statement(statement);
}

void Database::execute(const char* sql) {
    if (const int code = sqlite3_exec(m_connection, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
        fail(m_connection, code);
}

std::int64_t Database::lastId() const {
    return sqlite3_last_insert_rowid(m_connection);
}

int Database::userVersion() {
    Statement statement = prepare("PRAGMA user_version");
    return statement.row() ? static_cast<int>(statement.integer(0)) : 0;
}

std::vector<std::string> Database::quickCheck(bool thorough) {
    std::vector<std::string> found;
    Statement statement = prepare(thorough ? "PRAGMA integrity_check(20)" : "PRAGMA quick_check(20)");
    while (statement.row()) found.push_back(statement.text(0));
    if (found == std::vector<std::string>{"ok"}) found.clear();
    return found;
}

Transaction::~Transaction() {
    if (!m_open) return;
    try {
        m_database.execute("ROLLBACK");
    } catch (const SqlFailure&) { // SQLite has rolled back by itself
    }
}

void Transaction::commit() {
    m_database.execute("COMMIT");
    m_open = false;
}

} // namespace vitrine::store
