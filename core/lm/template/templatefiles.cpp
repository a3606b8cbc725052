// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/lm/template/chattemplate.hpp"

#include <algorithm>

namespace vitrine::lm {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t LargestFile = 16U << 20U;

bool isFile(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

Error malformed(const fs::path& path) {
    return makeError("VIT-TPL-011", "chat_template in %1 must be a text or a list of names and texts", {path.string()});
}

Status addFile(const fs::path& path, const std::string& name, std::vector<NamedTemplate>& out) {
    auto text = readFile(path, LargestFile);
    if (!text) return text.error();
    out.push_back({name, std::move(*text), path.filename().string()});
    return {};
}

/// chat_template.jinja and the files beside it.
Status addJinjaFiles(const fs::path& folder, std::vector<NamedTemplate>& out) {
    if (Status status = addFile(folder / "chat_template.jinja", "default", out); !status) return status;
    std::error_code ignored;
    std::vector<fs::path> more;
    for (const auto& entry : fs::directory_iterator(folder / "additional_chat_templates", ignored))
        if (entry.path().extension() == ".jinja" && isFile(entry.path())) more.push_back(entry.path());
    std::sort(more.begin(), more.end());
    for (const fs::path& path : more)
        if (Status status = addFile(path, path.stem().string(), out); !status) return status;
    return {};
}

Status addMember(const fs::path& path, std::vector<NamedTemplate>& out) {
    if (!isFile(path)) return {};
    const auto text = readFile(path, LargestFile);
    if (!text) return text.error();
    const auto json = parseOrderedJson(*text, path.string());
    if (!json) return json.error();
    if (!json->is_object() || !json->contains("chat_template") || (*json)["chat_template"].is_null()) return {};
    const OrderedJson& member = (*json)["chat_template"];
    const std::string origin = path.filename().string();
    if (member.is_string()) {
        out.push_back({"default", member.get<std::string>(), origin});
        return {};
    }
    if (!member.is_array()) return malformed(path);
    for (const OrderedJson& each : member) {
        const bool isGood = each.is_object() && each.contains("name") && each["name"].is_string() &&
                            each.contains("template") && each["template"].is_string();
        if (!isGood) return malformed(path);
        out.push_back({each["name"].get<std::string>(), each["template"].get<std::string>(), origin});
    }
    return {};
}

} // namespace

Result<std::vector<NamedTemplate>> loadChatTemplates(const fs::path& folder) {
    std::vector<NamedTemplate> found;
    if (isFile(folder / "chat_template.jinja")) {
        if (Status status = addJinjaFiles(folder, found); !status) return status.error();
        return found;
    }
    for (const char* name : {"chat_template.json", "tokenizer_config.json"}) {
        if (Status status = addMember(folder / name, found); !status) return status.error();
        if (!found.empty()) return found;
    }
    return makeError("VIT-TPL-009", "There is no chat template in %1", {folder.string()},
                     "A base model has none: give it a prompt instead of messages");
}

Result<OrderedJson> templateTokens(const fs::path& folder) {
    OrderedJson tokens = OrderedJson::object();
    const fs::path path = folder / "tokenizer_config.json";
    if (!isFile(path)) return tokens;
    const auto text = readFile(path, LargestFile);
    if (!text) return text.error();
    const auto json = parseOrderedJson(*text, path.string());
    if (!json) return json.error();
    if (!json->is_object()) return tokens;
    for (const char* role : {"bos_token", "eos_token", "pad_token", "unk_token"}) {
        if (!json->contains(role)) continue;
        const OrderedJson& value = (*json)[role];
        if (value.is_string()) tokens[role] = value;
        if (value.is_object() && value.contains("content") && value["content"].is_string())
            tokens[role] = value["content"];
    }
    return tokens;
}

} // namespace vitrine::lm
