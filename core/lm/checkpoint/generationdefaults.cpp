// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/configfields.hpp"
#include "core/lm/checkpoint/modelconfig.hpp"

#include <algorithm>
#include <utility>

namespace vitrine::lm {

namespace {

constexpr Between AnyCount{0, 1LL << 31};

std::optional<double> realOf(const ConfigFields& fields, std::string_view key, Between range) {
    const std::size_t before = fields.problems().size();
    if (!fields.has(key)) return std::nullopt;
    const double value = fields.real(key, range);
    return fields.problems().size() == before ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> countOf(const ConfigFields& fields, std::string_view key) {
    const std::size_t before = fields.problems().size();
    if (!fields.has(key)) return std::nullopt;
    const std::int64_t value = fields.integer(key, AnyCount);
    return fields.problems().size() == before ? std::optional(value) : std::nullopt;
}

/// What is wrong here stops nobody: the field is left out.
Error asWarning(const Error& problem) {
    Error warning = makeError("VIT-LM-080", "The default %1 of generation is not usable and is left out",
                              {problem.where}, {}, problem.where);
    warning.severity = Severity::Warning;
    return warning;
}

} // namespace

GenerationDefaults readGenerationDefaults(const Json& json, std::vector<Error>& problems) {
    std::vector<Error> wrong;
    const ConfigFields fields(json, {}, wrong);
    GenerationDefaults defaults;
    if (!json.is_object()) fields.wrong("generation_config.json", "an object");
    defaults.temperature = realOf(fields, "temperature", {0, 1e6});
    defaults.topP = realOf(fields, "top_p", {0, 1});
    defaults.minP = realOf(fields, "min_p", {0, 1});
    defaults.repetitionPenalty = realOf(fields, "repetition_penalty", {1e-6, 1e6});
    defaults.topK = countOf(fields, "top_k");
    defaults.maxNewTokens = countOf(fields, "max_new_tokens");
    if (fields.has("do_sample")) defaults.doSample = fields.truth("do_sample", false);
    defaults.bos = fields.id("bos_token_id");
    defaults.pad = fields.id("pad_token_id");
    defaults.eos = fields.ids("eos_token_id");
    for (const Error& problem : wrong) problems.push_back(asWarning(problem));
    return defaults;
}

std::vector<std::int64_t> stopIds(const ModelConfig& config, const GenerationDefaults& defaults) {
    std::vector<std::int64_t> ids = config.eos;
    ids.insert(ids.end(), defaults.eos.begin(), defaults.eos.end());
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

} // namespace vitrine::lm
