// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/experiments/transformermodel.hpp"

#include "core/base/rng.hpp"

namespace vitrine::tl {

CopyTask drawCopyTask(const TransformerSizes& sizes, std::uint64_t seed) {
    CopyTask task;
    Lcg random(seed);
    const std::int64_t length = sizes.length();
    for (std::int64_t sequence = 0; sequence < sizes.sequences; ++sequence) {
        std::vector<int> tokens;
        for (std::int64_t place = 0; place < sizes.copied; ++place)
            tokens.push_back(1 + static_cast<int>(random.below(static_cast<std::uint64_t>(sizes.vocabulary - 1))));
        tokens.push_back(0);
        for (std::int64_t place = 0; place < sizes.copied; ++place)
            tokens.push_back(tokens[static_cast<std::size_t>(place)]);
        for (std::int64_t place = 0; place < length; ++place) {
            const auto token = static_cast<Cell>(tokens[static_cast<std::size_t>(place)]);
            const auto e = static_cast<Cell>(sequence);
            task.inputs.insert(task.inputs.end(), {e, static_cast<Cell>(place), token});
            if (place > sizes.copied) task.targets.insert(task.targets.end(), {e, static_cast<Cell>(place - 1), token});
        }
        task.tokens.insert(task.tokens.end(), tokens.begin(), tokens.end());
    }
    return task;
}

} // namespace vitrine::tl
