// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/lm/checkpoint/jsonsax.hpp"
#include "core/lm/checkpoint/safetensors.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace vitrine::lm {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t MaxShards = 10'000; // each is an open file

/// {"metadata": {"total_size": n, ...}, "weight_map": {tensor: file, ...}}; other members are let be.
class IndexSax : public JsonSax {
  public:
    IndexSax(ShardIndex& index, const std::string& where) : JsonSax(where), m_index(index) {}

    bool key(string_t& text) override {
        if (m_depth == 1) {
            m_section = text == "weight_map" ? Section::Map : text == "metadata" ? Section::Metadata : Section::Other;
            if (m_section == Section::Map && std::exchange(m_hasMap, true)) return twice(text);
        } else if (m_depth == 2) {
            m_key = std::move(text);
        }
        return true;
    }
    bool start_object(std::size_t) override {
        if (m_depth == 2 && m_section == Section::Map) return notAnIndex();
        ++m_depth;
        return true;
    }
    bool end_object() override {
        --m_depth;
        return true;
    }
    bool start_array(std::size_t) override {
        if (m_depth == 0 || (m_depth <= 2 && m_section == Section::Map)) return notAnIndex();
        ++m_depth;
        return true;
    }
    bool end_array() override {
        --m_depth;
        return true;
    }
    bool string(string_t& text) override {
        if (m_depth != 2 || m_section != Section::Map) return otherValue();
        if (m_index.files.size() == MaxTensors)
            return fail(makeError("VIT-LM-016", "The header lists more than %1 tensors", {std::to_string(MaxTensors)},
                                  "Take the file from its source again", m_where));
        m_index.files.emplace_back(std::move(m_key), std::move(text));
        return true;
    }
    bool number_unsigned(number_unsigned_t number) override {
        if (m_depth == 2 && m_section == Section::Metadata && m_key == "total_size") m_index.totalBytes = number;
        return otherValue();
    }

    [[nodiscard]] bool hasMap() const { return m_hasMap; }

  private:
    enum class Section { Map, Metadata, Other };

    bool otherValue() override {
        if (m_depth == 0 || (m_section == Section::Map && m_depth <= 2)) return notAnIndex();
        return true;
    }
    bool notAnIndex() {
        return fail(makeError("VIT-LM-040", "This is no index of shards: it lacks a weight_map from names to files", {},
                              "Take the file from its source again", m_where));
    }
    bool twice(const std::string& name) {
        return fail(makeError("VIT-LM-042", "The name %1 stands twice in the index", {name},
                              "Take the file from its source again", m_where));
    }

    ShardIndex& m_index;
    std::string m_key;
    Section m_section = Section::Other;
    int m_depth = 0;
    bool m_hasMap = false;
};

bool leadsElsewhere(const std::string& file) {
    if (file.empty() || file == "." || file == "..") return true;
    return file.find('/') != std::string::npos || file.find('\\') != std::string::npos ||
           file.find('\0') != std::string::npos;
}

/// Opens one shard and appends its tensors to `parts`. \param keys  of the metadata so far
Status addShard(const fs::path& path, CheckpointParts& parts, std::set<std::string>& keys) {
    std::error_code problem;
    if (!fs::exists(path, problem))
        return makeError("VIT-LM-043", "The shard %1 that the index names is not there", {path.filename().string()},
                         "Bring all files of the model into one folder", path.string());
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    const auto shard = openSafetensors(*file);
    if (!shard) return shard.error();
    const auto number = static_cast<std::uint32_t>(parts.files.size());
    for (TensorInfo tensor : (*shard)->tensors()) {
        tensor.file = number;
        parts.tensors.push_back(std::move(tensor));
    }
    for (const auto& entry : (*shard)->metadata().entries)
        if (keys.insert(entry.first).second) parts.metadata.entries.push_back(entry);
    parts.files.push_back(*file);
    return {};
}

Status checkMap(const ShardIndex& index, const Checkpoint& checkpoint, const std::string& where) {
    for (const auto& [name, file] : index.files) {
        const TensorInfo* tensor = checkpoint.find(name);
        if (!tensor || checkpoint.files()[tensor->file]->path().filename() != file)
            return makeError("VIT-LM-045", "The tensor %1 is not in the file %2 that the index names for it",
                             {name, file},
                             "Index and shards are of different models; take them from their source again", where);
    }
    return {};
}

} // namespace

std::vector<std::string> ShardIndex::shards() const {
    std::vector<std::string> names;
    for (const auto& [tensor, file] : files)
        if (names.empty() || names.back() != file) names.push_back(file);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

Result<ShardIndex> parseShardIndex(std::string_view json, const std::string& where) {
    ShardIndex index;
    IndexSax sax(index, where);
    if (Status read = parseHeader(json, sax, where); !read) return read.error();
    if (!sax.hasMap())
        return makeError("VIT-LM-040", "This is no index of shards: it lacks a weight_map from names to files", {},
                         "Take the file from its source again", where);
    std::sort(index.files.begin(), index.files.end());
    for (std::size_t at = 0; at < index.files.size(); ++at) {
        const auto& [name, file] = index.files[at];
        if (leadsElsewhere(file))
            return makeError("VIT-LM-041", "The index names the file \"%1\" for %2, which is not a plain file name",
                             {file, name}, "Take the index from its source again; do not trust this one", where);
        if (at > 0 && index.files[at - 1].first == name)
            return makeError("VIT-LM-042", "The name %1 stands twice in the index", {name},
                             "Take the file from its source again", where);
    }
    return index;
}

Result<std::shared_ptr<const Checkpoint>> openSafetensorsIndex(const fs::path& path) {
    const std::string where = path.string();
    const Result<std::string> json = readFile(path, MaxSafetensorsHeader);
    if (!json) return json.error();
    const Result<ShardIndex> index = parseShardIndex(*json, where);
    if (!index) return index.error();
    const std::vector<std::string> shards = index->shards();
    if (shards.size() > MaxShards)
        return makeError("VIT-LM-040", "The index names %1 files; more than %2 are refused",
                         {std::to_string(shards.size()), std::to_string(MaxShards)},
                         "Take the file from its source again", where);
    CheckpointParts parts;
    parts.format = CheckpointFormat::ShardedSafetensors;
    std::set<std::string> keys; // of the metadata: a header of 100 MB can have millions
    for (const std::string& shard : shards)
        if (Status added = addShard(path.parent_path() / shard, parts, keys); !added) return added.error();
    if (const std::string* name = repeatedName(parts.tensors))
        return makeError("VIT-LM-044", "The tensor %1 is in two shards", {*name},
                         "Files of different models lie in this folder; take them from their source again", where);
    std::uint64_t total = 0;
    for (const TensorInfo& tensor : parts.tensors) total += tensor.bytes;
    if (index->totalBytes != 0 && index->totalBytes != total) {
        Error warning = makeError("VIT-LM-046", "The index says %1 bytes in all, the shards have %2",
                                  {std::to_string(index->totalBytes), std::to_string(total)}, {}, where);
        warning.severity = Severity::Warning;
        parts.warnings.push_back(std::move(warning));
    }
    const auto checkpoint = std::make_shared<const Checkpoint>(std::move(parts));
    if (Status whole = checkMap(*index, *checkpoint, where); !whole) return whole.error();
    return checkpoint;
}

} // namespace vitrine::lm
