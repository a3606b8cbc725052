// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/safetensors.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace vitrine::lm {

static_assert(std::endian::native == std::endian::little, "checkpoints are read as they lie in memory");

Result<std::shared_ptr<const Checkpoint>> openSafetensors(std::shared_ptr<const MappedFile> file) {
    constexpr std::uint64_t LengthBytes = 8;
    const std::string where = file->path().string();
    if (file->size() < LengthBytes)
        return makeError("VIT-LM-010", "The file has %1 bytes, fewer than the 8 that a safetensors file begins with",
                         {std::to_string(file->size())}, "Take the file from its source again", where);
    std::array<std::byte, LengthBytes> first{};
    if (Status read = file->read(0, first); !read) return read.error();
    const auto length = std::bit_cast<std::uint64_t>(first);
    if (length > MaxSafetensorsHeader)
        return makeError("VIT-LM-011", "The header would be %1 bytes; more than %2 are refused",
                         {std::to_string(length), std::to_string(MaxSafetensorsHeader)},
                         "This is no safetensors file, or it is damaged", where);
    if (length > file->size() - LengthBytes)
        return makeError("VIT-LM-012", "The header of %1 bytes is longer than the file of %2",
                         {std::to_string(length), std::to_string(file->size())},
                         "The file was cut off; take it from its source again", where);
    std::string json(length, '\0');
    if (Status read = file->read(LengthBytes, std::as_writable_bytes(std::span(json))); !read) return read.error();
    const std::uint64_t dataStart = LengthBytes + length;
    Result<SafetensorsHeader> header = parseSafetensorsHeader(json, dataStart, file->size() - dataStart, where);
    if (!header) return header.error();
    CheckpointParts parts;
    parts.format = CheckpointFormat::Safetensors;
    parts.tensors = std::move(header->tensors);
    parts.metadata = std::move(header->metadata);
    parts.files.push_back(std::move(file));
    return std::make_shared<const Checkpoint>(std::move(parts));
}

} // namespace vitrine::lm
