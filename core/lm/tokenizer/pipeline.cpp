// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/pipeline.hpp"

#include "core/lm/tokenizer/bytemap.hpp"
#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>

namespace vitrine::lm {

namespace {

constexpr std::size_t LongestText = 1ULL << 31U;
constexpr std::size_t PiecesAtATime = 2048;

Error tooLong(std::size_t size) {
    return makeError("VIT-TOK-005", "The text has %1 bytes; a tokenizer takes at most %2 at a time",
                     {std::to_string(size), std::to_string(LongestText)});
}

/// Valid UTF-8 of any bytes, and the way back.
std::size_t replaceInvalid(std::string_view text, std::string& out, Alignment& alignment) {
    std::size_t count = 0;
    std::size_t at = 0;
    for (;;) {
        const std::size_t good = findInvalidUtf8(text.substr(at));
        out += text.substr(at, good);
        if (good == std::string_view::npos) return count;
        at += good;
        const std::uint32_t length = decodeUtf8(text, at).length;
        const auto outBegin = static_cast<std::uint32_t>(out.size()), inBegin = static_cast<std::uint32_t>(at);
        appendUtf8(out, 0xFFFD);
        alignment.add(outBegin, static_cast<std::uint32_t>(out.size()), inBegin, inBegin + length);
        at += length;
        ++count;
    }
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t found = text.find(from); found != std::string::npos; found = text.find(from, at)) {
        out.append(text, at, found - at);
        out += to;
        at = found + from.size();
    }
    out.append(text, at);
    text = std::move(out);
}

/// English punctuation without the spaces that joining words has put before it.
void cleanUpSpaces(std::string& text) {
    static constexpr std::array<std::array<std::string_view, 2>, 11> rules{{{" .", "."},
                                                                            {" ?", "?"},
                                                                            {" !", "!"},
                                                                            {" ,", ","},
                                                                            {" ' ", "'"},
                                                                            {" n't", "n't"},
                                                                            {" 'm", "'m"},
                                                                            {" do not", " don't"},
                                                                            {" 's", "'s"},
                                                                            {" 've", "'ve"},
                                                                            {" 're", "'re"}}};
    for (const auto& rule : rules) replaceAll(text, rule[0], rule[1]);
}

} // namespace

PipelineTokenizer::PipelineTokenizer(PipelineParts parts) : m_parts(std::move(parts)) {
    m_isSpecial.resize(size());
    for (AddedToken& token : m_parts.added) {
        if (token.special) m_isSpecial[static_cast<std::size_t>(token.id)] = true;
        if (!token.normalized) {
            m_rawAdded.add(token);
            continue;
        }
        NormalizedText content;
        m_parts.normalizer.apply(token.content, content);
        AddedToken normal = token;
        normal.content = content.text;
        if (!normal.content.empty()) m_normalAdded.add(normal);
    }
    if (m_parts.decoder != DecoderKind::Bytes) return;
    m_bytes.resize(size());
    for (std::size_t i = 0; i < size(); ++i) {
        const std::string_view spelled = token(static_cast<TokenId>(i));
        m_bytes[i] = unspellBytes(spelled).value_or(std::string(spelled));
    }
}

Status PipelineTokenizer::encodePlain(std::string_view text, TokenSink& sink) const {
    std::vector<ByteRange> pieces;
    const auto scanner = m_parts.preTokenizer.onlyScanner();
    if (!scanner) {
        if (Status status = m_parts.preTokenizer.cut(text, pieces); !status) return status;
        m_parts.model->encode(text, pieces, sink);
        return {};
    }
    pieces.reserve(std::min(PiecesAtATime, text.size()));
    for (std::size_t at = 0; at < text.size();) {
        pieces.clear();
        while (at < text.size() && pieces.size() < PiecesAtATime) {
            const std::size_t end = nextPiece(*scanner, text, at);
            pieces.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)});
            at = end;
        }
        m_parts.model->encode(text, pieces, sink);
    }
    return {};
}

