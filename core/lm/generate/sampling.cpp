// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/generate/sampling.hpp"

#include "core/lm/fieldproblems.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace vitrine::lm {

namespace {

constexpr std::size_t ShownCandidates = 10;

struct Entry {
    TokenId id;
    double logit;
};

bool isMoreLikely(const Entry& a, const Entry& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
}

/// Sum of exp(logit - most): finite and at least 1.
struct Mass {
    double most = 0, sum = 0;
    [[nodiscard]] double logOf(double logit) const { return logit - most - std::log(sum); }
    [[nodiscard]] double of(double logit) const { return std::exp(logit - most) / sum; }
};

Mass massOf(const std::vector<Entry>& entries) {
    Mass mass{-std::numeric_limits<double>::infinity(), 0};
    for (const Entry& entry : entries) mass.most = std::max(mass.most, entry.logit);
    for (const Entry& entry : entries) mass.sum += std::exp(entry.logit - mass.most);
    return mass;
}

/// The candidates on their way through the steps.
class Sieve {
  public:
    Sieve(std::vector<Entry> entries, std::vector<SamplingStage>* stages)
        : m_entries(std::move(entries)), m_stages(stages) {
        note("logits");
    }

    [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }

    void penalise(const SamplingOptions& options, const SeenTokens& seen) {
        if (options.repetitionPenalty == 1 && options.presencePenalty == 0 && options.frequencyPenalty == 0) return;
        for (Entry& entry : m_entries) {
            const auto found = seen.find(entry.id);
            if (found == seen.end()) continue;
            entry.logit =
                entry.logit > 0 ? entry.logit / options.repetitionPenalty : entry.logit * options.repetitionPenalty;
            entry.logit -= options.presencePenalty + options.frequencyPenalty * static_cast<double>(found->second);
        }
        note("penalties");
    }

    void heat(double temperature) {
        if (temperature == 1) return;
        for (Entry& entry : m_entries) entry.logit /= temperature;
        note("temperature");
    }

    void keepMost(std::int64_t count) {
        if (count <= 0 || count >= static_cast<std::int64_t>(m_entries.size())) return;
        std::partial_sort(m_entries.begin(), m_entries.begin() + count, m_entries.end(), isMoreLikely);
        m_entries.resize(static_cast<std::size_t>(count));
        note("top-k");
    }

    void keepMass(double part) {
        if (part >= 1) return;
        std::sort(m_entries.begin(), m_entries.end(), isMoreLikely);
        const Mass mass = massOf(m_entries);
        double sum = 0;
        std::size_t kept = 0;
        while (kept < m_entries.size() && (kept == 0 || sum < part)) sum += mass.of(m_entries[kept++].logit);
        m_entries.resize(kept);
        note("top-p");
    }

    void keepAtLeast(double part) {
        if (part <= 0) return;
        double most = -std::numeric_limits<double>::infinity();
        for (const Entry& entry : m_entries) most = std::max(most, entry.logit);
        const double least = most + std::log(part);
        std::erase_if(m_entries, [least](const Entry& entry) { return entry.logit < least; });
        note("min-p");
    }

  private:
    void note(std::string_view name) {
        if (m_stages == nullptr) return;
        SamplingStage stage{name, static_cast<std::int64_t>(m_entries.size()), {}};
        std::vector<Entry> top(std::min(ShownCandidates, m_entries.size()));
        std::partial_sort_copy(m_entries.begin(), m_entries.end(), top.begin(), top.end(), isMoreLikely);
        const Mass mass = massOf(m_entries);
        for (const Entry& entry : top) stage.top.push_back({entry.id, mass.of(entry.logit)});
        m_stages->push_back(std::move(stage));
    }

