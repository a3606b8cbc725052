// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/template/chattemplate.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vitrine::lm::jinja {

class Value;
struct Node;

struct Undefined {
    std::shared_ptr<const std::string> name; ///< of what was looked for, may be null
};
struct None {};
struct List {
    std::vector<Value> items;
    int depth = 1;
    std::size_t weight = 1;
    bool isTuple = false;
};
struct Dict {
    std::vector<std::pair<Value, Value>> entries; ///< in insertion order
    int depth = 1;
    std::size_t weight = 1;
};
/// namespace() and loop: attributes that change.
struct Namespace {
    std::vector<std::pair<std::string, Value>> members;
    bool isLoop = false;
};
/// A global function, or a method with its object.
struct Function {
    std::string name;
    std::shared_ptr<const Value> self; ///< null for globals
};

using Text = std::shared_ptr<const std::string>;

/// A value of the template language, with the behaviour of Python's values. Lists, dictionaries and texts are shared
/// and never change.
class Value {
  public:
    using Data = std::variant<Undefined, None, bool, std::int64_t, double, Text, std::shared_ptr<const List>,
                              std::shared_ptr<const Dict>, std::shared_ptr<Namespace>, const Node*,
                              std::shared_ptr<const Function>>;

    Value() = default;
    Value(Data data) : m_data(std::move(data)) {}
    static Value undefined(std::string name) {
        return Data(Undefined{std::make_shared<const std::string>(std::move(name))});
    }
    static Value none() { return Data(None{}); }
    static Value of(bool value) { return Data(value); }
    static Value of(std::int64_t value) { return Data(value); }
    static Value of(double value) { return Data(value); }
    static Value of(std::string text) { return Data(std::make_shared<const std::string>(std::move(text))); }
    /// Containers; Interpreter::checked and fromJson refuse those nested deeper than MostDepth.
    static Value list(std::vector<Value> items, bool isTuple = false);
    static Value dict(std::vector<std::pair<Value, Value>> entries);

    template <class T>
    [[nodiscard]] const T* as() const {
        return std::get_if<T>(&m_data);
    }
    [[nodiscard]] bool isUndefined() const { return as<Undefined>() != nullptr; }
    [[nodiscard]] bool isNone() const { return as<None>() != nullptr; }
    [[nodiscard]] const std::string* text() const {
        const Text* found = as<Text>();
        return found ? found->get() : nullptr;
    }
    [[nodiscard]] const List* list() const {
        const auto* found = as<std::shared_ptr<const List>>();
        return found ? found->get() : nullptr;
    }
    [[nodiscard]] const Dict* dict() const {
        const auto* found = as<std::shared_ptr<const Dict>>();
        return found ? found->get() : nullptr;
    }
    [[nodiscard]] Namespace* space() const {
        const auto* found = as<std::shared_ptr<Namespace>>();
        return found ? found->get() : nullptr;
    }
    [[nodiscard]] const Function* function() const {
        const auto* found = as<std::shared_ptr<const Function>>();
        return found ? found->get() : nullptr;
    }
    /// A whole number, also of a bool, as in Python.
    [[nodiscard]] bool integer(std::int64_t& out) const;
    [[nodiscard]] bool number(double& out) const;

    [[nodiscard]] bool isTrue() const;
    /// "str", "int", "list", ...: Python's names.
    [[nodiscard]] const char* typeName() const;
    [[nodiscard]] int depth() const;
    /// Values and bytes of text inside, shared ones counted each time: the work of going through it.
    [[nodiscard]] std::size_t weight() const;

  private:
    Data m_data;
};

constexpr int MostDepth = 100; ///< of lists in lists

/// Python's ==.
[[nodiscard]] bool equal(const Value& a, const Value& b);
/// The entry of `key`, or null.
[[nodiscard]] const Value* find(const Dict& dict, const Value& key);
[[nodiscard]] const Value* find(const Dict& dict, std::string_view key);
/// JSON as values; \return false when it is nested too deeply or holds a number beyond 64 bits
[[nodiscard]] bool fromJson(const OrderedJson& json, Value& out);

} // namespace vitrine::lm::jinja
