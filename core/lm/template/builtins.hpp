// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/template/failure.hpp"
#include "core/lm/template/value.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine::lm::jinja {

/// What a filter, a test, a method or a global function is called with.
struct Arguments {
    Place place = {};
    std::string name = {}; ///< of what is called, for errors
    std::vector<Value> positional = {};
    std::vector<std::pair<std::string, Value>> named = {};

    /// The argument at `index` or named `key`; null when it is not given.
    [[nodiscard]] const Value* get(std::size_t index, std::string_view key) const;
    /// Fails when there are more than `most` or one named otherwise than `keys`.
    void check(std::size_t most, std::initializer_list<std::string_view> keys = {}) const;
};

/// Counts what was read or made; throws Failure beyond the limit.
using Charge = std::function<void(std::size_t bytes)>;

[[nodiscard]] bool isFilter(std::string_view name);
[[nodiscard]] Value applyFilter(const Value& value, const Arguments& arguments, const Charge& charge);
[[nodiscard]] bool isTest(std::string_view name);
[[nodiscard]] bool applyTest(const Value& value, const Arguments& arguments);
/// Whether values of the kind of `object` have this method (of Python) at all; calling one outside the subset fails.
[[nodiscard]] bool hasMethod(const Value& object, std::string_view name);
[[nodiscard]] Value callMethod(const Value& object, const Arguments& arguments, const Charge& charge);

/// The items that a loop over `value` goes through. Fails for values that are no sequence.
[[nodiscard]] std::vector<Value> itemsOf(const Value& value, Place place, const std::string& what);
/// Fails for an undefined value, with its name.
void needDefined(const Value& value, Place place);
/// object.name or object[name] for data: an entry, else undefined.
[[nodiscard]] Value attributeOf(const Value& object, const std::string& name, Place place);
/// Python's <; fails for values without an order.
[[nodiscard]] bool lessThan(const Value& a, const Value& b, Place place);
[[nodiscard]] bool contains(const Value& container, const Value& item, Place place);

} // namespace vitrine::lm::jinja
