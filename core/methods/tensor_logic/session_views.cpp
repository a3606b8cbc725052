// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/session_state.hpp"

#include <algorithm>
#include <cstring>

/// Pages, tiles and values of the last evaluation.
namespace vitrine::tl::session {

namespace {
constexpr std::int64_t MostRows = 5000, MostTile = 1024, MostLabels = 20000, MostElements = 1 << 22;
} // namespace

Result<TensorId> tensorOf(const State& state, const Call& call) {
    if (!state.evaluation || !state.program) return sessionError("VIT-SESSION-003", "Nothing has been evaluated yet");
    const std::string name = call.text("tensor");
    if (const auto id = state.program->find(name)) return *id;
    return sessionError("VIT-SESSION-004", "The program has no tensor %1", {name});
}

Result<std::vector<Cell>> cellsOf(const Program& program, TensorId tensor, const Json& cells) {
    if (!cells.is_array() || cells.size() != program.tensors[tensor].arity)
        return sessionError("VIT-SESSION-002", "The number of arguments of %1 is %2",
                            {program.tensors[tensor].name, std::to_string(program.tensors[tensor].arity)});
    std::vector<Cell> out;
    for (const Json& each : cells) {
        std::optional<Cell> cell;
        if (each.is_number_integer())
            cell = program.dictionary->findInteger(each.get<std::int64_t>());
        else if (each.is_string()) {
            const auto text = each.get<std::string>();
            cell = program.dictionary->findSymbol(text);
            char* end = nullptr;
            const long long number = std::strtoll(text.c_str(), &end, 10);
            if (!cell && !text.empty() && *end == '\0') cell = program.dictionary->findInteger(number);
        }
        if (!cell) return sessionError("VIT-SESSION-004", "%1 does not occur in the program", {each.dump()});
        out.push_back(*cell);
    }
    return out;
}

namespace {

std::vector<TableCell> rowCells(const Program& program, const TensorInfo& info, const Row& row) {
    std::vector<TableCell> cells;
    for (const Cell cell : row.cells) {
        const Value value = program.dictionary->value(cell);
        if (value.isSymbol)
            cells.emplace_back(std::string(value.symbol));
        else
            cells.emplace_back(value.integer);
    }
    if (!info.isRelation)
        cells.push_back(row.isInteger ? TableCell(row.integer) : TableCell(row.value));
    else
        cells.push_back(row.round > 0 ? TableCell(static_cast<std::int64_t>(row.round)) : TableCell());
    return cells;
}

/// Cells of a dense tensor from linear position `offset` on, as rows.
void denseRows(const Evaluation& evaluation, TensorId id, std::int64_t offset, std::int64_t count, Table& page) {
    const Program& program = evaluation.program();
    const TensorInfo& info = program.tensors[id];
    const std::vector<std::int64_t> shape = evaluation.shape(id);
    page.total = 1;
    for (const std::int64_t extent : shape) page.total *= extent;
    for (std::int64_t linear = offset; linear < std::min(page.total, offset + count); ++linear) {
        std::vector<std::int64_t> position(shape.size());
        std::int64_t rest = linear;
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            position[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        page.rows.push_back(rowCells(program, info, evaluation.cell(id, position)));
    }
}

} // namespace

ReplyValue rows(const State& state, const Call& call) {
    const auto id = tensorOf(state, call);
    if (!id) return id.error();
    const Evaluation& evaluation = *state.evaluation;
    const Program& program = evaluation.program();
    const TensorInfo& info = program.tensors[*id];
    const std::int64_t offset = std::max<std::int64_t>(0, call.integer("offset", 0)),
                       count = std::clamp<std::int64_t>(call.integer("count", 200), 0, MostRows);
    const auto through = static_cast<std::uint32_t>(call.integer("through", 0)),
               only = static_cast<std::uint32_t>(call.integer("only", 0));
    Table page;
    page.offset = offset;
    for (const std::string& name : columnNames(program, *id)) page.columns.push_back({name, name, ""});
    page.columns.push_back(info.isRelation ? TableColumn{"round", "round", ""} : TableColumn{"value", "value", ""});
    if (!evaluation.isTuples(*id)) {
        if (evaluation.isDense(*id)) denseRows(evaluation, *id, offset, count, page);
        return page;
    }
    if (through == 0 && only == 0) {
        page.total = static_cast<std::int64_t>(evaluation.rowCount(*id));
        for (const Row& row :
             evaluation.rows(*id, static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(count)))
            page.rows.push_back(rowCells(program, info, row));
        return page;
    }
    std::int64_t seen = 0;
    evaluation.forEachRow(*id, [&](const Row& row) {
        if ((through > 0 && row.round > through) || (only > 0 && row.round != only)) return !call.stop.stop_requested();
        if (seen >= offset && seen < offset + count) page.rows.push_back(rowCells(program, info, row));
        ++seen;
        return !call.stop.stop_requested();
    });
    page.total = seen;
    return page;
}

ReplyValue tile(const State& state, const Call& call) {
    const auto id = tensorOf(state, call);
    if (!id) return id.error();
    std::vector<std::int64_t> prefix;
    if (const auto at = call.payload.find("prefix"); at != call.payload.end() && at->is_array())
        for (const Json& each : *at) prefix.push_back(each.is_number_integer() ? each.get<std::int64_t>() : 0);
    const int height = static_cast<int>(std::clamp<std::int64_t>(call.integer("height", 1), 1, MostTile));
    const int width = static_cast<int>(std::clamp<std::int64_t>(call.integer("width", 1), 1, MostTile));
    const auto through = static_cast<std::uint32_t>(call.integer("through", 0));
    const Evaluation::Tile got =
        state.evaluation->tile(*id, prefix, call.integer("top", 0), call.integer("left", 0), call.integer("bottom", 0),
                               call.integer("right", 0), height, width, through == 0 ? 0xffffffffu : through);
    TensorSnapshot out;
    out.shape = {2, height, width};
    out.dtype = DType::Float32;
    const std::size_t boxes = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    std::shared_ptr<std::byte[]> data(new std::byte[boxes * 2 * sizeof(float)]());
    auto* values = reinterpret_cast<float*>(data.get());
    std::copy_n(got.values.begin(), std::min(boxes, got.values.size()), values);
    for (std::size_t i = 0; i < std::min(boxes, got.rounds.size()); ++i)
        values[boxes + i] = static_cast<float>(got.rounds[i]);
    out.data = data;
    return out;
}

ReplyValue labels(const State& state, const Call& call) {
    const auto id = tensorOf(state, call);
    if (!id) return id.error();
    const Program& program = *state.program;
    const auto axis = static_cast<std::size_t>(std::max<std::int64_t>(0, call.integer("axis", 0)));
    Json out{{"tensor", program.tensors[*id].name}, {"axis", axis}, {"from", 0}, {"labels", Json::array()}};
    if (axis >= program.tensors[*id].axes.size()) return out;
    const DomainId domainId = program.tensors[*id].axes[axis];
    if (domainId >= program.domains.size()) return out;
    const Domain& domain = program.domains[domainId];
    const std::int64_t from = std::clamp<std::int64_t>(call.integer("from", 0), 0, domain.size),
                       to = std::min(domain.size, from + std::min(MostLabels, call.integer("count", MostLabels)));
    out["from"] = from;
    for (std::int64_t position = from; position < to; ++position)
        out["labels"].push_back(program.dictionary->text(cellAt(program, domain, position)));
    return out;
}

ReplyValue terms(const State& state, const Call& call) {
    const auto id = tensorOf(state, call);
    if (!id) return id.error();
    std::vector<std::int64_t> position;
    if (const auto at = call.payload.find("position"); at != call.payload.end() && at->is_array())
        for (const Json& each : *at) position.push_back(each.is_number_integer() ? each.get<std::int64_t>() : -1);
    const std::vector<std::int64_t> shape = state.evaluation->shape(*id);
    bool isInside = position.size() == shape.size();
    for (std::size_t i = 0; isInside && i < shape.size(); ++i) isInside = position[i] >= 0 && position[i] < shape[i];
    if (!isInside)
        return sessionError("VIT-SESSION-004", "There is no such cell in %1", {state.program->tensors[*id].name});
    const auto most = static_cast<std::size_t>(std::clamp<std::int64_t>(call.integer("most", 200), 1, 10000));
    Table out;
    out.columns = {{"term", "term", ""}, {"value", "value", ""}};
    const auto evaluation = answering(state, call);
    if (!evaluation) return evaluation.error();
    const auto same = (*evaluation)->program().find(state.program->tensors[*id].name);
    if (!same || (*evaluation)->shape(*same) != shape)
        return sessionError("VIT-SESSION-004", "There is no such cell in %1", {state.program->tensors[*id].name});
    for (const Term& term : (*evaluation)->terms(*same, position, most))
        out.rows.push_back({TableCell(term.text), TableCell(term.value)});
    out.total = static_cast<std::int64_t>(out.rows.size());
    return out;
}

ReplyValue tensor(const State& state, const Call& call) {
    const auto id = tensorOf(state, call);
    if (!id) return id.error();
    std::int64_t elements = 1; // sizes of what is not there may have any product
    if (state.evaluation->isDense(*id))
        for (const std::int64_t extent : state.evaluation->shape(*id)) elements *= std::max<std::int64_t>(0, extent);
    if (!state.evaluation->isDense(*id) || elements > MostElements)
        return sessionError("VIT-SESSION-004", "%1 is not a dense tensor of at most %2 elements",
                            {state.program->tensors[*id].name, std::to_string(MostElements)});
    return state.evaluation->dense(*id);
}

ReplyValue gradient(const State& state, const Call& call) {
    const auto id = tensorOf(state, call);
    if (!id) return id.error();
    const auto got = state.evaluation->gradient(*id);
    if (!got)
        return sessionError("VIT-SESSION-004", "%1 has no gradient: it was not learned",
                            {state.program->tensors[*id].name});
    return *got;
}

} // namespace vitrine::tl::session
