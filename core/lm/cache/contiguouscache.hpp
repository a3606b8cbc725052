// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/cache/kvcache.hpp"
#include "core/lm/model/model.hpp"
#include "core/lm/model/rotation.hpp"

#include <map>

namespace vitrine::lm {

/// Each text has its own keys and values in one piece that doubles as it grows: [kvHeads, room, headDim] a layer, keys
/// rotated when they enter.
class ContiguousCache final : public KvCache {
  public:
    /// \param capacity  tokens that one text may have
    ContiguousCache(const Model& model, std::int64_t capacity);

    [[nodiscard]] Result<at::Tensor> begin(const Rows& rows) override;
    [[nodiscard]] at::Tensor attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    at::Tensor* pattern) override;
    void end() override;

    [[nodiscard]] std::int64_t length(std::int32_t text) const override;
    [[nodiscard]] Status truncate(std::int32_t text, std::int64_t length) override;
    [[nodiscard]] Status fork(std::int32_t text, std::int32_t copy) override;
    void release(std::int32_t text) override;
    [[nodiscard]] CacheMap map() const override;

  private:
    struct Text {
        std::int64_t length = 0, room = 0;
        std::vector<at::Tensor> keys, values; ///< a layer: [kvHeads, room, headDim]
    };
    void grow(Text& text, std::int64_t length) const;

    ModelConfig m_config;
    at::TensorOptions m_options;
    std::int64_t m_capacity;
    Rotation m_rotation;
    std::map<std::int32_t, Text> m_texts;
    std::vector<Span> m_spans;
    Rotation::Angles m_angles;
};

} // namespace vitrine::lm
