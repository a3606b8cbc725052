// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

/// What a link of a lesson does: "vitrine:sample?name=ancestors&step=2" is verb "sample" with two arguments.
struct LessonAction {
    std::string verb;
    std::map<std::string, std::string> arguments;
};

/// What the room itself must confirm: "check: answer Ancestor(x, z)? 10" is kind "answer" with the rest as text.
struct LessonCheck {
    std::string kind, text;
};

struct LessonStep {
    std::string title = {};
    std::string body = {};                  ///< Markdown, links included
    std::string expected = {};              ///< "You should see ...", Markdown; may be empty
    std::vector<LessonCheck> checks = {};   ///< all must hold
    std::vector<LessonAction> actions = {}; ///< of the links of the body, in order
};

struct Lesson {
    std::string title, summary;
    std::vector<LessonStep> steps;
};

/// Reads resources/lessons/<room>.<lang>.md: "# title", a summary, then "## step" sections; a quoted paragraph is what
/// the reader should see, an HTML comment "<!-- check: KIND TEXT -->" what the room confirms.
/// \errors VIT-EXP-020 (no title or no step), -021 (a link of ours that cannot be read), with the line
[[nodiscard]] Result<Lesson> parseLesson(std::string_view markdown, const std::string& where);

/// Nothing when the link is not ours. \errors VIT-EXP-021
[[nodiscard]] Result<LessonAction> parseLessonLink(std::string_view url);

} // namespace vitrine
