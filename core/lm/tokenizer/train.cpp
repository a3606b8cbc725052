// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/train.hpp"

#include "core/base/json.hpp"
#include "core/base/utf8.hpp"
#include "core/lm/tokenizer/bytemap.hpp"
#include "core/lm/tokenizer/filewriter.hpp"
#include "core/lm/tokenizer/normalizer.hpp"
#include "core/lm/tokenizer/scanners.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <queue>
#include <set>
#include <unordered_map>

namespace vitrine::lm {

namespace {

constexpr std::size_t Bytes = 256, MostIds = 1U << 20U;

Error badOption(const char* name, const std::string& value, const std::string& wanted) {
    return makeError("VIT-TOK-010", "%1 is %2; it must be %3", {name, value, wanted});
}

Error noText() {
    return makeError("VIT-TOK-011", "There is no text to make a tokenizer from");
}

Error stopped() {
    return makeError("VIT-TOK-012", "Making the tokenizer was stopped");
}

Status checkSpecials(const std::vector<std::string>& specials) {
    std::set<std::string> seen;
    for (const std::string& each : specials) {
        if (each.size() < 2 || findInvalidUtf8(each) != std::string_view::npos)
            return badOption("specials", "\"" + each + "\"", "UTF-8 texts of at least two bytes");
        if (!seen.insert(each).second) return badOption("specials", "\"" + each + "\" twice", "different texts");
    }
    return {};
}

KnownPattern patternOf(SplitRule rule) {
    switch (rule) {
    case SplitRule::Gpt2:
        return KnownPattern::Gpt2;
    case SplitRule::Llama3:
        return KnownPattern::Llama3;
    case SplitRule::Qwen2:
        break;
    }
    return KnownPattern::Qwen2;
}

// --- counting words ------------------------------------------------------------------------------------------------

using WordCounts = std::unordered_map<std::string, std::uint64_t>;

Status countWords(std::string_view text, const BpeTraining& options, WordCounts& counts) {
    constexpr std::size_t WordsBetweenLooks = 1U << 14U;
    std::string repaired;
    if (findInvalidUtf8(text) != std::string_view::npos) {
        appendReplacingInvalid(text, repaired);
        text = repaired;
    }
    NormalizedText normal;
    Normalizer(options.nfc ? std::vector{NormalStep::Nfc} : std::vector<NormalStep>{}).apply(text, normal);
    const KnownPattern pattern = patternOf(options.split);
    std::size_t words = 0;
    for (std::size_t at = 0; at < normal.text.size();) {
        const std::size_t end = nextPiece(pattern, normal.text, at);
        ++counts[std::string(normal.text.substr(at, end - at))];
        at = end;
        if (++words % WordsBetweenLooks == 0 && options.stop.stop_requested()) return stopped();
    }
    return {};
}

// --- merging -------------------------------------------------------------------------------------------------------

struct Word {
    std::vector<std::uint32_t> symbols;
    std::int64_t count = 0;
};

struct PairState {
    std::int64_t count = 0;
    std::vector<std::uint32_t> words; ///< where the pair may be; some may have lost it meanwhile
};

using PairKey = std::uint64_t;

PairKey keyOf(std::uint32_t left, std::uint32_t right) {
    return PairKey(left) << 32U | right;
}

struct Best {
    std::int64_t count;
    PairKey pair;
    bool operator<(const Best& other) const { return count != other.count ? count < other.count : pair > other.pair; }
};

/// Words with their pairs counted, kept up to date merge by merge.
class Merger {
  public:
    explicit Merger(std::vector<Word> words) : m_words(std::move(words)) {
        for (std::uint32_t w = 0; w < m_words.size(); ++w)
            for (std::size_t i = 0; i + 1 < m_words[w].symbols.size(); ++i)
                change(keyOf(m_words[w].symbols[i], m_words[w].symbols[i + 1]), w, m_words[w].count);
        for (const auto& [pair, state] : m_pairs) m_queue.push({state.count, pair});
        m_touched.clear();
    }

