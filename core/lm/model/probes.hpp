// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/model/rows.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace vitrine::lm {

/// Named points of a forward pass. Shapes: n rows, D width, H heads, d headDim, F inner.
enum class Point {
    Embedding,       ///< [n, D]
    BlockInput,      ///< [n, D] residual stream that enters a block
    Query,           ///< [n, H, d] before rotation, after QK-norm
    Key,             ///< [n, kvHeads, d] likewise
    Value,           ///< [n, kvHeads, d]
    Pattern,         ///< FP32 [n, H, keys]: attention weights; can be read, not changed
    AttentionOutput, ///< [n, D] what attention adds to the stream
    AfterAttention,  ///< [n, D] residual stream after that
    Inner,           ///< [n, F] activation of the MLP
    MlpOutput,       ///< [n, D] what the MLP adds to the stream
    BlockOutput,     ///< [n, D] residual stream that leaves a block
    FinalNorm        ///< [n, D] what the head reads
};

/// Reads or changes a value on its way: returns the same tensor or a new one of the same shape and type.
using Probe = std::function<at::Tensor(std::int64_t layer, const at::Tensor& value, const Rows& rows)>;

/// Probes of a forward pass. Several at one point run in the order in which they were added. A pass without probes
/// tests one pointer at each point; removing all brings back the same bits.
class Probes {
  public:
    /// A number to remove it by. Point::Embedding and FinalNorm: layer 0.
    std::uint32_t add(Point point, std::int64_t layer, Probe probe);
    void remove(std::uint32_t probe);

    [[nodiscard]] bool isEmpty() const { return m_probes.empty(); }
    [[nodiscard]] bool has(Point point, std::int64_t layer) const;
    [[nodiscard]] at::Tensor apply(Point point, std::int64_t layer, at::Tensor value, const Rows& rows) const;

  private:
    struct Added {
        std::uint32_t id;
        Probe probe;
    };
    std::map<std::pair<Point, std::int64_t>, std::vector<Added>> m_probes;
    std::uint32_t m_next = 1;
};

/// Adds `strength * vector` to every row. \param vector [D]
[[nodiscard]] Probe steer(at::Tensor vector, double strength);
/// Takes the component along `vector` out of every row. \param vector [D], need not be of length 1
[[nodiscard]] Probe projectOut(at::Tensor vector);
/// Keeps a copy of each value that passes, in order. \param into must outlive the probe
[[nodiscard]] Probe record(std::vector<at::Tensor>& into);

} // namespace vitrine::lm
