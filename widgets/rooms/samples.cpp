// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/samples.hpp"

#include "core/base/files.hpp"
#include "core/base/jsonmembers.hpp"
#include "core/base/logging.hpp"
#include "widgets/base/words.hpp"

namespace vitrine {

namespace {
QString inLanguage(const Json& object, const char* key, const QString& language) {
    const auto texts = object.find(key);
    if (texts == object.end()) return {};
    if (texts->is_string()) return qtext(texts->get<std::string>());
    if (!texts->is_object()) return {};
    for (const std::string& tried : {utf8(language), std::string("en")})
        if (const auto text = texts->find(tried); text != texts->end() && text->is_string())
            return qtext(text->get<std::string>());
    return {};
}
} // namespace

QList<Sample> samplesOf(const QString& room, const QString& language) {
    const auto folder = resourceFolder() / "samples" / utf8(room);
    const auto text = readFile(folder / "index.json", 4 << 20);
    if (!text.ok()) return {};
    const auto index = parseJson(text.value(), "index.json");
    if (!index.ok() || !index->is_object() || !index->contains("groups") || !(*index)["groups"].is_array()) {
        logMessage(LogLevel::Error, "vitrine.rooms", "The index of samples of " + utf8(room) + " cannot be read");
        return {};
    }
    QList<Sample> samples;
    for (const Json& group : (*index)["groups"]) {
        if (!group.is_object() || !group.contains("samples")) continue;
        for (const Json& entry : group["samples"]) {
            if (!entry.is_object() || !entry.contains("name") || !entry.contains("file")) continue;
            samples.append({room, qtext(textOr(entry, "name")), qtext((folder / textOr(entry, "file")).string()),
                            inLanguage(entry, "title", language), inLanguage(entry, "summary", language),
                            inLanguage(group, "title", language)});
        }
    }
    return samples;
}

} // namespace vitrine
