// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/jsonreader.hpp"

namespace vitrine::lm {

namespace {

const Json Null;

} // namespace

void FileProblems::set(Error error) {
    if (!m_error) m_error = std::move(error);
}

void FileProblems::malformed(const std::string& path, const std::string& what) {
    set(makeError("VIT-TOK-001", "%1 must be %2", {path, what}, "The file is damaged or no tokenizer"));
}

void FileProblems::unsupported(const std::string& path, const std::string& name) {
    set(makeError("VIT-TOK-002", "%1 is %2, which Vitrine does not support", {path, name}));
}

JsonNode JsonNode::operator[](std::string_view member) const {
    const Json* found = &Null;
    if (m_json->is_object())
        if (const auto at = m_json->find(member); at != m_json->end()) found = &*at;
    return {*found, m_path.empty() ? std::string(member) : m_path + "." + std::string(member), *m_problems};
}

JsonNode JsonNode::operator[](std::size_t index) const {
    const bool isThere = m_json->is_array() && index < m_json->size();
    return {isThere ? (*m_json)[index] : Null, m_path + "[" + std::to_string(index) + "]", *m_problems};
}

std::size_t JsonNode::arraySize() const {
    if (m_json->is_array()) return m_json->size();
    malformed("a list");
    return 0;
}

std::string JsonNode::text(const std::string& fallback) const {
    if (m_json->is_string()) return m_json->get<std::string>();
    if (!m_json->is_null()) malformed("a text");
    return fallback;
}

bool JsonNode::flag(bool fallback) const {
    if (m_json->is_boolean()) return m_json->get<bool>();
    if (!m_json->is_null()) malformed("true or false");
    return fallback;
}

std::int64_t JsonNode::integer(std::int64_t fallback) const {
    if (m_json->is_number_unsigned() && m_json->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
        malformed("a smaller number");
        return fallback;
    }
    if (m_json->is_number_integer()) return m_json->get<std::int64_t>();
    if (!m_json->is_null()) malformed("a whole number");
    return fallback;
}

std::string JsonNode::requiredText() const {
    if (m_json->is_null()) malformed("a text");
    return text();
}

void JsonNode::mustBeUnused() const {
    const bool isZero = m_json->is_number() && m_json->get<double>() == 0;
    const bool isEmpty = m_json->is_string() && m_json->get_ref<const std::string&>().empty();
    if (m_json->is_null() || isZero || isEmpty || *m_json == false) return;
    unsupported(m_json->dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 60));
}

} // namespace vitrine::lm
