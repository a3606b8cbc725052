// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

/// Closed range of a field.
struct Between {
    double low, high;
};

/// Reads fields of one JSON object that somebody else wrote; what is wrong goes to one list with the field's path, and
/// a fallback is given. `null` is the same as missing.
class ConfigFields {
  public:
    ConfigFields(const Json& object, std::string path, std::vector<Error>& problems)
        : m_object(object), m_path(std::move(path)), m_problems(problems) {}

    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
    [[nodiscard]] const Json* find(std::string_view key) const;
    [[nodiscard]] std::string pathOf(std::string_view key) const;
    [[nodiscard]] std::vector<Error>& problems() const { return m_problems; }

    /// Missing and no fallback: VIT-LM-072. Wrong type or outside the range: VIT-LM-073.
    [[nodiscard]] std::int64_t integer(std::string_view key, Between range,
                                       std::optional<std::int64_t> fallback = std::nullopt) const;
    [[nodiscard]] double real(std::string_view key, Between range, std::optional<double> fallback = std::nullopt) const;
    [[nodiscard]] bool truth(std::string_view key, bool fallback) const;
    [[nodiscard]] std::string text(std::string_view key, const std::string& fallback) const;
    [[nodiscard]] std::optional<std::int64_t> id(std::string_view key) const; ///< a token id, or nothing
    [[nodiscard]] std::vector<std::int64_t> ids(std::string_view key) const;  ///< one id or a list of them, sorted

    void missing(std::string_view key) const;
    void wrong(std::string_view key, const std::string& expected) const;
    void unsupported(std::string_view key) const; ///< VIT-LM-078
    void add(Error error) const { m_problems.push_back(std::move(error)); }

  private:
    const Json& m_object;
    std::string m_path;
    std::vector<Error>& m_problems;
};

} // namespace vitrine::lm