    std::vector<Entry> m_entries;
    std::vector<SamplingStage>* m_stages;
};

/// The entry at which the mass, in their order (by id, after a cut the most likely first), exceeds `u`.
const Entry& drawn(const std::vector<Entry>& entries, const Mass& mass, double u) {
    double sum = 0;
    const Entry* last = nullptr;
    for (const Entry& entry : entries) {
        const double probability = mass.of(entry.logit);
        if (probability <= 0) continue;
        last = &entry;
        sum += probability;
        if (u < sum) break;
    }
    return *last; // rounding may leave the sum below u
}

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

} // namespace

std::vector<Error> problemsOf(const SamplingOptions& options) {
    FieldProblems fields;
    const double most = std::numeric_limits<double>::max();
    fields.need(options.temperature >= 0 && options.temperature <= most, "temperature", options.temperature,
                "at least 0");
    fields.need(options.topK >= 0, "top_k", static_cast<double>(options.topK), "at least 0");
    fields.need(options.topP > 0 && options.topP <= 1, "top_p", options.topP, "above 0 and at most 1");
    fields.need(options.minP >= 0 && options.minP <= 1, "min_p", options.minP, "between 0 and 1");
    fields.need(options.repetitionPenalty > 0 && options.repetitionPenalty <= most, "repetition_penalty",
                options.repetitionPenalty, "above 0");
    fields.need(std::isfinite(options.presencePenalty), "presence_penalty", options.presencePenalty, "a number");
    fields.need(std::isfinite(options.frequencyPenalty), "frequency_penalty", options.frequencyPenalty, "a number");
    return fields.take();
}

double uniform(const RandomKey& key) {
    const std::uint64_t bits = mixed(mixed(mixed(key.seed) ^ key.sequence) ^ key.step);
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

Result<Sampled> sample(std::span<const float> logits, std::int64_t vocabulary, const SamplingOptions& options,
                       const SeenTokens& seen, const RandomKey& key, std::vector<SamplingStage>* stages) {
    std::vector<TokenId> banned = options.banned;
    std::sort(banned.begin(), banned.end());
    const std::size_t count = std::min(logits.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, vocabulary)));
    std::vector<Entry> entries;
    entries.reserve(count);
    for (std::size_t k = 0; k < count; ++k) {
        const auto id = static_cast<TokenId>(k);
        const double logit = static_cast<double>(logits[k]);
        if (std::isnan(logit) || logit == std::numeric_limits<double>::infinity())
            return makeError("VIT-LM-232", "The logit of token %1 is not a finite number", {std::to_string(id)},
                             "The weights or a probe hold a value that is not finite.");
        if (std::isinf(logit) || std::binary_search(banned.begin(), banned.end(), id)) continue;
        entries.push_back({id, logit});
    }
    if (entries.empty())
        return makeError("VIT-LM-231", "No token is left to draw from: all are masked or banned", {},
                         "Ban fewer tokens.");

    const double temperature = options.temperature > 0 ? options.temperature : 1;
    std::vector<Entry> raw = entries;
    for (Entry& entry : raw) entry.logit /= temperature;
    const Mass rawMass = massOf(raw);
    Sampled result;
    for (const Entry& entry : raw)
        if (const double p = rawMass.of(entry.logit); p > 0) result.entropy -= p * rawMass.logOf(entry.logit);

    Sieve sieve(std::move(entries), stages);
    sieve.penalise(options, seen);
    sieve.heat(temperature);
    sieve.keepMost(options.topK);
    sieve.keepMass(options.topP);
    sieve.keepAtLeast(options.minP);
    const std::vector<Entry>& kept = sieve.entries();
    const Mass mass = massOf(kept);
    const Entry& chosen = options.temperature == 0 ? *std::min_element(kept.begin(), kept.end(), isMoreLikely)
                                                   : drawn(kept, mass, uniform(key));
    result.id = chosen.id;
    result.kept = static_cast<std::int64_t>(kept.size());
    result.logProbability = mass.logOf(chosen.logit);
    const auto own = std::lower_bound(raw.begin(), raw.end(), chosen.id,
                                      [](const Entry& entry, TokenId id) { return entry.id < id; });
    result.rawLogProbability = rawMass.logOf(own->logit);
    return result;
}

} // namespace vitrine::lm