    /// The most frequent pair, if one occurs at least `minimum` times.
    [[nodiscard]] std::optional<PairKey> best(std::uint64_t minimum) {
        while (!m_queue.empty()) {
            const Best top = m_queue.top();
            const std::int64_t now = m_pairs[top.pair].count;
            if (top.count != now) { // counts only wait here; the queue learns of a fall when it meets it
                m_queue.pop();
                if (now > 0 && now < top.count) m_queue.push({now, top.pair});
                continue;
            }
            if (now < 1 || static_cast<std::uint64_t>(now) < minimum) return std::nullopt;
            m_queue.pop();
            return top.pair;
        }
        return std::nullopt;
    }

    void merge(PairKey pair, std::uint32_t joined) {
        std::vector<std::uint32_t> words = std::move(m_pairs[pair].words);
        std::sort(words.begin(), words.end());
        words.erase(std::unique(words.begin(), words.end()), words.end());
        for (const std::uint32_t w : words) mergeIn(w, pair, joined);
        m_pairs.erase(pair);
        for (const PairKey each : m_touched)
            if (const auto found = m_pairs.find(each); found != m_pairs.end() && found->second.count > 0)
                m_queue.push({found->second.count, each});
        m_touched.clear();
    }

  private:
    void change(PairKey pair, std::uint32_t word, std::int64_t by) {
        PairState& state = m_pairs[pair];
        state.count += by;
        if (by < 0) return;
        if (state.words.empty() || state.words.back() != word) state.words.push_back(word);
        if (m_touched.empty() || m_touched.back() != pair) m_touched.push_back(pair);
    }

    /// Joins the pair from left to right; neighbours lose the old pairs and get new ones.
    void mergeIn(std::uint32_t w, PairKey pair, std::uint32_t joined) {
        Word& word = m_words[w];
        auto& symbols = word.symbols;
        std::size_t to = 0;
        for (std::size_t from = 0; from < symbols.size(); ++from) {
            const bool isHere = from + 1 < symbols.size() && keyOf(symbols[from], symbols[from + 1]) == pair;
            if (!isHere) {
                symbols[to++] = symbols[from];
                continue;
            }
            const std::uint32_t left = symbols[from], right = symbols[from + 1];
            change(pair, w, -word.count);
            if (to > 0) {
                change(keyOf(symbols[to - 1], left), w, -word.count);
                change(keyOf(symbols[to - 1], joined), w, word.count);
            }
            if (from + 2 < symbols.size()) {
                change(keyOf(right, symbols[from + 2]), w, -word.count);
                change(keyOf(joined, symbols[from + 2]), w, word.count);
            }
            symbols[to++] = joined;
            ++from;
        }
        symbols.resize(to);
    }

    std::vector<Word> m_words;
    std::unordered_map<PairKey, PairState> m_pairs;
    std::priority_queue<Best> m_queue;
    std::vector<PairKey> m_touched; ///< pairs that became more frequent
};

std::vector<Word> wordsOf(const WordCounts& counts, const std::vector<std::uint32_t>& byteIds) {
    std::vector<Word> words;
    words.reserve(counts.size());
    for (const auto& [text, count] : counts) {
        Word word;
        word.count = static_cast<std::int64_t>(count);
        for (const char byte : text) word.symbols.push_back(byteIds[static_cast<unsigned char>(byte)]);
        words.push_back(std::move(word));
    }
    return words;
}

/// Bytes get the ids after the specials in the order of the characters that spell them.
std::vector<std::uint32_t> addBytes(TokenizerFile& file) {
    std::vector<unsigned> order(Bytes);
    std::iota(order.begin(), order.end(), 0U);
    const auto spelling = [](unsigned byte) { return spelledByte(static_cast<unsigned char>(byte)); };
    std::sort(order.begin(), order.end(), [&](unsigned a, unsigned b) { return spelling(a) < spelling(b); });
    std::vector<std::uint32_t> ids(Bytes);
    for (const unsigned byte : order) {
        ids[byte] = static_cast<std::uint32_t>(file.tokens.size());
        std::string token;
        appendUtf8(token, spelling(byte));
        file.tokens.push_back(std::move(token));
    }
    return ids;
}

/// At most ten reports a second.
class Reporter {
  public:
    explicit Reporter(const BpeTraining& options) : m_options(options) {}
    void report(std::size_t done, std::size_t total, bool isLast) {
        const auto now = std::chrono::steady_clock::now();
        if (!m_options.progress || (!isLast && now - m_last < std::chrono::milliseconds(100))) return;
        m_last = now;
        m_options.progress(done, total);
    }