Status PipelineTokenizer::encodeStretch(std::string_view text, std::uint32_t offset, bool allowSpecial,
                                        TokenSink& sink) const {
    NormalizedText normal;
    m_parts.normalizer.apply(text, normal);
    const std::size_t first = sink.ids.size();
    for (const Stretch& part : m_normalAdded.cut(normal.text, allowSpecial)) {
        if (part.id >= 0) {
            sink.put(part.id, part.range.begin, part.range.end);
            continue;
        }
        const std::size_t before = sink.ids.size();
        const std::string_view plain = normal.text.substr(part.range.begin, part.range.end - part.range.begin);
        if (Status status = encodePlain(plain, sink); !status) return status;
        if (!sink.ranges || part.range.begin == 0) continue;
        for (std::size_t i = before; i < sink.ranges->size(); ++i) {
            (*sink.ranges)[i].begin += part.range.begin;
            (*sink.ranges)[i].end += part.range.begin;
        }
    }
    if (!sink.ranges) return {};
    for (std::size_t i = first; i < sink.ranges->size(); ++i) {
        ByteRange& range = (*sink.ranges)[i];
        range = {offset + normal.sourceBegin(range.begin), offset + normal.sourceEnd(range.end)};
    }
    return {};
}

Status PipelineTokenizer::encodeText(std::string_view text, bool allowSpecial, Encoding& out, bool wantRanges) const {
    if (text.size() > LongestText) return tooLong(text.size());
    std::string repaired;
    Alignment alignment;
    if (findInvalidUtf8(text) != std::string_view::npos) {
        out.replaced += replaceInvalid(text, repaired, alignment);
        if (repaired.size() > LongestText) return tooLong(repaired.size());
        text = repaired;
    }
    const std::size_t first = out.ranges.size();
    TokenSink sink{out.ids, wantRanges ? &out.ranges : nullptr};
    for (const Stretch& part : m_rawAdded.cut(text, allowSpecial)) {
        const ByteRange range = part.range;
        if (part.id >= 0)
            sink.put(part.id, range.begin, range.end);
        else if (Status status =
                     encodeStretch(text.substr(range.begin, range.end - range.begin), range.begin, allowSpecial, sink);
                 !status)
            return status;
    }
    out.dropped += sink.dropped;
    if (!wantRanges || alignment.isIdentity()) return {};
    for (std::size_t i = first; i < out.ranges.size(); ++i)
        out.ranges[i] = {alignment.begin(out.ranges[i].begin), alignment.end(out.ranges[i].end)};
    return {};
}

/// Puts the template's tokens around the ids of one text; not those in front when they stand there already.
void PipelineTokenizer::wrap(Encoding& encoding, bool wantRanges, std::uint32_t textSize) const {
    const auto& places = m_parts.post.single;
    if (places.empty()) return;
    const std::vector<TokenId> leading = m_parts.post.leading();
    encoding.leftOutBos = !leading.empty() && encoding.ids.size() >= leading.size() &&
                          std::equal(leading.begin(), leading.end(), encoding.ids.begin());
    std::vector<TokenId> ids;
    std::vector<ByteRange> ranges;
    ids.reserve(encoding.ids.size() + 4);
    bool isBefore = true;
    for (const TemplatePlace& place : places) {
        if (place.kind != TemplatePlace::Kind::Special) {
            ids.insert(ids.end(), encoding.ids.begin(), encoding.ids.end());
            ranges.insert(ranges.end(), encoding.ranges.begin(), encoding.ranges.end());
            isBefore = false;
            continue;
        }
        if (isBefore && encoding.leftOutBos) continue;
        ids.insert(ids.end(), place.ids.begin(), place.ids.end());
        const std::uint32_t at = isBefore ? 0 : textSize;
        if (wantRanges) ranges.insert(ranges.end(), place.ids.size(), {at, at});
    }
    encoding.ids = std::move(ids);
    encoding.ranges = std::move(ranges);
}

