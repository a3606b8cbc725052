// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/programs.hpp"

#include "core/base/rng.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

namespace vitrine::tl {

namespace {

constexpr std::int64_t Hidden = 64;

constexpr std::array<ClosureGraph, 6> Known{{
    {"grid", [] { return graphs::grid(12, 12); }, 144, 5940, 22, 0},
    {"tree", [] { return graphs::tree(1000, 1); }, 1000, 7622, 16, 0},
    {"uniform_200", [] { return graphs::uniform(200, 300, 1); }, 200, 13217, 25, 0},
    {"uniform_5000", [] { return graphs::uniform(5000, 6500, 8); }, 5000, 4922285, 58, 5},
    {"uniform_10000", [] { return graphs::uniform(10000, 12000, 12); }, 10000, 9177504, 84, 10},
    {"uniform_50000", [] { return graphs::uniform(50000, 60000, 1); }, 50000, 255621252, 133, 0},
}};

/// Seeds of programs stay below 2^31.
std::uint64_t programSeed(const Config& config, const char* name, std::uint64_t seed) {
    return SeedSequence(config.seed).seed(name, seed) >> 33;
}

} // namespace

const ClosureGraph* findClosureGraph(const std::string& id) {
    const auto found =
        std::find_if(Known.begin(), Known.end(), [&](const ClosureGraph& each) { return each.id == id; });
    return found == Known.end() ? nullptr : &*found;
}

std::string closureProgram(std::int64_t nodes) {
    return fmt::format("Edge(x, y): bool[{0}, {0}]\n"
                       "Path(x, y) <- Edge(x, y)\n"
                       "Path(x, z) <- Path(x, y), Edge(y, z)\n",
                       nodes);
}

std::string digitRuleProgram(std::int64_t pairs) {
    return fmt::format(
        "Img[e, q, i]: real[{0}, 2, {1}]\n"
        "Target[e, s]: real[{0}, 19]\n"
        "W1[u, i]: real[{2}, {1}]\nB1[u]: real[{2}]\nW2[c, u]: real[10, {2}]\nB2[c]: real[10]\n"
        "Digit(0), Digit(1), Digit(2), Digit(3), Digit(4), Digit(5), Digit(6), Digit(7), Digit(8), Digit(9)\n"
        "Add(a, b, s) <- Digit(a), Digit(b), s == a + b\n"
        "H[e, q, u] = relu(W1[u, i] Img[e, q, i] + B1[u])\n"
        "P[e, q, c.] = softmax(W2[c, u] H[e, q, u] + B2[c])\n"
        "SumP[e, s] = P[e, 0, a] P[e, 1, b] Add(a, b, s)\n",
        pairs, DigitPixels, Hidden);
}

std::string digitDirectProgram(std::int64_t pairs) {
    return fmt::format("Img[e, i]: real[{0}, {1}]\n"
                       "Target[e, s]: real[{0}, 19]\n"
                       "W1[u, i]: real[{2}, {1}]\nB1[u]: real[{2}]\nW2[s, u]: real[19, {2}]\nB2[s]: real[19]\n"
                       "H[e, u] = relu(W1[u, i] Img[e, i] + B1[u])\n"
                       "SumP[e, s.] = softmax(W2[s, u] H[e, u] + B2[s])\n",
                       pairs, 2 * DigitPixels, Hidden);
}

std::string digitLearning(const DigitSetting& setting) {
    return fmt::format("Ok[e] = SumP[e, s] Target[e, s]\n"
                       "Nll[e] = -log(Ok[e])\n"
                       "Loss avg= Nll[e]\n"
                       "@learn W1, B1, W2, B2\n"
                       "@seed {}\n"
                       "@minimize Loss lr={} steps={} optimizer=adam batch={} over=e\n",
                       setting.seed, setting.rate, setting.steps, setting.batch);
}

std::string transformerProgram(const TransformerSizes& sizes) {
    std::string text = fmt::format("L = 10000\nDe = {0}\nDk = {1}\nB = {2}\n"
                                   "X(e, p, t): bool[{3}, {4}, {5}]\n"
                                   "@domain h = {6}\n",
                                   sizes.width, sizes.width / sizes.heads, sizes.blocks, sizes.sequences,
                                   sizes.length(), sizes.vocabulary, sizes.heads);
    static const std::map<std::string, std::string> indices{
        {"Emb", "t, d"},    {"WQ", "b, h, dk, d"}, {"WK", "b, h, dk, d"}, {"WV", "b, h, dv, d"},
        {"WS", "b, d, dm"}, {"W1", "b, m, d"},     {"W2", "b, d, m"},     {"WO", "t, d"}};
    for (const auto& [name, shape] : transformerWeights(sizes))
        text += fmt::format("{}[{}]: real[{}]\n", name, indices.at(name), fmt::join(shape, ", "));
    text += R"(
EmbX[e, p, d] = X(e, p, t) Emb[t, d]
PosEnc[p, d] = Even(d) sin(p / L^(d / De)) + Odd(d) cos(p / L^((d - 1) / De))
Stream[0, e, p, d] = EmbX[e, p, d] + PosEnc[p, d]
Later(p, p') <- Place(p), Place(p'), p' > p
Query[b, h, e, p, dk] = WQ[b, h, dk, d] Stream[b, e, p, d]
Key[b, h, e, p, dk] = WK[b, h, dk, d] Stream[b, e, p, d]
Val[b, h, e, p, dv] = WV[b, h, dv, d] Stream[b, e, p, d]
Comp[b, h, e, p, p'.] = softmax(Query[b, h, e, p, dk] Key[b, h, e, p', dk] / sqrt(Dk) - 1e9 Later(p, p'))
Attn[b, h, e, p, dv] = Comp[b, h, e, p, p'] Val[b, h, e, p', dv]
Merge[b, e, p, dm] = concat(Attn[b, h, e, p, dv])
Mid[b, e, p, d.] = lnorm(WS[b, d, dm] Merge[b, e, p, dm] + Stream[b, e, p, d])
Hid[b, e, p, m] = relu(W1[b, m, d] Mid[b, e, p, d])
Stream[b+1, e, p, d.] = lnorm(W2[b, d, m] Hid[b, e, p, m] + Mid[b, e, p, d])
Y[e, p, t.] = softmax(WO[t, d] Stream[B, e, p, d])
)";
    for (std::int64_t place = 0; place < sizes.length(); ++place)
        text += fmt::format("Place({}){}", place, place + 1 < sizes.length() ? ", " : "\n");
    return text;
}

std::vector<std::pair<std::string, std::vector<std::int64_t>>> transformerWeights(const TransformerSizes& sizes) {
    const std::int64_t b = sizes.blocks, h = sizes.heads, d = sizes.width, k = sizes.width / sizes.heads;
    return {{"Emb", {sizes.vocabulary, d}},
            {"WQ", {b, h, k, d}},
            {"WK", {b, h, k, d}},
            {"WV", {b, h, k, d}},
            {"WS", {b, d, d}},
            {"W1", {b, sizes.hidden, d}},
            {"W2", {b, d, sizes.hidden}},
            {"WO", {sizes.vocabulary, d}}};
}

std::string transformerLoss(std::int64_t copied) {
    return fmt::format("T(e, p, t): bool\n"
                       "Nll[e] = -log(Y[e, p, t]) T(e, p, t) / {}\n"
                       "Loss avg= Nll[e]\n"
                       "@learn Emb, WQ, WK, WV, WS, W1, W2, WO\n",
                       copied);
}

std::string transformerLearning(const TransformerSetting& setting) {
    return fmt::format("@seed {}\n@minimize Loss lr={} steps={} optimizer=adam batch={} over=e\n", setting.seed,
                       setting.rate, setting.steps, setting.batch);
}

DigitSetting digitSetting(const Config& complete, std::uint64_t seed) {
    return {complete.integer("pairs"), complete.integer("steps"), complete.integer("batch"),
            complete.real("learning_rate"), programSeed(complete, "digits.learning", seed)};
}

TransformerSetting transformerSetting(const Config& complete, std::uint64_t seed) {
    return {complete.integer("steps"), complete.integer("batch"), complete.real("learning_rate"),
            programSeed(complete, "transformer.learning", seed)};
}

TransformerSizes transformerSizes(const Config& complete) {
    TransformerSizes sizes;
    sizes.blocks = complete.integer("blocks");
    sizes.width = complete.integer("width");
    sizes.hidden = 4 * sizes.width;
    return sizes;
}

std::string programOf(const Config& complete) {
    const std::string experiment = complete.text("experiment");
    if (experiment == "closures") {
        const ClosureGraph* graph = findClosureGraph(complete.text("graph"));
        return graph ? closureProgram(static_cast<std::int64_t>(graph->nodes)) : std::string();
    }
    if (experiment == "digits") {
        const DigitSetting setting = digitSetting(complete, 0);
        return digitRuleProgram(setting.pairs) + digitLearning(setting);
    }
    if (experiment == "transformer") {
        TransformerSizes sizes = transformerSizes(complete);
        sizes.sequences = TransformerSequences;
        return transformerProgram(sizes) + transformerLoss(sizes.copied) +
               transformerLearning(transformerSetting(complete, 0));
    }
    return complete.text("program");
}

} // namespace vitrine::tl