  private:
    const BpeTraining& m_options;
    std::chrono::steady_clock::time_point m_last = {};
};

Status mergeAll(Merger& merger, const BpeTraining& options, TokenizerFile& file) {
    std::unordered_map<std::string, std::uint32_t> ids;
    for (std::size_t i = 0; i < file.tokens.size(); ++i) ids.emplace(file.tokens[i], static_cast<std::uint32_t>(i));
    Reporter reporter(options);
    const std::size_t first = file.tokens.size(), total = options.vocabulary - first;
    while (file.tokens.size() < options.vocabulary) {
        if (options.stop.stop_requested()) return stopped();
        const auto pair = merger.best(options.minimum);
        if (!pair) break;
        const auto left = static_cast<std::uint32_t>(*pair >> 32U), right = static_cast<std::uint32_t>(*pair);
        const auto [known, isNew] =
            ids.emplace(file.tokens[left] + file.tokens[right], static_cast<std::uint32_t>(file.tokens.size()));
        if (isNew) file.tokens.push_back(known->first);
        file.merges.emplace_back(left, right);
        merger.merge(*pair, known->second);
        reporter.report(file.tokens.size() - first, total, false);
    }
    reporter.report(total, total, true);
    return {};
}

std::string splitText(SplitRule rule) {
    const auto bytes = [](bool usesRegex) {
        return std::string(R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":)") +
               (usesRegex ? "true}" : "false}");
    };
    if (rule == SplitRule::Gpt2) return bytes(true);
    return R"({"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":)" +
           Json(patternText(patternOf(rule))).dump() + R"(},"behavior":"Isolated","invert":false},)" + bytes(false) +
           "]}";
}

} // namespace

Result<std::string> trainBpe(const std::vector<std::string_view>& texts, const BpeTraining& options) {
    const std::size_t least = Bytes + options.specials.size();
    if (options.vocabulary < least || options.vocabulary > MostIds)
        return badOption("vocabulary", std::to_string(options.vocabulary),
                         "from " + std::to_string(least) + " to " + std::to_string(MostIds));
    if (Status status = checkSpecials(options.specials); !status) return status.error();
    WordCounts counts;
    for (const std::string_view text : texts)
        if (Status status = countWords(text, options, counts); !status) return status.error();
    if (counts.empty()) return noText();

    TokenizerFile file;
    file.specials = options.specials;
    file.tokens = options.specials;
    const std::vector<std::uint32_t> byteIds = addBytes(file);
    Merger merger(wordsOf(counts, byteIds));
    counts = {};
    if (Status status = mergeAll(merger, options, file); !status) return status.error();
    file.parts = {{"normalizer", options.nfc ? R"({"type":"NFC"})" : "null"},
                  {"pre_tokenizer", splitText(options.split)},
                  {"post_processor", "null"},
                  {"decoder", R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})"}};
    return writeTokenizerFile(file);
}

Result<std::string> characterTokenizer(const std::vector<std::string_view>& texts, std::size_t atMost,
                                       const std::vector<std::string>& specials) {
    if (atMost < 1 || atMost > MostIds)
        return badOption("characters", std::to_string(atMost), "from 1 to " + std::to_string(MostIds));
    if (Status status = checkSpecials(specials); !status) return status.error();
    std::unordered_map<char32_t, std::uint64_t> counts;
    for (const std::string_view text : texts)
        for (std::size_t at = 0; at < text.size();) {
            const Utf8Scalar scalar = decodeUtf8(text, at);
            ++counts[scalar.value];
            at += scalar.length;
        }
    if (counts.empty()) return noText();
    std::vector<std::pair<char32_t, std::uint64_t>> kept(counts.begin(), counts.end());
    std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    kept.resize(std::min(kept.size(), atMost));
    std::sort(kept.begin(), kept.end());

    TokenizerFile file;
    file.unk = "<unk>";
    file.specials = {file.unk};
    file.specials.insert(file.specials.end(), specials.begin(), specials.end());
    file.tokens = file.specials;
    for (const auto& [value, count] : kept) {
        std::string token;
        appendUtf8(token, value);
        file.tokens.push_back(std::move(token));
    }
    file.parts = {{"normalizer", "null"},
                  {"pre_tokenizer", "null"},
                  {"post_processor", "null"},
                  {"decoder", R"({"type":"Fuse"})"}};
    return writeTokenizerFile(file);
}

} // namespace vitrine::lm
