// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/tiles.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace vitrine::tl::dense {

namespace {

constexpr std::int64_t TileCells = std::int64_t{1} << 22; ///< some tens of milliseconds of the dearest function

/// Fills the result tile by tile; `work` makes rows [from, from + count) of it.
at::Tensor fillByTiles(at::IntArrayRef shape, const Frame& frame,
                       const std::function<at::Tensor(std::int64_t from, std::int64_t count)>& work) {
    std::int64_t cells = 1;
    for (const std::int64_t size : shape) cells *= size;
    const std::int64_t rows = std::max<std::int64_t>(1, TileCells / std::max<std::int64_t>(1, cells / shape[0]));
    at::Tensor result;
    for (std::int64_t from = 0; from < shape[0]; from += rows) {
        frame.checkStop();
        const std::int64_t count = std::min(rows, shape[0] - from);
        const at::Tensor tile = work(from, count);
        if (!result.defined()) result = at::empty(shape, tile.options());
        result.narrow(0, from, count).copy_(tile);
    }
    return result;
}

bool isRecorded(const at::Tensor& x) {
    return at::GradMode::is_enabled() && x.requires_grad();
}

} // namespace

at::Tensor inTiles(const at::Tensor& x, const Frame& frame, const std::function<at::Tensor(const at::Tensor&)>& work) {
    if (x.dim() == 0 || x.numel() <= TileCells || isRecorded(x)) return work(x);
    return fillByTiles(x.sizes(), frame,
                       [&](std::int64_t from, std::int64_t count) { return work(x.narrow(0, from, count)); });
}

at::Tensor inTiles(const at::Tensor& x, const at::Tensor& y, const Frame& frame,
                   const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& work) {
    const std::vector<std::int64_t> shape = at::infer_size(x.sizes(), y.sizes());
    std::int64_t cells = 1;
    for (const std::int64_t size : shape) cells *= size;
    if (shape.empty() || cells <= TileCells || isRecorded(x) || isRecorded(y)) return work(x, y);
    const at::Tensor a = x.expand(shape), b = y.expand(shape); // views
    return fillByTiles(shape, frame, [&](std::int64_t from, std::int64_t count) {
        return work(a.narrow(0, from, count), b.narrow(0, from, count));
    });
}

} // namespace vitrine::tl::dense
