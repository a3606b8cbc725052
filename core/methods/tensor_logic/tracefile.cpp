// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/tracefile.hpp"

#include "core/base/jsonmembers.hpp"
#include "core/methods/tensor_logic/checker.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace vitrine::tl {

namespace {

constexpr std::uint32_t MostArity = 32;
constexpr std::int64_t MostAxis = 1LL << 40;

Error broken(const std::string& what) {
    Error error;
    error.code = "VIT-SESSION-007";
    error.message = "The trace cannot be read: %1";
    error.arguments = {what};
    return error;
}

const Json& memberOf(const Json& json, const char* key) {
    static const Json nothing;
    const auto found = json.is_object() ? json.find(key) : json.end();
    return json.is_object() && found != json.end() ? *found : nothing;
}
std::uint64_t countOf(const Json& json, const char* key) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, integerOr(json, key)));
}
struct Kept {
    bool isTuples = false, isDense = false;
    std::vector<std::int64_t> shape;
    std::vector<Row> rows;
    TensorSnapshot values;
};

class TraceEvaluation final : public Evaluation {
  public:
    std::shared_ptr<Program> m_program;
    std::map<TensorId, Kept> m_kept;
    std::vector<RoundReport> m_rounds;
    std::vector<Choice> m_choices;
    std::vector<LearningReport> m_learning;
    bool m_isPartial = false;

    [[nodiscard]] const Program& program() const override { return *m_program; }
    [[nodiscard]] bool isPartial() const override { return m_isPartial; }
    [[nodiscard]] bool isTuples(TensorId tensor) const override { return kept(tensor).isTuples; }
    [[nodiscard]] std::uint64_t rowCount(TensorId tensor) const override { return kept(tensor).rows.size(); }
    [[nodiscard]] std::vector<Row> rows(TensorId tensor, std::uint64_t offset, std::uint64_t count) const override {
        const std::vector<Row>& all = kept(tensor).rows;
        const std::uint64_t first = std::min<std::uint64_t>(offset, all.size());
        const std::uint64_t last = first + std::min<std::uint64_t>(count, all.size() - first);
        return {all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(last)};
    }
    [[nodiscard]] bool contains(TensorId tensor, const std::vector<Cell>& cells) const override {
        const std::vector<Row>& all = kept(tensor).rows;
        return std::any_of(all.begin(), all.end(), [&](const Row& row) { return row.cells == cells; });
    }
    void forEachRow(TensorId tensor, const std::function<bool(const Row&)>& visit) const override {
        for (const Row& row : kept(tensor).rows)
            if (!visit(row)) return;
    }
    [[nodiscard]] bool isDense(TensorId tensor) const override { return kept(tensor).isDense; }
    [[nodiscard]] std::vector<std::int64_t> shape(TensorId tensor) const override { return kept(tensor).shape; }
    [[nodiscard]] TensorSnapshot dense(TensorId tensor) const override { return kept(tensor).values; }
    [[nodiscard]] Row cell(TensorId tensor, const std::vector<std::int64_t>& position) const override;
    [[nodiscard]] Tile tile(TensorId tensor, const std::vector<std::int64_t>& prefix, std::int64_t top,
                            std::int64_t left, std::int64_t bottom, std::int64_t right, int height, int width,
                            std::uint32_t throughRound) const override;
    [[nodiscard]] std::optional<Proof> prove(TensorId, const std::vector<Cell>&, int, std::stop_token) const override {
        return std::nullopt;
    }
    [[nodiscard]] std::vector<Term> terms(TensorId, const std::vector<std::int64_t>&, std::size_t) const override {
        return {};
    }
    [[nodiscard]] const std::vector<RoundReport>& rounds() const override { return m_rounds; }
    [[nodiscard]] const std::vector<Choice>& choices() const override { return m_choices; }
    [[nodiscard]] const std::vector<LearningReport>& learning() const override { return m_learning; }
    [[nodiscard]] std::optional<TensorSnapshot> gradient(TensorId) const override { return std::nullopt; }
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> demanded() const override { return {0, 0}; }

  private:
    [[nodiscard]] const Kept& kept(TensorId tensor) const {
        static const Kept nothing;
        const auto found = m_kept.find(tensor);
        return found == m_kept.end() ? nothing : found->second;
    }
    [[nodiscard]] double valueAt(const Kept& kept, std::int64_t index) const {
        return kept.values.dtype == DType::Int64 ? static_cast<double>(kept.values.as<std::int64_t>()[index])
                                                 : kept.values.as<double>()[index];
    }
};

