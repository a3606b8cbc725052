// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/schema.hpp"
#include "core/store/rundirectory.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace vitrine;

namespace {

/// One knob of every kind.
const std::vector<ParamSpec>& everyKind() {
    static const std::vector<ParamSpec> params = [] {
        std::vector<ParamSpec> list;
        for (const auto kind : {ParamKind::Int, ParamKind::Real, ParamKind::Bool, ParamKind::Choice, ParamKind::Text,
                                ParamKind::File, ParamKind::Program, ParamKind::IntList}) {
            ParamSpec spec;
            spec.id = std::string(1, static_cast<char>('a' + list.size()));
            spec.kind = kind;
            if (kind == ParamKind::Int || kind == ParamKind::Real || kind == ParamKind::IntList)
                spec.range = Range{-5, 1e6};
            spec.options = {{"x", "X"}, {"y", "Y"}};
            list.push_back(std::move(spec));
        }
        return list;
    }();
    return params;
}

} // namespace

/// Any bytes as config.json and as the value of every kind of knob: what is taken passes its own check, and a record is
/// written and read back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const ParamSpec& spec : everyKind())
        if (const Result<Json> value = parseValue(spec, text)) {
            Config config;
            config.values[spec.id] = *value;
            if (!checkAgainst({spec}, config).ok()) std::abort();
        }
    const Result<Json> json = parseJson(text);
    if (!json) return 0;
    const Result<store::RunRecord> record = store::RunRecord::fromJson(*json);
    if (!record) return 0;
    static_cast<void>(checkAgainst(everyKind(), record->config));
    const Json first = *parseJson(writeJsonLine(record->toJson()));
    const Result<store::RunRecord> again = store::RunRecord::fromJson(first);
    if (!again || *parseJson(writeJsonLine(again->toJson())) != first) std::abort();
    return 0;
}
