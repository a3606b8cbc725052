// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/spans.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

namespace vitrine::lm {

Status checkDistinct(const std::vector<Span>& spans) {
    std::set<std::int32_t> texts;
    for (const Span& span : spans)
        if (!texts.insert(span.text).second)
            return makeError("VIT-LM-213", "Text %1 comes twice in one pass", {std::to_string(span.text)});
    return {};
}

Error noRoom(std::int64_t tokens, std::int64_t room, std::string hint) {
    return makeError("VIT-LM-211", "The text would have %1 tokens; the cache has room for %2",
                     {std::to_string(tokens), std::to_string(room)}, std::move(hint));
}

Sight sightOf(const ModelConfig& config, std::int64_t layer) {
    Sight sight;
    sight.isCausal = config.family != Family::Bert;
    if (!config.windows.empty()) sight.window = config.windows[static_cast<std::size_t>(layer)];
    return sight;
}

at::Tensor positionsOf(const Rows& rows, const std::function<std::int64_t(std::int32_t text)>& first) {
    const at::TensorOptions options = rows.ids.options().dtype(at::kLong);
    std::vector<at::Tensor> parts;
    for (const Span& span : rows.spans) {
        const std::int64_t begin = first(span.text);
        parts.push_back(at::arange(begin, begin + span.count, options));
    }
    return parts.size() == 1 ? parts[0] : at::cat(parts);
}

at::Tensor joinedPatterns(std::vector<at::Tensor> patterns) {
    std::int64_t longest = 0;
    for (const at::Tensor& pattern : patterns) longest = std::max(longest, pattern.size(2));
    for (at::Tensor& pattern : patterns) pattern = at::constant_pad_nd(pattern, {0, longest - pattern.size(2)});
    return patterns.size() == 1 ? patterns[0] : at::cat(patterns);
}

} // namespace vitrine::lm
