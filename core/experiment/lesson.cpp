// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/lesson.hpp"

#include <algorithm>
#include <optional>

namespace vitrine {

namespace {

constexpr std::string_view Scheme = "vitrine:";
constexpr std::string_view CheckOpen = "<!-- check:";
constexpr std::string_view CheckClose = "-->";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<int> hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

std::string percentDecode(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 2 < text.size()) {
            const auto high = hexDigit(text[at + 1]), low = hexDigit(text[at + 2]);
            if (high && low) {
                decoded += static_cast<char>(*high * 16 + *low);
                at += 2;
                continue;
            }
        }
        decoded += text[at] == '+' ? ' ' : text[at];
    }
    return decoded;
}

Error lessonError(const char* code, std::string message, std::string where, int line) {
    return {.code = code, .message = std::move(message), .where = std::move(where) + ":" + std::to_string(line)};
}

/// Collects the links "](vitrine:...)" of one line.
Status collectActions(std::string_view line, LessonStep& step, const std::string& where, int number) {
    for (std::size_t at = line.find("](vitrine:"); at != std::string_view::npos; at = line.find("](vitrine:", at + 1)) {
        const std::size_t begin = at + 2, end = line.find(')', begin);
        if (end == std::string_view::npos) return lessonError("VIT-EXP-021", "A link is not closed", where, number);
        Result<LessonAction> action = parseLessonLink(line.substr(begin, end - begin));
        if (!action) return lessonError("VIT-EXP-021", action.error().message, where, number);
        step.actions.push_back(*action);
    }
    return {};
}

bool takeCheck(std::string_view line, LessonStep& step) {
    if (!line.starts_with(CheckOpen) || !line.ends_with(CheckClose)) return false;
    line.remove_prefix(CheckOpen.size());
    line.remove_suffix(CheckClose.size());
    line = trim(line);
    const auto space = line.find(' ');
    step.checks.push_back({std::string(line.substr(0, space)),
                           space == std::string_view::npos ? std::string() : std::string(trim(line.substr(space)))});
    return true;
}

Status takeLine(std::string_view line, Lesson& lesson, const std::string& where, int number) {
    if (line.starts_with("## ")) {
        lesson.steps.push_back({.title = std::string(trim(line.substr(3)))});
    } else if (line.starts_with("# ")) {
        lesson.title = trim(line.substr(2));
    } else if (lesson.steps.empty()) {
        if (!trim(line).empty()) lesson.summary += (lesson.summary.empty() ? "" : " ") + std::string(trim(line));
    } else if (takeCheck(trim(line), lesson.steps.back())) {
        return {};
    } else if (line.starts_with(">")) {
        std::string& expected = lesson.steps.back().expected;
        expected += (expected.empty() ? "" : " ") + std::string(trim(line.substr(1)));
    } else {
        lesson.steps.back().body += std::string(line) + "\n";
        return collectActions(line, lesson.steps.back(), where, number);
    }
    return {};
}

} // namespace

Result<LessonAction> parseLessonLink(std::string_view url) {
    if (!url.starts_with(Scheme))
        return Error{.code = "VIT-EXP-021", .message = "This link is not one of Vitrine's", .where = std::string(url)};
    url.remove_prefix(Scheme.size());
    LessonAction action;
    const auto question = url.find('?');
    action.verb = url.substr(0, question);
    if (action.verb.empty())
        return Error{.code = "VIT-EXP-021", .message = "A link of Vitrine's needs a verb", .where = std::string(url)};
    std::string_view rest = question == std::string_view::npos ? std::string_view{} : url.substr(question + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        const auto equals = pair.find('=');
        action.arguments[percentDecode(pair.substr(0, equals))] =
            equals == std::string_view::npos ? std::string() : percentDecode(pair.substr(equals + 1));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    }
    return action;
}

Result<Lesson> parseLesson(std::string_view markdown, const std::string& where) {
    Lesson lesson;
    int number = 0;
    while (!markdown.empty()) {
        const std::string_view line = markdown.substr(0, markdown.find('\n'));
        markdown.remove_prefix(std::min(markdown.size(), line.size() + 1));
        if (const Status status = takeLine(line, lesson, where, ++number); !status) return status.error();
    }
    if (lesson.title.empty()) return lessonError("VIT-EXP-020", "A lesson needs a title", where, 1);
    if (lesson.steps.empty()) return lessonError("VIT-EXP-020", "A lesson needs at least one step", where, number);
    for (LessonStep& step : lesson.steps) step.body = trim(step.body);
    return lesson;
}

} // namespace vitrine
