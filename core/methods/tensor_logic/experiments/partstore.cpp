// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/methods/tensor_logic/experiments/support.hpp"

#include <cstring>

/// Checkpoints of the experiments.
namespace vitrine::tl {

namespace {

constexpr std::int64_t MostElements = 1LL << 36;

void append(std::string& bytes, const TensorSnapshot& snapshot) {
    if (!snapshot.data) return;
    bytes.append(reinterpret_cast<const char*>(snapshot.data.get()),
                 static_cast<std::size_t>(snapshot.elements()) * sizeof(double));
}

Json headerOf(const LearningState& state) {
    Json parameters = Json::array(), losses = Json::array();
    for (const LearningState::Parameter& each : state.parameters)
        parameters.push_back(
            {{"name", each.name}, {"shape", each.value.shape}, {"moments", each.mean.data != nullptr}});
    for (const auto& [step, loss] : state.losses) losses.push_back({step, numberToJson(loss)});
    return {{"learning", state.learning}, {"step", state.step},     {"order", state.order},
            {"next", state.next},         {"random", state.random}, {"losses", std::move(losses)},
            {"parameters", parameters}};
}

/// Takes the next numbers; false when they are not there.
bool take(std::string_view& bytes, const std::vector<std::int64_t>& shape, TensorSnapshot& out) {
    std::int64_t elements = 1;
    for (const std::int64_t extent : shape) {
        if (extent < 0 || (extent > 0 && elements > MostElements / extent)) return false;
        elements *= extent;
    }
    const std::size_t size = static_cast<std::size_t>(elements) * sizeof(double);
    if (bytes.size() < size) return false;
    std::shared_ptr<std::byte[]> data(new std::byte[std::max<std::size_t>(size, 1)]);
    std::memcpy(data.get(), bytes.data(), size);
    bytes.remove_prefix(size);
    out = {shape, DType::Float64, std::move(data)};
    return true;
}

std::shared_ptr<const LearningState> learningFrom(const Json& json, std::string_view bytes) {
    auto state = std::make_shared<LearningState>();
    try {
        state->learning = json.at("learning").get<std::uint32_t>();
        state->step = json.at("step").get<std::int64_t>();
        state->order = json.at("order").get<std::vector<std::int64_t>>();
        state->next = json.at("next").get<std::uint64_t>();
        state->random = json.at("random").get<std::string>();
        for (const Json& each : json.at("losses"))
            state->losses.emplace_back(each.at(0).get<std::int64_t>(), numberFromJson(each.at(1)));
        for (const Json& each : json.at("parameters")) {
            LearningState::Parameter& parameter = state->parameters.emplace_back();
            parameter.name = each.at("name").get<std::string>();
            const auto shape = each.at("shape").get<std::vector<std::int64_t>>();
            const bool hasMoments = each.at("moments").get<bool>();
            if (!take(bytes, shape, parameter.value)) return nullptr;
            if (hasMoments && (!take(bytes, shape, parameter.mean) || !take(bytes, shape, parameter.square)))
                return nullptr;
        }
    } catch (const Json::exception&) { // of another version: the part begins again
        return nullptr;
    }
    return bytes.empty() ? state : nullptr;
}

} // namespace

PartStore::PartStore(RunContext& context) : m_context(context) {
    if (!context.resumeFrom) return;
    if (const Result<std::string> text = readFile(context.resumeFrom->file)) read(*text);
}

void PartStore::read(const std::string& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Result<Json> header = parseJson(std::string_view(text).substr(0, end));
    if (!header || !header->is_object()) return;
    if (const auto parts = header->find("parts"); parts != header->end() && parts->is_object()) m_parts = *parts;
    const auto part = header->find("part");
    const auto learning = header->find("learning");
    if (part == header->end() || !part->is_string() || learning == header->end()) return;
    m_learningPart = part->get<std::string>();
    m_learning = learningFrom(*learning, std::string_view(text).substr(std::min(end + 1, text.size())));
}

const Json* PartStore::find(const std::string& part) const {
    const auto found = m_parts.find(part);
    return found == m_parts.end() ? nullptr : &*found;
}

Status PartStore::keep(const std::string& part, Json result, std::int64_t step) {
    m_parts[part] = std::move(result);
    m_learning.reset();
    return write(step, {}, nullptr);
}

Status PartStore::write(std::int64_t step, const std::string& part, const LearningState* learning) {
    Json header{{"parts", m_parts}};
    std::string bytes;
    if (learning != nullptr) {
        header["part"] = part;
        header["learning"] = headerOf(*learning);
        for (const LearningState::Parameter& each : learning->parameters) {
            append(bytes, each.value);
            append(bytes, each.mean);
            append(bytes, each.square);
        }
    }
    return m_context.artifacts.writeCheckpoint(step, writeJsonLine(header) + "\n" + bytes);
}

void PartStore::follow(EvaluateOptions& options, const std::string& part, std::int64_t firstStep) {
    options.checkpointSteps = 100;
    options.checkpointSeconds = 5;
    if (m_learning && m_learningPart == part) options.resumeLearning = m_learning;
    options.onCheckpoint = [this, part, firstStep](const LearningState& state) {
        if (Status written = write(firstStep + state.step, part, &state); !written) m_learningStatus = written;
    };
}

} // namespace vitrine::tl
