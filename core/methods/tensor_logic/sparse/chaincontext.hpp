// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/chain.hpp"
#include "core/methods/tensor_logic/sparse/rowset.hpp"

#include <map>

namespace vitrine::tl::sparse {

struct Span {
    const std::uint32_t* first = nullptr;
    const std::uint32_t* last = nullptr;
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(last - first); }
    [[nodiscard]] const std::uint32_t* begin() const { return first; }
    [[nodiscard]] const std::uint32_t* end() const { return last; }
};

/// A relation that does not change: compressed rows.
struct StaticRows {
    std::vector<std::uint32_t> starts, ids;
    [[nodiscard]] Span row(std::uint32_t vertex) const {
        return {ids.data() + starts[vertex], ids.data() + starts[vertex + 1u]};
    }
};

using Bitmap = std::vector<std::uint64_t>;
inline bool isSet(const std::uint64_t* bits, std::uint32_t i) {
    return bits[i >> 6] >> (i & 63) & 1;
}

/// A chain rule over numbered vertices.
struct VertexStep {
    const StaticRows* rows = nullptr; ///< null: recursive
    const StaticRows* backwards = nullptr;
    std::uint32_t relation = 0; ///< of a recursive step: index into the stratum's relations
    bool isTurned = false;      ///< of a recursive step
};
struct VertexRule {
    const Rule* rule = nullptr;
    std::uint32_t head = 0; ///< index into the stratum's relations
    std::vector<VertexStep> steps;
    std::vector<const Bitmap*> allowed; ///< [steps + 1] null: all
    bool isUnequal = false;

    [[nodiscard]] bool isAllowed(std::size_t vertex, std::uint32_t id) const {
        return !allowed[vertex] || isSet(allowed[vertex]->data(), id);
    }
};

/// What the row engines share: the stratum's cells as vertices, its unchanging relations as rows.
class ChainContext {
  public:
    /// \param isTurned  the rules speak of the transposed relations
    ChainContext(Database& database, const std::vector<ChainRule>& chains, const std::vector<TensorId>& relations,
                 bool isTurned);

    [[nodiscard]] const std::shared_ptr<const Universe>& universe() const { return m_universe; }
    [[nodiscard]] const std::vector<VertexRule>& rules() const { return m_rules; }
    [[nodiscard]] const std::vector<TensorId>& relations() const { return m_relations; }
    [[nodiscard]] bool isTurned() const { return m_isTurned; }
    /// The base facts of a relation of the stratum, by row.
    [[nodiscard]] StaticRows base(std::size_t relation) const;

  private:
    [[nodiscard]] const StaticRows* rowsOf(TensorId id, bool isTurned);
    [[nodiscard]] StaticRows build(TensorId id, bool isTurned) const;
    [[nodiscard]] const Bitmap* allowedAt(const ChainRule& chain, std::uint32_t vertex);

    Database& m_database;
    std::vector<TensorId> m_relations;
    bool m_isTurned;
    std::shared_ptr<const Universe> m_universe;
    std::map<std::pair<TensorId, bool>, StaticRows> m_static;
    std::deque<Bitmap> m_bitmaps;
    std::vector<VertexRule> m_rules;
};

} // namespace vitrine::tl::sparse
