// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/experiments/transformermodel.hpp"

#include "core/base/rng.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vitrine::tl {

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

CopyTask drawCopyTask(const TransformerSizes& sizes, std::uint64_t seed) {
    CopyTask task;
    Lcg random(seed);
    const std::int64_t length = sizes.length();
    for (std::int64_t sequence = 0; sequence < sizes.sequences; ++sequence) {
        std::vector<int> tokens;
        for (std::int64_t place = 0; place < sizes.copied; ++place)
            tokens.push_back(1 + static_cast<int>(random.below(static_cast<std::uint64_t>(sizes.vocabulary - 1))));
        tokens.push_back(0);
        for (std::int64_t place = 0; place < sizes.copied; ++place)
            tokens.push_back(tokens[static_cast<std::size_t>(place)]);
        for (std::int64_t place = 0; place < length; ++place) {
            const auto token = static_cast<Cell>(tokens[static_cast<std::size_t>(place)]);
            const auto e = static_cast<Cell>(sequence);
            task.inputs.insert(task.inputs.end(), {e, static_cast<Cell>(place), token});
            if (place > sizes.copied) task.targets.insert(task.targets.end(), {e, static_cast<Cell>(place - 1), token});
        }
        task.tokens.insert(task.tokens.end(), tokens.begin(), tokens.end());
    }
    return task;
}

} // namespace vitrine::tl
