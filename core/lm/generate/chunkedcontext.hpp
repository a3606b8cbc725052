// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/cache/countedcache.hpp"
#include "core/lm/generate/decoder.hpp"

#include <memory>
#include <vector>

namespace vitrine::lm {

/// What is carried over a boundary (digest markovian-thinker, 2.4). y: what the chunk just wrote.
enum class CarryFrom {
    Stream, ///< query, head, the last m tokens of all that was thought
    Chunk,  ///< query, head, the last m tokens of y alone: fewer where y is shorter (Algorithm 1)
    Trimmed ///< query, head, the last m - f tokens of what was carried and y: m tokens in all (the trainer's trimmer)
};

struct ChunkOptions {
    std::int64_t context = 8192; ///< C: carried and new tokens of a chunk beside the query; at least 1
    std::int64_t carry = 4096;   ///< m, 0 <= m < C; 0: nothing but the head is carried
    std::int64_t chunks = 5;     ///< I, at least 1
    std::int64_t fold = 0;       ///< f: first tokens of the first chunk that stay behind the query for good
    CarryFrom from = CarryFrom::Stream;
};

/// Everything that is wrong, field by field. \param query  tokens of it
/// \errors VIT-LM-230 a field out of range; VIT-LM-244 query, head and a chunk go beyond the model's positions
[[nodiscard]] std::vector<Error> problemsOf(const ChunkOptions& options, std::int64_t query, const ModelConfig& config);

/// C + (I - 1)(C - m): the most tokens that a trace can have.
[[nodiscard]] std::int64_t thinkingBudget(const ChunkOptions& options);

/// One chunk of a trace: what it began from and what it wrote.
struct ThoughtChunk {
    std::vector<TokenId> prompt;
    std::vector<DecodedToken> tokens;
};

/// Thinking of any length in a context of one size (digest markovian-thinker, 2.2 and 2.3). A chunk writes C tokens, a
/// later one C - m; at the boundary everything behind the query and the head is forgotten, keys and values with it, and
/// the carried tokens are read anew right behind. A draw's step counts from the start of the trace, so the first chunk
/// is that of a plain Decoder, and no random number comes twice. For one thread at a time.
class ChunkedContext {
  public:
    /// \param cache  holds the trace under number `text`; \param decode  its firstStep is that of the first chunk
    /// \param options  without problems
    ChunkedContext(ModelPtr model, std::shared_ptr<KvCache> cache, std::int32_t text, DecodeOptions decode,
                   std::vector<TokenId> query, ChunkOptions options);

    /// Draws the next token, over a boundary where one is due. \errors those of Decoder::step; VIT-LM-245 it is done
    [[nodiscard]] Result<DecodedToken> step();
    [[nodiscard]] bool isDone() const;       ///< a stop token, or the last chunk is full
    [[nodiscard]] StopReason reason() const; ///< of a trace that is done
    [[nodiscard]] const std::vector<ThoughtChunk>& chunks() const { return m_chunks; }
    [[nodiscard]] std::vector<TokenId> thought() const; ///< what all chunks wrote, in order
    [[nodiscard]] const CacheCost& cost() const { return m_cache->cost(); }

  private:
    [[nodiscard]] bool isChunkFull() const;
    [[nodiscard]] std::vector<TokenId> carried() const;
    [[nodiscard]] Status cross();

    std::shared_ptr<CountedCache> m_cache;
    ChunkOptions m_options;
    std::vector<TokenId> m_base; ///< the query; from the first boundary on the head behind it
    std::int64_t m_query = 0;
    Decoder m_decoder;
    std::vector<ThoughtChunk> m_chunks;
};

} // namespace vitrine::lm
