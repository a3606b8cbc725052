// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/lm/model/model.hpp"
#include "core/lm/tokenizer/tokenizer.hpp"

#include <string>
#include <vector>

namespace vitrine::test {

/// A model of tests/core/lm/fixtures/models with what transformers computed for it (make_models.py).
struct Golden {
    Json json;
    lm::ModelPtr model;

    [[nodiscard]] std::vector<lm::TokenId> ids(const char* key = "ids") const;
    [[nodiscard]] std::vector<double> numbers(const char* key) const;
};

[[nodiscard]] std::vector<std::string> goldenNames(); ///< all, sorted
/// Fails the process when the fixture is broken. \param config  what is changed in its config.json
[[nodiscard]] Golden golden(const std::string& name, lm::ComputeType compute = lm::ComputeType::Float32,
                            const Json& config = {});

} // namespace vitrine::test
