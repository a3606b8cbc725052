// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vitrine::lm {

/// A reader of JSON events that keeps its first error. Values of a kind that a reader does not override go to
/// `otherValue`. Made for headers from outside: nothing is kept but what the reader keeps.
class JsonSax : public nlohmann::json_sax<Json> {
  public:
    explicit JsonSax(const std::string& where) : m_where(where) {}
    JsonSax(const JsonSax&) = delete;
    JsonSax& operator=(const JsonSax&) = delete;
    ~JsonSax() override = default;

    bool null() override { return otherValue(); }
    bool boolean(bool) override { return otherValue(); }
    bool number_integer(number_integer_t) override { return otherValue(); }
    bool number_unsigned(number_unsigned_t) override { return otherValue(); }
    bool number_float(number_float_t, const string_t&) override { return otherValue(); }
    bool string(string_t&) override { return otherValue(); }
    bool binary(binary_t&) override { return otherValue(); }
    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& problem) override;

    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

  protected:
    virtual bool otherValue() = 0;
    bool fail(Error error) {
        if (!m_error) m_error = std::move(error);
        return false;
    }

    const std::string& m_where;

  private:
    std::optional<Error> m_error;
};

/// Checks the text as `checkHeaderText` does, then feeds it to `sax`.
/// \errors VIT-LM-013 (not UTF-8), -015 (not JSON), -016 (nested too deeply, too long), those of the reader
[[nodiscard]] Status parseHeader(std::string_view json, JsonSax& sax, const std::string& where);

} // namespace vitrine::lm
