// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vitrine::lm {

/// One value of a checkpoint's header. Integers that fit are std::int64_t; only larger ones are std::uint64_t.
using MetaValue = std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>>;

/// The keys of a checkpoint's header in the order of the file. In safetensors all values are strings.
struct Metadata {
    std::vector<std::pair<std::string, MetaValue>> entries;

    [[nodiscard]] const MetaValue* find(std::string_view key) const {
        for (const auto& [name, value] : entries)
            if (name == key) return &value;
        return nullptr;
    }
    /// The value of `key` when it is there and of type T, else null.
    template <typename T>
    [[nodiscard]] const T* get(std::string_view key) const {
        const MetaValue* value = find(key);
        return value ? std::get_if<T>(value) : nullptr;
    }
};

} // namespace vitrine::lm
