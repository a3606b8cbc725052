// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/template/failure.hpp"
#include "core/lm/template/value.hpp"

#include <memory>
#include <string>
#include <vector>

namespace vitrine::lm::jinja {

enum class NodeKind {
    // expressions: kids
    Constant,    ///< constant
    Name,        ///< text
    ListLiteral, ///< items
    TupleLiteral,
    DictLiteral, ///< key, value, key, value, ...
    Attribute,   ///< object; text
    Item,        ///< object, key
    Slice,       ///< object, begin, end, step (the last three may be null)
    Call,        ///< function, arguments; the last names.size() of them are named
    Filter,      ///< value, arguments; text, names
    Test,        ///< value, arguments; text
    Not,
    Negate,
    Plus,
    And,
    Or,
    Binary,      ///< left, right; text
    Compare,     ///< operands; names: the operators between them
    Conditional, ///< then, condition, else (may be null)
    // statements
    Block,
    Data,         ///< text
    Output,       ///< expression
    If,           ///< condition, body, else (may be null)
    For,          ///< iterable, filter (may be null), body, else (may be null); names: targets
    Set,          ///< value; names: targets
    SetAttribute, ///< value; text of the namespace, names[0] of the attribute
    SetBlock,     ///< body; text
    Macro,        ///< body, one default a parameter (may be null); text, names: parameters
    Break,
    Continue,
    Generation ///< body
};

struct Node {
    NodeKind kind = NodeKind::Block;
    Place place = {};
    std::string text = {};
    Value constant = {};
    std::vector<std::unique_ptr<Node>> kids = {};
    std::vector<std::string> names = {};
    int depth = 1;
};

using NodePtr = std::unique_ptr<Node>;

/// The statements of a template. Throws Failure.
[[nodiscard]] NodePtr parseTemplate(std::string_view source);

} // namespace vitrine::lm::jinja
