// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/attend.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

namespace vitrine::lm {

namespace {

/// [t, m] true where query i, which stands at key i + m - t, may look.
at::Tensor maskOf(std::int64_t t, std::int64_t m, const Sight& sight, const at::TensorOptions& options) {
    const at::Tensor at = at::arange(m - t, m, options.dtype(at::kLong)).unsqueeze(1);
    const at::Tensor keys = at::arange(m, options.dtype(at::kLong)).unsqueeze(0);
    at::Tensor mask = keys.le(at);
    if (sight.window > 0) mask = mask.logical_and(keys.gt(at.sub(sight.window)));
    return mask;
}

/// Every head of k for each head of q: a view where there is one of each.
at::Tensor forEachHead(const at::Tensor& x, std::int64_t heads) {
    const std::int64_t shared = heads / x.size(1);
    if (shared == 1) return x;
    return x.unsqueeze(2).expand({-1, -1, shared, -1, -1}).flatten(1, 2);
}

/// The plain path, which also tells the weights. \param mask  true where a query sees a key; undefined: everywhere
at::Tensor plain(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask,
                 at::Tensor& pattern) {
    const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
    at::Tensor scores = at::matmul(q.to(at::kFloat), k.to(at::kFloat).transpose(-1, -2)).mul(scale);
    if (mask.defined()) scores = scores.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity());
    pattern = at::softmax(scores, -1);
    return at::matmul(pattern, v.to(at::kFloat)).to(q.scalar_type());
}

/// \param mask  that broadcasts to [texts, heads, t, m], true where a query sees a key; undefined: everywhere
at::Tensor attendWhere(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask,
                       at::Tensor* pattern) {
    const std::int64_t t = q.size(1), heads = q.size(2);
    const at::Tensor queries = q.transpose(1, 2); // [texts, heads, t, d]
    if (pattern != nullptr) {
        const at::Tensor result = plain(queries, forEachHead(k, heads), forEachHead(v, heads), mask, *pattern);
        *pattern = pattern->transpose(1, 2);
        return result.transpose(1, 2);
    }
    const std::optional<at::Tensor> sight = mask.defined() ? std::optional<at::Tensor>(mask) : std::nullopt;
    if (t == 1) { // the heads that share a key head are its queries: nothing is repeated
        const at::Tensor grouped = queries.reshape({q.size(0), k.size(1), heads / k.size(1), q.size(3)});
        return at::scaled_dot_product_attention(grouped, k, v, sight).reshape(q.sizes());
    }
    return at::scaled_dot_product_attention(queries, forEachHead(k, heads), forEachHead(v, heads), sight)
        .transpose(1, 2);
}

} // namespace

at::Tensor attendOver(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Sight& sight,
                      at::Tensor* pattern) {
    const std::int64_t t = q.size(1), heads = q.size(2), m = k.size(2);
    const bool seesAll = !sight.isCausal || (t == 1 && (sight.window == 0 || sight.window >= m));
    if (pattern == nullptr && !seesAll && sight.window == 0 && t == m) // the fused operator masks better than we
        return at::scaled_dot_product_attention(q.transpose(1, 2), forEachHead(k, heads), forEachHead(v, heads),
                                                std::nullopt, 0.0, true)
            .transpose(1, 2);
    return attendWhere(q, k, v, seesAll ? at::Tensor() : maskOf(t, m, sight, q.options()), pattern);
}

at::Tensor attendMasked(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask,
                        at::Tensor* pattern) {
    return attendWhere(q, k, v, mask.unsqueeze(1), pattern);
}

} // namespace vitrine::lm
