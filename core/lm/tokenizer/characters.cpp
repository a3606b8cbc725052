// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/characters.hpp"

#include "core/base/utf8.hpp"

namespace vitrine::lm {

void CharacterModel::encode(std::string_view text, std::span<const ByteRange> pieces, TokenSink& sink) const {
    for (const ByteRange& piece : pieces) {
        bool afterUnknown = false;
        for (std::uint32_t at = piece.begin; at < piece.end;) {
            const std::uint32_t end = at + decodeValidUtf8(text.data() + at).length;
            const auto id = m_vocabulary->find(text.substr(at, end - at));
            if (id)
                sink.put(*id, at, end);
            else if (!m_unk)
                ++sink.dropped;
            else if (!(afterUnknown && m_fuseUnk))
                sink.put(*m_unk, at, end);
            else if (sink.ranges)
                sink.ranges->back().end = end;
            afterUnknown = !id.has_value();
            at = end;
        }
    }
}

} // namespace vitrine::lm