std::int64_t linearOf(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& position) {
    std::int64_t index = 0;
    for (std::size_t k = 0; k < shape.size(); ++k) {
        if (k >= position.size() || position[k] < 0 || position[k] >= shape[k]) return -1;
        index = index * shape[k] + position[k];
    }
    return index;
}

Row TraceEvaluation::cell(TensorId tensor, const std::vector<std::int64_t>& position) const {
    const Kept& one = kept(tensor);
    Row row;
    row.integer = 0;
    row.value = 0;
    const TensorInfo& info = m_program->tensors[tensor];
    for (std::size_t k = 0; k < position.size() && k < info.axes.size(); ++k)
        row.cells.push_back(cellAt(*m_program, m_program->domains[info.axes[k]], position[k]));
    if (!one.isDense) {
        for (const Row& each : one.rows)
            if (each.cells == row.cells) return each;
        return row;
    }
    const std::int64_t index = linearOf(one.shape, position);
    if (index < 0) return row;
    row.isInteger = one.values.dtype == DType::Int64;
    row.value = valueAt(one, index);
    if (row.isInteger) row.integer = one.values.as<std::int64_t>()[index];
    return row;
}

Evaluation::Tile TraceEvaluation::tile(TensorId tensor, const std::vector<std::int64_t>& prefix, std::int64_t top,
                                       std::int64_t left, std::int64_t bottom, std::int64_t right, int height,
                                       int width, std::uint32_t throughRound) const {
    Tile out{top, left, bottom, right, height, width, {}, {}};
    if (height <= 0 || width <= 0 || bottom <= top || right <= left) return out;
    const Kept& one = kept(tensor);
    const TensorInfo& info = m_program->tensors[tensor];
    const std::size_t boxes = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    std::vector<double> sums(boxes, 0), counts(boxes, 0);
    out.rounds.assign(boxes, 0);
    const auto add = [&](const std::vector<std::int64_t>& position, double value, std::uint32_t round) {
        const std::size_t rank = position.size();
        for (std::size_t k = 0; k + 2 < rank; ++k)
            if (position[k] != (k < prefix.size() ? prefix[k] : 0)) return;
        const std::int64_t row = rank > 1 ? position[rank - 2] : 0, column = rank > 0 ? position[rank - 1] : 0;
        if (row < top || row >= bottom || column < left || column >= right) return;
        const double y = static_cast<double>(row - top) / static_cast<double>(bottom - top) * height,
                     x = static_cast<double>(column - left) / static_cast<double>(right - left) * width;
        const auto box = static_cast<std::size_t>(static_cast<std::int64_t>(y) * width + static_cast<std::int64_t>(x));
        sums[box] += value;
        counts[box] += 1;
        out.rounds[box] = std::max(out.rounds[box], round);
    };
    for (const Row& row : one.rows) {
        if (row.round > throughRound) continue;
        std::vector<std::int64_t> position;
        for (std::size_t k = 0; k < row.cells.size(); ++k)
            position.push_back(positionOf(*m_program, m_program->domains[info.axes[k]], row.cells[k]).value_or(-1));
        add(position, 1, row.round);
    }
    const std::int64_t elements = one.isDense ? one.values.elements() : 0;
    for (std::int64_t index = 0; index < elements; ++index) {
        std::vector<std::int64_t> position(one.shape.size());
        std::int64_t rest = index;
        for (std::size_t axis = one.shape.size(); axis-- > 0; rest /= one.shape[axis])
            position[axis] = rest % one.shape[axis];
        add(position, valueAt(one, index), 0);
    }
    out.values.resize(boxes);
    for (std::size_t k = 0; k < boxes; ++k)
        out.values[k] = static_cast<float>(one.isDense && counts[k] > 0 ? sums[k] / counts[k] : sums[k]);
    return out;
}

class Reader {
  public:
    explicit Reader(const Json& trace) : m_trace(trace) {}