Result<Encoding> PipelineTokenizer::encode(std::string_view text, const EncodeOptions& options) const {
    Encoding encoding;
    if (Status status = encodeText(text, options.allowSpecial, encoding, true); !status) return status.error();
    if (options.addBos) wrap(encoding, true, static_cast<std::uint32_t>(text.size()));
    return encoding;
}

Status PipelineTokenizer::appendIds(std::string_view text, const EncodeOptions& options,
                                    std::vector<TokenId>& ids) const {
    Encoding encoding;
    const bool appendsInPlace = !options.addBos || m_parts.post.single.empty();
    if (appendsInPlace) encoding.ids = std::move(ids);
    const std::size_t before = encoding.ids.size();
    Status status = encodeText(text, options.allowSpecial, encoding, false);
    if (appendsInPlace) {
        if (!status) encoding.ids.resize(before);
        ids = std::move(encoding.ids);
        return status;
    }
    if (!status) return status;
    wrap(encoding, false, static_cast<std::uint32_t>(text.size()));
    ids.insert(ids.end(), encoding.ids.begin(), encoding.ids.end());
    return {};
}

Result<Encoding> PipelineTokenizer::encodePair(std::string_view first, std::string_view second,
                                               const EncodeOptions& options) const {
    if (m_parts.post.pair.empty())
        return makeError("VIT-TOK-002", "%1 is %2, which Vitrine does not support",
                         {"post_processor", "without a rule for two texts"});
    Encoding a, b, joined;
    if (Status status = encodeText(first, options.allowSpecial, a, true); !status) return status.error();
    if (Status status = encodeText(second, options.allowSpecial, b, true); !status) return status.error();
    for (const TemplatePlace& place : m_parts.post.pair) {
        if (place.kind == TemplatePlace::Kind::Special) {
            if (!options.addBos) continue;
            const ByteRange last = joined.ranges.empty() ? ByteRange{} : joined.ranges.back();
            joined.ids.insert(joined.ids.end(), place.ids.begin(), place.ids.end());
            joined.ranges.insert(joined.ranges.end(), place.ids.size(), {last.end, last.end});
        } else {
            const Encoding& part = place.kind == TemplatePlace::Kind::First ? a : b;
            joined.ids.insert(joined.ids.end(), part.ids.begin(), part.ids.end());
            joined.ranges.insert(joined.ranges.end(), part.ranges.begin(), part.ranges.end());
        }
        joined.types.resize(joined.ids.size(), place.type);
    }
    joined.replaced = a.replaced + b.replaced;
    joined.dropped = a.dropped + b.dropped;
    return joined;
}

void PipelineTokenizer::appendBytes(TokenId id, bool isFirst, std::string& out) const {
    if (!contains(id)) return;
    const std::string_view spelled = token(id);
    switch (m_parts.decoder) {
    case DecoderKind::Bytes:
        out += m_bytes[static_cast<std::size_t>(id)];
        return;
    case DecoderKind::Join:
        out += spelled;
        return;
    case DecoderKind::WordPiece:
        break;
    }
    std::string piece;
    if (!isFirst && !m_parts.continuation.empty() && spelled.starts_with(m_parts.continuation))
        piece = spelled.substr(m_parts.continuation.size());
    else
        piece = (isFirst ? "" : " ") + std::string(spelled);
    if (m_parts.cleanUp) cleanUpSpaces(piece); // token by token, as the files' own reader does
    out += piece;
}

std::string PipelineTokenizer::decode(std::span<const TokenId> ids, bool skipSpecial) const {
    std::string bytes;
    bool isFirst = true;
    for (const TokenId id : ids) {
        if (!contains(id) || (skipSpecial && isSpecial(id))) continue;
        appendBytes(id, isFirst, bytes);
        isFirst = false;
    }
    std::string text;
    text.reserve(bytes.size());
    appendReplacingInvalid(bytes, text);
    return text;
}

} // namespace vitrine::lm
