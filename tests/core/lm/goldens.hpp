// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.hpp"
#include "core/base/json.hpp"

#include <QByteArray>
#include <QString>

#include <cstdlib>
#include <string>
#include <vector>

namespace vitrine::test {

/// Path of a file under tests/golden/lm.
inline std::string goldenPath(const std::string& name) {
    return std::string(std::getenv("VITRINE_SOURCE_DIR")) + "/tests/golden/lm/" + name;
}

inline std::string goldenText(const std::string& name) {
    auto text = readFile(goldenPath(name));
    return text ? *text : std::string();
}

inline Json goldenJson(const std::string& name) {
    auto json = parseJson(goldenText(name));
    return json ? *json : Json();
}

/// "1 2 3", for messages.
inline std::string spelled(const std::vector<std::int32_t>& ids) {
    std::string text;
    for (const std::int32_t id : ids) text += std::to_string(id) + " ";
    return text;
}

} // namespace vitrine::test