    Result<LoadedTrace> run() {
        if (!m_trace.is_object()) return broken("it is no object");
        if (const std::int64_t version = integerOr(m_trace, "version"); version != 2)
            return broken("its version is " + std::to_string(version) + ", not 2");
        readProgram();
        for (const char* list : {"relations", "tensors"}) {
            const Json& tensors = memberOf(m_trace, list);
            if (!tensors.is_array()) return broken(std::string("there is no list of ") + list);
            for (std::size_t k = 0; k < tensors.size(); ++k)
                if (auto problem = readTensor(tensors[k], std::string(list) == "relations"))
                    return broken(std::string(list) + ", entry " + std::to_string(k + 1) + ": " + *problem);
        }
        readReports();
        m_evaluation->m_isPartial = boolOr(m_trace, "isPartial");
        m_out.evaluation = m_evaluation;
        m_out.program = m_program;
        return std::move(m_out);
    }

  private:
    using Problem = std::optional<std::string>;

    void readProgram() {
        const Json& program = memberOf(m_trace, "program");
        const std::string name = textOr(program, "name"), text = textOr(program, "text");
        m_out.hasProgram = !text.empty();
        CheckOptions options;
        options.readFiles = false; // sizes come from the trace
        m_program = check(Source(name.empty() ? "program" : name, text), options).program;
        m_program->shapes.reset();
        for (TensorInfo& info : m_program->tensors) info.given = {};
        m_evaluation->m_program = m_program;
    }

    TensorId tensorNamed(const std::string& name) {
        if (const auto known = m_program->find(name)) return *known;
        m_program->tensors.emplace_back().name = name;
        return static_cast<TensorId>(m_program->tensors.size() - 1);
    }

    std::optional<Cell> cellOf(const Json& json) {
        if (json.is_number_integer() && (!json.is_number_unsigned() || json.get<std::uint64_t>() <= INT64_MAX))
            return m_program->dictionary->integer(json.get<std::int64_t>());
        if (json.is_string()) return m_program->dictionary->symbol(json.get<std::string>());
        return std::nullopt;
    }

    Problem readAxes(const Json& json, TensorInfo& info) {
        const Json& axes = memberOf(json, "axes");
        if (!axes.is_array() || axes.size() != info.arity) return "the number of axes is not the arity";
        info.axes.clear();
        for (const Json& axis : axes) {
            Domain domain;
            domain.size = integerOr(axis, "size", -1);
            if (domain.size < 0 || domain.size > MostAxis) return "the size of an axis is out of range";
            const Json& labels = memberOf(axis, "labels");
            if (labels.is_array()) {
                if (static_cast<std::int64_t>(labels.size()) != domain.size)
                    return "an axis has not one label a position";
                for (const Json& label : labels) {
                    const auto cell = cellOf(label);
                    if (!cell) return "a label is neither text nor an integer";
                    domain.symbols.push_back(*cell);
                }
            }
            info.axes.push_back(static_cast<DomainId>(m_program->domains.size()));
            m_program->domains.push_back(std::move(domain));
        }
        return std::nullopt;
    }

    Problem readTensor(const Json& json, bool isTuples) {
        const std::string name = textOr(json, "name");
        if (name.empty()) return "it has no name";
        const std::int64_t arity = integerOr(json, "arity", -1);
        if (arity < 0 || arity > MostArity) return "its arity is out of range";
        const TensorId id = tensorNamed(name);
        if (m_evaluation->m_kept.contains(id)) return name + " is there twice";
        TensorInfo& info = m_program->tensors[id];
        info.arity = static_cast<std::uint32_t>(arity);
        info.isRelation = boolOr(json, "isRelation");
        info.isLearned = boolOr(json, "isLearned");
        const std::string type = textOr(json, "type");
        info.type = type == "bool" ? ElementType::Bool : type == "int" ? ElementType::Int : ElementType::Real;
        if (Problem problem = readAxes(json, info)) return problem;
        Kept& kept = m_evaluation->m_kept[id];
        for (const DomainId axis : info.axes) kept.shape.push_back(m_program->domains[axis].size);
        if (boolOr(json, "isCut")) m_out.cut.insert(id);
        return isTuples ? readRows(json, info, kept) : readValues(json, kept);
    }

