// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/template/value.hpp"

#include <string>
#include <string_view>
#include <vector>

// How Python writes and cuts texts.
namespace vitrine::lm::jinja {

[[nodiscard]] bool isPythonSpace(char32_t value);
/// str.strip() and its halves. \param chars nullptr: white space; else any of these characters
[[nodiscard]] std::string_view stripLeft(std::string_view text, const std::string* chars = nullptr);
[[nodiscard]] std::string_view stripRight(std::string_view text, const std::string* chars = nullptr);

/// The characters of a text, each as UTF-8.
[[nodiscard]] std::vector<std::string_view> characters(std::string_view text);
[[nodiscard]] std::string changeCase(std::string_view text, bool upper);

/// repr() of a float: the shortest digits that give it back.
[[nodiscard]] std::string realText(double value);
/// str(): texts as they are, everything else as repr().
[[nodiscard]] std::string str(const Value& value);
[[nodiscard]] std::string repr(const Value& value);

struct JsonStyle {
    int indent = -1; ///< -1: one line
    bool ensureAscii = false;
    bool sortKeys = false;
    std::string item = ", ", key = ": ";
};
/// json.dumps(); false for what JSON cannot hold.
[[nodiscard]] bool writeJson(const Value& value, const JsonStyle& style, std::string& out, int level = 0);

/// datetime.strftime() in English; false for a directive that is not known.
[[nodiscard]] bool formatTime(const std::tm& time, std::string_view format, std::string& out);

} // namespace vitrine::lm::jinja
