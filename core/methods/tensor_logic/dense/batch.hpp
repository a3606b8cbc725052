// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/store.hpp"

#include <random>
#include <string>
#include <vector>

namespace vitrine::tl::dense {

/// Minibatches over one domain: a store in which that domain has `size` positions, filled from the whole data for any
/// choice of them.
class BatchStore {
  public:
    /// \param constants  complete tensors of `whole`, which do not depend on what is learned
    BatchStore(Store& whole, const EvaluateOptions& options, DomainId over, std::int64_t size,
               const std::vector<TensorId>& constants);

    [[nodiscard]] Store& store() { return m_store; }
    /// Tensors that differ from batch to batch.
    [[nodiscard]] const std::vector<TensorId>& bound() const { return m_bound; }
    /// \param positions  [size] int64 positions of the domain, on the store's device
    void bind(const at::Tensor& positions);

  private:
    void prepareTuples(TensorId tensor);
    void bindTuples(TensorId tensor, const at::Tensor& positions);

    struct Tuples {
        std::size_t column = 0;
        std::shared_ptr<const Coo> rows; ///< sorted by the column
        at::Tensor starts, counts;       ///< [domain]
        std::int64_t uniform = -1;       ///< rows of every position, -1: they differ
    };
    Store& m_whole;
    Store m_store;
    DomainId m_over;
    std::vector<TensorId> m_bound;
    std::map<TensorId, Tuples> m_tuples;
};

/// Positions of one batch after another: a new random permutation each epoch, the last partial batch kept.
class BatchOrder {
  public:
    BatchOrder(std::int64_t count, std::int64_t batch, std::uint64_t seed) : m_batch(batch), m_random(seed) {
        for (std::int64_t k = 0; k < count; ++k) m_order.push_back(k);
        m_next = m_order.size();
    }
    [[nodiscard]] std::vector<std::int64_t> next();

    [[nodiscard]] const std::vector<std::int64_t>& order() const { return m_order; }
    [[nodiscard]] std::size_t position() const { return m_next; }
    [[nodiscard]] std::string random() const;
    /// \return false when the state is of another number of positions or is no generator's
    [[nodiscard]] bool restore(const std::vector<std::int64_t>& order, std::size_t position, const std::string& random);

  private:
    std::int64_t m_batch;
    std::mt19937_64 m_random;
    std::vector<std::int64_t> m_order;
    std::size_t m_next = 0;
};

} // namespace vitrine::tl::dense