    Problem readRows(const Json& json, const TensorInfo& info, Kept& kept) {
        kept.isTuples = true;
        const Json& rows = memberOf(json, "rows");
        if (!rows.is_array()) return "it has no rows";
        for (const Json& each : rows) {
            const Json& cells = memberOf(each, "cells");
            if (!cells.is_array() || cells.size() != info.arity) return "a row has not as many cells as the arity";
            Row row;
            for (const Json& json_cell : cells) {
                const auto cell = cellOf(json_cell);
                if (!cell) return "a cell is neither text nor an integer";
                row.cells.push_back(*cell);
            }
            const std::int64_t round = integerOr(each, "round");
            if (round < 0 || round > UINT32_MAX) return "a round is out of range";
            row.round = static_cast<std::uint32_t>(round);
            const Json& value = memberOf(each, "value");
            row.isInteger = value.is_number_integer() || value.is_null();
            row.integer = value.is_number_integer() ? value.get<std::int64_t>() : 1;
            row.value = row.isInteger ? static_cast<double>(row.integer) : numberFromJson(value);
            kept.rows.push_back(std::move(row));
        }
        return std::nullopt;
    }

    Problem readValues(const Json& json, Kept& kept) {
        const Json& shape = memberOf(json, "shape");
        if (shape.is_array() && shape != Json(kept.shape)) return "its shape is not that of its axes";
        const Json& values = memberOf(json, "values");
        if (!values.is_array()) return boolOr(json, "isCut") ? Problem() : Problem("it has no values");
        std::int64_t elements = 1;
        for (const std::int64_t extent : kept.shape) {
            if (extent > 0 && elements > static_cast<std::int64_t>(MaxTraceBytes) / extent)
                return "its shape is too large";
            elements *= extent;
        }
        if (static_cast<std::int64_t>(values.size()) != elements) return "it has not one value a cell";
        const bool areIntegers = std::all_of(values.begin(), values.end(), [](const Json& value) {
            return value.is_number_integer() || value.is_number_unsigned();
        });
        kept.isDense = true;
        kept.values.shape = kept.shape;
        kept.values.dtype = areIntegers ? DType::Int64 : DType::Float64;
        const std::size_t bytes = values.size() * 8;
        std::shared_ptr<std::byte[]> data(new std::byte[std::max<std::size_t>(bytes, 1)]);
        for (std::size_t k = 0; k < values.size(); ++k) {
            if (!values[k].is_number() && !values[k].is_string()) return "a value is no number";
            if (areIntegers) {
                const auto value = values[k].get<std::int64_t>();
                std::memcpy(data.get() + k * 8, &value, 8);
            } else {
                const double value = numberFromJson(values[k]);
                std::memcpy(data.get() + k * 8, &value, 8);
            }
        }
        kept.values.data = std::move(data);
        return std::nullopt;
    }

    /// Lists for people: entries that do not fit are left out.
    void readReports() {
        for (const Json& each : listOr(m_trace, "rounds")) {
            RoundReport report;
            const auto relation = m_program->find(textOr(each, "relation"));
            if (!relation) continue;
            report.relation = *relation;
            report.stratum = static_cast<std::uint32_t>(countOf(each, "stratum"));
            report.round = static_cast<std::uint32_t>(countOf(each, "round"));
            report.delta = countOf(each, "delta");
            report.total = countOf(each, "total");
            report.joinedRows = countOf(each, "joined");
            report.seconds = numberFromJson(memberOf(each, "seconds"));
            report.engine = textOr(each, "engine");
            m_evaluation->m_rounds.push_back(std::move(report));
        }
        for (const Json& each : listOr(m_trace, "choices"))
            m_evaluation->m_choices.push_back({static_cast<std::uint32_t>(countOf(each, "stratum")),
                                               m_program->find(textOr(each, "tensor")).value_or(NoId),
                                               textOr(each, "what"), textOr(each, "reason"),
                                               textsOr(each, "arguments")});
        for (const Json& each : listOr(m_trace, "losses")) {
            LearningReport report;
            report.step = integerOr(each, "step");
            report.steps = integerOr(each, "steps");
            report.loss = numberFromJson(memberOf(each, "loss"));
            m_evaluation->m_learning.push_back(std::move(report));
        }
        for (const Json& each : listOr(m_trace, "answers"))
            m_out.answers.push_back({{"line", integerOr(each, "line")},
                                     {"heading", textOr(each, "heading")},
                                     {"count", countOf(each, "count")},
                                     {"lines", textOr(each, "lines")},
                                     {"isCut", boolOr(each, "isCut")}});
    }

    const Json& m_trace;
    LoadedTrace m_out;
    std::shared_ptr<Program> m_program;
    std::shared_ptr<TraceEvaluation> m_evaluation = std::make_shared<TraceEvaluation>();
};

} // namespace

Result<LoadedTrace> readTrace(const Json& trace) {
    return Reader(trace).run();
}

} // namespace vitrine::tl
