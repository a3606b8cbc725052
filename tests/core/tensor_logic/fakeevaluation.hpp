// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

namespace vitrine::test {

/// Results that a test states itself: relations, sparse and dense tensors with their domains and queries.
class FakeEvaluation : public tl::Evaluation {
  public:
    FakeEvaluation() { m_program.dictionary = std::make_shared<tl::Dictionary>(); }

    tl::Cell cellOf(const std::string& text) {
        const bool isInteger = text.find_first_not_of("-0123456789") == std::string::npos;
        return isInteger ? m_program.dictionary->integer(std::stoll(text)) : m_program.dictionary->symbol(text);
    }
    tl::DomainId domain(std::int64_t size, const std::vector<std::string>& symbols = {}) {
        tl::Domain made;
        made.size = symbols.empty() ? size : static_cast<std::int64_t>(symbols.size());
        for (const std::string& symbol : symbols) made.symbols.push_back(cellOf(symbol));
        m_program.domains.push_back(made);
        return static_cast<tl::DomainId>(m_program.domains.size() - 1);
    }
    tl::TensorId tensor(const std::string& name, const std::vector<tl::DomainId>& axes, bool isRelation) {
        tl::TensorInfo info;
        info.name = name;
        info.arity = static_cast<std::uint32_t>(axes.size());
        info.axes = axes;
        info.isRelation = isRelation;
        info.type = isRelation ? tl::ElementType::Bool : tl::ElementType::Real;
        m_program.tensors.push_back(info);
        return static_cast<tl::TensorId>(m_program.tensors.size() - 1);
    }
    void row(tl::TensorId id, const std::vector<std::string>& cells, std::int64_t value = 1) {
        tl::Row made;
        for (const std::string& text : cells) made.cells.push_back(cellOf(text));
        made.integer = value;
        made.value = static_cast<double>(value);
        m_rows[id].push_back(made);
        std::sort(m_rows[id].begin(), m_rows[id].end(), [this](const tl::Row& a, const tl::Row& b) {
            for (std::size_t k = 0; k < a.cells.size(); ++k)
                if (const int order = m_program.dictionary->compare(a.cells[k], b.cells[k])) return order < 0;
            return false;
        });
    }
    void rowsInOrder(tl::TensorId id, std::vector<tl::Row> rows) { m_rows[id] = std::move(rows); }
    void values(tl::TensorId id, const std::vector<double>& numbers) { m_values[id] = numbers; }
    void integers(tl::TensorId id, const std::vector<std::int64_t>& numbers) { m_integers[id] = numbers; }

    /// "_" and names are variables, ":" parts a slice, others constants.
    void query(tl::TensorId id, const std::vector<std::string>& arguments, bool isBare = false) {
        tl::Query made;
        made.statement = static_cast<std::uint32_t>(m_program.outputs.size());
        made.tensor = id;
        made.isBare = isBare;
        std::map<std::string, std::uint32_t> variables;
        for (const std::string& text : arguments) made.arguments.push_back(argument(text, variables));
        m_program.outputs.emplace_back(made);
    }
    void output(tl::TensorId id, const std::string& file) {
        tl::Output made;
        made.tensor = id;
        made.file = file;
        m_program.outputs.emplace_back(made);
    }
    tl::Program& edit() { return m_program; }
    [[nodiscard]] std::uint64_t rowsRead() const { return m_rowsRead; }

