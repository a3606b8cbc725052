// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/checkpoint.hpp"

#include <QString>
#include <QTemporaryDir>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

/// Checkpoint files byte by byte, for tests.
namespace vitrine::test {

template <typename T>
std::string bytesOf(T value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

/// Length, header, data.
inline std::string safetensorsBytes(const std::string& header, std::size_t dataBytes) {
    return bytesOf<std::uint64_t>(header.size()) + header + std::string(dataBytes, '\x01');
}

/// A GGUF file put together piece by piece; nothing is checked.
class GgufBuilder {
  public:
    std::uint32_t version = 3;
    std::uint64_t keys = 0, tensors = 0;
    std::string keyBytes, tensorBytes, data;

    static std::string text(std::string_view value) {
        return bytesOf<std::uint64_t>(value.size()) + std::string(value);
    }
    template <typename T>
    GgufBuilder& key(std::string_view name, std::uint32_t kind, T value) {
        return rawKey(name, kind, bytesOf<T>(value));
    }
    GgufBuilder& key(std::string_view name, std::string_view value) { return rawKey(name, 8, text(value)); }
    GgufBuilder& rawKey(std::string_view name, std::uint32_t kind, const std::string& value) {
        keyBytes += text(name) + bytesOf(kind) + value;
        ++keys;
        return *this;
    }
    /// \param sizes  innermost first
    GgufBuilder& tensor(std::string_view name, const std::vector<std::uint64_t>& sizes, std::uint32_t type,
                        std::uint64_t offset) {
        tensorBytes += text(name) + bytesOf(static_cast<std::uint32_t>(sizes.size()));
        for (const std::uint64_t size : sizes) tensorBytes += bytesOf(size);
        tensorBytes += bytesOf(type) + bytesOf(offset);
        ++tensors;
        return *this;
    }
    [[nodiscard]] std::string bytes(std::size_t alignment = 32) const {
        std::string all = "GGUF" + bytesOf(version) + bytesOf(tensors) + bytesOf(keys) + keyBytes + tensorBytes;
        all.resize((all.size() + alignment - 1) / alignment * alignment, '\0');
        return all + data;
    }
};

/// A folder that goes away, with files written into it.
class Folder {
  public:
    std::filesystem::path write(const std::string& name, std::string_view bytes) const {
        const std::filesystem::path file = path() / name;
        std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return file;
    }
    [[nodiscard]] std::filesystem::path path() const { return m_folder.path().toStdString(); }

  private:
    QTemporaryDir m_folder;
};

/// tests/golden/lm/checkpoint/NAME
inline std::filesystem::path golden(const std::string& name) {
    return std::filesystem::path(qEnvironmentVariable("VITRINE_SOURCE_DIR").toStdString()) /
           "tests/golden/lm/checkpoint" / name;
}

template <typename T>
QString codeOf(const Result<T>& result) {
    return result ? QStringLiteral("none") : QString::fromStdString(result.error().code);
}
inline QString codeOf(const Status& status) {
    return status ? QStringLiteral("none") : QString::fromStdString(status.error().code);
}

} // namespace vitrine::test
