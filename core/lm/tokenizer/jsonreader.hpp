// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::lm {

/// Collects the first problem of a file while it is read, so that readers need not ask after each member.
class FileProblems {
  public:
    /// VIT-TOK-001: the value at `path` must be `what`.
    void malformed(const std::string& path, const std::string& what);
    /// VIT-TOK-002: the value at `path` is `name`, which is not supported.
    void unsupported(const std::string& path, const std::string& name);
    void set(Error error);
    [[nodiscard]] bool any() const { return m_error.has_value(); }
    [[nodiscard]] const Error& error() const { return *m_error; }

  private:
    std::optional<Error> m_error;
};

/// A value of a JSON file and its path ("pre_tokenizer.pretokenizers[1].type"). Missing members read as null.
class JsonNode {
  public:
    JsonNode(const Json& json, std::string path, FileProblems& problems)
        : m_json(&json), m_path(std::move(path)), m_problems(&problems) {}

    [[nodiscard]] JsonNode operator[](std::string_view member) const;
    [[nodiscard]] JsonNode operator[](std::size_t index) const;
    [[nodiscard]] const Json& json() const { return *m_json; }
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] FileProblems& problems() const { return *m_problems; }
    [[nodiscard]] bool isNull() const { return m_json->is_null(); }
    /// Elements of an array; 0 and a problem when it is none.
    [[nodiscard]] std::size_t arraySize() const;

    // The value, or the fallback when it is null; of another type: a problem.
    [[nodiscard]] std::string text(const std::string& fallback = {}) const;
    [[nodiscard]] bool flag(bool fallback) const;
    [[nodiscard]] std::int64_t integer(std::int64_t fallback) const;
    /// A text that must be there.
    [[nodiscard]] std::string requiredText() const;

    void malformed(const std::string& what) const { m_problems->malformed(m_path, what); }
    void unsupported(const std::string& name) const { m_problems->unsupported(m_path, name); }
    /// A problem unless the value is null, false, 0 or "".
    void mustBeUnused() const;

  private:
    const Json* m_json;
    std::string m_path;
    FileProblems* m_problems;
};

} // namespace vitrine::lm
