// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/checkpoint.hpp"

#include "core/lm/checkpoint/gguf.hpp"
#include "core/lm/checkpoint/safetensors.hpp"
#include "core/lm/checkpoint/widen.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <numeric>
#include <utility>

namespace vitrine::lm {

namespace fs = std::filesystem;

namespace {

bool beginsWithGguf(const MappedFile& file) {
    std::array<std::byte, 4> magic{};
    return file.size() >= magic.size() && file.read(0, magic) && std::memcmp(magic.data(), "GGUF", 4) == 0;
}

Result<std::shared_ptr<const Checkpoint>> openKnown(const fs::path& path) {
    if (path.filename().string().ends_with(".index.json")) return openSafetensorsIndex(path);
    const auto file = MappedFile::open(path);
    if (!file) return file.error();
    if (path.extension() == ".gguf" || beginsWithGguf(**file)) return openGguf(*file);
    if (path.extension() == ".safetensors") return openSafetensors(*file);
    return makeError("VIT-LM-004", "%1 is no model file that Vitrine reads", {path.string()},
                     "It reads .safetensors, model.safetensors.index.json, .gguf, and folders that hold them");
}

} // namespace

std::vector<std::uint32_t> orderByName(std::span<const TensorInfo> tensors) {
    std::vector<std::uint32_t> order(tensors.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [tensors](std::uint32_t a, std::uint32_t b) { return tensors[a].name < tensors[b].name; });
    return order;
}

const std::string* repeatedName(std::span<const TensorInfo> tensors) {
    const std::vector<std::uint32_t> order = orderByName(tensors);
    for (std::size_t at = 1; at < order.size(); ++at)
        if (tensors[order[at]].name == tensors[order[at - 1]].name) return &tensors[order[at]].name;
    return nullptr;
}

Checkpoint::Checkpoint(CheckpointParts parts) : m_parts(std::move(parts)), m_byName(orderByName(m_parts.tensors)) {}

const TensorInfo* Checkpoint::find(std::string_view name) const {
    const auto found =
        std::lower_bound(m_byName.begin(), m_byName.end(), name,
                         [this](std::uint32_t at, std::string_view key) { return m_parts.tensors[at].name < key; });
    if (found == m_byName.end() || m_parts.tensors[*found].name != name) return nullptr;
    return &m_parts.tensors[*found];
}

Result<ByteView> Checkpoint::bytes(const TensorInfo& tensor) const {
    return m_parts.files[tensor.file]->view(tensor.offset, tensor.bytes);
}

Status Checkpoint::read(const TensorInfo& tensor, std::uint64_t offset, std::span<std::byte> out) const {
    if (offset > tensor.bytes || out.size() > tensor.bytes - offset)
        return makeError(
            "VIT-LM-003", "%1 bytes from byte %2 lie outside the tensor %3 of %4 bytes",
            {std::to_string(out.size()), std::to_string(offset), tensor.name, std::to_string(tensor.bytes)});
    return m_parts.files[tensor.file]->read(tensor.offset + offset, out);
}

Status Checkpoint::readWidened(const TensorInfo& tensor, std::span<float> out) const {
    const Result<ByteView> stored = bytes(tensor);
    if (!stored) return stored.error();
    return widen(tensor.type, stored->bytes, out);
}

Result<std::shared_ptr<const Checkpoint>> openCheckpoint(const fs::path& path) {
    try {
        return openKnown(path);
    } catch (const std::bad_alloc&) {
        return makeError("VIT-LM-005", "There is not enough memory for the list of tensors of %1", {path.string()},
                         "Close other programs, or take a smaller model");
    }
}

} // namespace vitrine::lm