    const tl::Program& program() const override { return m_program; }
    bool isPartial() const override { return false; }
    bool isTuples(tl::TensorId id) const override { return m_program.tensors[id].isRelation || m_rows.count(id) > 0; }
    std::uint64_t rowCount(tl::TensorId id) const override { return all(id).size(); }
    std::vector<tl::Row> rows(tl::TensorId id, std::uint64_t offset, std::uint64_t count) const override {
        const auto& rows = all(id);
        const std::uint64_t end = std::min<std::uint64_t>(rows.size(), offset + count);
        m_rowsRead += end - offset;
        return {rows.begin() + static_cast<std::ptrdiff_t>(offset), rows.begin() + static_cast<std::ptrdiff_t>(end)};
    }
    bool contains(tl::TensorId id, const std::vector<tl::Cell>& cells) const override {
        const auto& rows = all(id);
        return std::any_of(rows.begin(), rows.end(), [&](const tl::Row& row) { return row.cells == cells; });
    }
    void forEachRow(tl::TensorId id, const std::function<bool(const tl::Row&)>& visit) const override {
        for (const tl::Row& row : all(id)) {
            ++m_rowsRead;
            if (!visit(row)) return;
        }
    }
    void forEachMatch(tl::TensorId id, const std::vector<tl::Cell>& pattern, std::uint32_t mask,
                      const std::function<bool(const tl::Row&)>& visit) const override {
        m_masks.push_back(mask);
        const auto& rows = all(id); // backwards: answers do not rely on the order
        for (auto row = rows.rbegin(); row != rows.rend(); ++row)
            if (tl::matches(row->cells, pattern, mask) && !visit(*row)) return;
    }
    [[nodiscard]] const std::vector<std::uint32_t>& masks() const { return m_masks; }
    bool isDense(tl::TensorId id) const override { return !isTuples(id); }
    std::vector<std::int64_t> shape(tl::TensorId id) const override {
        std::vector<std::int64_t> sizes;
        for (const tl::DomainId axis : m_program.tensors[id].axes) sizes.push_back(m_program.domains[axis].size);
        return sizes;
    }
    TensorSnapshot dense(tl::TensorId id) const override {
        TensorSnapshot snapshot;
        snapshot.shape = shape(id);
        const bool isInteger = m_integers.count(id) > 0;
        snapshot.dtype = isInteger ? DType::Int64 : DType::Float64;
        const std::size_t bytes = static_cast<std::size_t>(snapshot.elements()) * 8;
        const std::shared_ptr<std::byte[]> data(new std::byte[bytes]);
        std::memcpy(data.get(), isInteger ? static_cast<const void*>(m_integers.at(id).data()) : m_values.at(id).data(),
                    bytes);
        snapshot.data = data;
        return snapshot;
    }
    tl::Row cell(tl::TensorId id, const std::vector<std::int64_t>& position) const override {
        std::size_t offset = 0;
        const auto sizes = shape(id);
        for (std::size_t k = 0; k < position.size(); ++k)
            offset = offset * static_cast<std::size_t>(sizes[k]) + static_cast<std::size_t>(position[k]);
        tl::Row row;
        if (m_integers.count(id) > 0) {
            row.integer = m_integers.at(id)[offset];
            row.value = static_cast<double>(row.integer);
        } else if (m_values.count(id) > 0) {
            row.isInteger = false;
            row.value = m_values.at(id)[offset];
        } else {
            row.integer = 0;
            for (const tl::Row& stored : all(id)) {
                bool isSame = true;
                for (std::size_t k = 0; k < position.size(); ++k)
                    isSame = isSame && tl::positionOf(m_program, m_program.domains[m_program.tensors[id].axes[k]],
                                                      stored.cells[k]) == position[k];
                if (isSame) return stored;
            }
        }
        return row;
    }
    Tile tile(tl::TensorId, const std::vector<std::int64_t>&, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
              int, int, std::uint32_t) const override {
        return {};
    }
    std::optional<tl::Proof> prove(tl::TensorId, const std::vector<tl::Cell>&, int, std::stop_token) const override {
        return std::nullopt;
    }
    std::vector<tl::Term> terms(tl::TensorId, const std::vector<std::int64_t>&, std::size_t) const override {
        return {};
    }
    const std::vector<tl::RoundReport>& rounds() const override { return m_rounds; }
    const std::vector<tl::Choice>& choices() const override { return m_choices; }
    const std::vector<tl::LearningReport>& learning() const override { return m_learning; }
    std::optional<TensorSnapshot> gradient(tl::TensorId) const override { return std::nullopt; }
    std::pair<std::uint64_t, std::uint64_t> demanded() const override { return {0, 0}; }

  private:
    tl::QueryArgument argument(const std::string& text, std::map<std::string, std::uint32_t>& variables) {
        tl::QueryArgument made;
        const std::size_t colon = text.find(':');
        if (colon != std::string::npos) {
            made.kind = tl::QueryArgument::Kind::Slice;
            if (colon > 0) made.first = std::stoll(text.substr(0, colon));
            if (colon + 1 < text.size()) made.last = std::stoll(text.substr(colon + 1));
        } else if (text == "_" || (text[0] >= 'a' && text[0] <= 'z')) {
            made.name = text;
            const std::string key = text == "_" ? "_" + std::to_string(variables.size()) : text;
            made.variable = variables.emplace(key, static_cast<std::uint32_t>(variables.size())).first->second;
        } else {
            made.kind = tl::QueryArgument::Kind::Constant;
            made.constant = cellOf(text);
        }
        return made;
    }
    const std::vector<tl::Row>& all(tl::TensorId id) const {
        static const std::vector<tl::Row> none;
        const auto found = m_rows.find(id);
        return found == m_rows.end() ? none : found->second;
    }

    tl::Program m_program;
    std::map<tl::TensorId, std::vector<tl::Row>> m_rows;
    std::map<tl::TensorId, std::vector<double>> m_values;
    std::map<tl::TensorId, std::vector<std::int64_t>> m_integers;
    std::vector<tl::RoundReport> m_rounds;
    std::vector<tl::Choice> m_choices;
    std::vector<tl::LearningReport> m_learning;
    mutable std::uint64_t m_rowsRead = 0;
    mutable std::vector<std::uint32_t> m_masks;
};

} // namespace vitrine::test
