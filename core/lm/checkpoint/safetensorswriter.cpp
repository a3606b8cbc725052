// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/safetensorswriter.hpp"

#include "core/base/atomicfile.hpp"
#include "core/base/json.hpp"
#include "core/base/utf8.hpp"
#include "core/lm/checkpoint/headertext.hpp"
#include "core/lm/checkpoint/safetensors.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>
#include <utility>

namespace vitrine::lm {

namespace {

std::string_view asText(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Status checkNames(const std::vector<TensorToWrite>& tensors) {
    std::vector<std::string_view> names;
    for (const TensorToWrite& tensor : tensors) names.emplace_back(tensor.name);
    std::sort(names.begin(), names.end());
    for (std::size_t at = 0; at < names.size(); ++at) {
        const bool isRepeated = at > 0 && names[at - 1] == names[at];
        const bool isText = findInvalidUtf8(names[at]) == std::string_view::npos;
        if (!isText) return makeError("VIT-LM-030", "The name of a tensor to write is not UTF-8");
        if (isRepeated)
            return makeError("VIT-LM-030", "Two tensors to write have the name %1", {std::string(names[at])});
        if (names[at].empty() || names[at] == "__metadata__")
            return makeError("VIT-LM-030", "A tensor cannot have the name \"%1\"", {std::string(names[at])});
    }
    return {};
}

/// The header's JSON, in the order of the tensors; also the size of each.
Result<std::string> headerOf(const std::vector<TensorToWrite>& tensors,
                             const std::map<std::string, std::string>& metadata, std::vector<std::uint64_t>& sizes) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::string json = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    json.pop_back(); // entries are appended as text: a JSON object of 100,000 ordered members looks each of them up
    std::uint64_t begin = 0;
    for (const TensorToWrite& tensor : tensors) {
        const std::optional<std::uint64_t> bytes = byteCount(tensor.type, tensor.shape);
        if (!bytes || isQuantised(tensor.type) || *bytes > UINT64_MAX / 2 - begin)
            return makeError("VIT-LM-031", "The tensor %1 of type %2 cannot be written to a safetensors file",
                             {tensor.name, std::string(traits(tensor.type).name)}, "Widen quantised tensors first");
        const nlohmann::ordered_json entry{
            {"dtype", traits(tensor.type).name}, {"shape", tensor.shape}, {"data_offsets", {begin, begin + *bytes}}};
        if (json.size() > 1) json += ',';
        json += nlohmann::ordered_json(tensor.name).dump() + ":" + entry.dump();
        begin += *bytes;
        sizes.push_back(*bytes);
    }
    json += '}';
    json.append((8 - json.size() % 8) % 8, ' ');
    if (json.size() > MaxSafetensorsHeader)
        return makeError("VIT-LM-011", "The header would be %1 bytes; more than %2 are refused",
                         {std::to_string(json.size()), std::to_string(MaxSafetensorsHeader)});
    return json;
}

} // namespace

Status writeSafetensors(const std::filesystem::path& path, std::vector<TensorToWrite> tensors,
                        const std::map<std::string, std::string>& metadata) {
    if (Status good = checkNames(tensors); !good) return good;
    std::sort(tensors.begin(), tensors.end(), [](const TensorToWrite& a, const TensorToWrite& b) {
        return std::tuple(traits(b.type).blockBytes, a.name) < std::tuple(traits(a.type).blockBytes, b.name);
    });
    std::vector<std::uint64_t> sizes;
    const Result<std::string> header = headerOf(tensors, metadata, sizes);
    if (!header) return header.error();
    Result<AtomicFile> file = AtomicFile::create(path);
    if (!file) return file.error();
    const auto length = std::bit_cast<std::array<std::byte, 8>>(static_cast<std::uint64_t>(header->size()));
    if (Status written = file->write(asText(length)); !written) return written;
    if (Status written = file->write(*header); !written) return written;
    for (std::size_t at = 0; at < tensors.size(); ++at) {
        const Result<ByteView> content = tensors[at].bytes();
        if (!content) return content.error();
        if (content->bytes.size() != sizes[at])
            return makeError("VIT-LM-032", "The tensor %1 should have %2 bytes, but %3 were given",
                             {tensors[at].name, std::to_string(sizes[at]), std::to_string(content->bytes.size())});
        if (Status written = file->write(asText(content->bytes)); !written) return written;
    }
    return file->commit();
}

} // namespace vitrine::lm
