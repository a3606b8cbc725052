// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vitrine {

/// How bad it is: a note informs, a warning leaves the result valid, an error does not.
enum class Severity { Note, Warning, Error };

/// An expected failure as a value. Text for people is made by the window from `message` and `arguments`;
/// `toText` gives the English of logs and of the shell.
struct Error {
    std::string code = {};                   ///< stable, never reused: "VIT-STORE-003"
    std::string message = {};                ///< message id, English with %1..%9: "The folder %1 is read-only"
    std::vector<std::string> arguments = {}; ///< for %1..%9
    std::string hint = {};                   ///< message id of what to do, may be empty
    std::string where = {};                  ///< file, knob or position, may be empty
    Severity severity = Severity::Error;
    std::shared_ptr<const Error> cause = {}; ///< what lay beneath, or null
};

/// An Error of severity Error without a cause, in one line.
[[nodiscard]] Error makeError(std::string code, std::string message, std::vector<std::string> arguments = {},
                              std::string hint = {}, std::string where = {});
/// "VIT-STORE-003: The folder /x is read-only. Choose another folder. (/x)", causes on lines of their own.
[[nodiscard]] std::string toText(const Error& error);
/// `message` with %1..%9 replaced.
[[nodiscard]] std::string fillIn(const std::string& message, const std::vector<std::string>& arguments);
[[nodiscard]] nlohmann::json toJson(const Error& error);
[[nodiscard]] Error errorFromJson(const nlohmann::json& json);

/// A value or an Error; never both. `Result<void>` is `Status`.
template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T good) : m_state(std::in_place_index<0>, std::move(good)) {}
    Result(Error bad) : m_state(std::in_place_index<1>, std::move(bad)) {}

    [[nodiscard]] bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] T& value() & { return std::get<0>(m_state); }
    [[nodiscard]] const T& value() const& { return std::get<0>(m_state); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(m_state)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    [[nodiscard]] const Error& error() const { return std::get<1>(m_state); }

  private:
    std::variant<T, Error> m_state;
};

class [[nodiscard]] Status {
  public:
    Status() = default;
    Status(Error error) : m_error(std::move(error)) {}
    [[nodiscard]] bool ok() const { return !m_error.has_value(); }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] const Error& error() const { return *m_error; }

  private:
    std::optional<Error> m_error;
};

} // namespace vitrine
