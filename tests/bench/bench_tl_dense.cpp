// SPDX-License-Identifier: GPL-3.0-or-later
// The dense engine: a transformer written as equations against the same model written with the tensor library's
// operators, and contraction orders against the order as written.
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/dense/contraction.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

constexpr std::int64_t Blocks = 2, Heads = 2, Width = 32, HeadWidth = 16, Hidden = 64, Length = 17, Vocabulary = 12,
                       Examples = 64;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<std::int64_t> tokens(std::uint64_t seed) {
    Lcg random(seed);
    std::vector<std::int64_t> result;
    for (std::int64_t k = 0; k < Examples * Length; ++k)
        result.push_back(static_cast<std::int64_t>(random.below(Vocabulary)));
    return result;
}

std::string program(int steps) {
    std::string text;
    const std::vector<std::int64_t> in = tokens(1), out = tokens(2);
    for (std::size_t k = 0; k < in.size(); ++k) {
        const std::string place = std::to_string(k / Length) + ", " + std::to_string(k % Length) + ", ";
        text += "Tok(" + place + std::to_string(in[k]) + ")\nTarget(" + place + std::to_string(out[k]) + ")\n";
    }
    return text + R"(
@domain t = 12
@domain b = 2
Emb[t,d]: real[12,32]
WQ[b,h,k,d]: real[2,2,16,32]
WK[b,h,k,d]: real[2,2,16,32]
WV[b,h,v,d]: real[2,2,16,32]
WS[b,d,m]: real[2,32,32]
W1[b,u,d]: real[2,64,32]
W2[b,d,u]: real[2,32,64]
WO[t,d]: real[12,32]
Stream[b,e,p,d]: real[3,64,17,32]
@learn Emb, WQ, WK, WV, WS, W1, W2, WO
PosEnc[p,d] = Even(d) sin(p / 10000 ^ (d / 32)) + Odd(d) cos(p / 10000 ^ ((d - 1) / 32))
Later(p, q) <- Tok(_, p, _), Tok(_, q, _), p < q
Stream[0,e,p,d] = Tok(e,p,t) Emb[t,d] + PosEnc[p,d]
Query[b,h,e,p,k] = WQ[b,h,k,d] Stream[b,e,p,d]
Key[b,h,e,p,k] = WK[b,h,k,d] Stream[b,e,p,d]
Val[b,h,e,p,v] = WV[b,h,v,d] Stream[b,e,p,d]
Comp[b,h,e,p,q.] = softmax(Query[b,h,e,p,k] Key[b,h,e,q,k] / sqrt(16) - 1e9 Later(p,q))
Attn[b,h,e,p,v] = Comp[b,h,e,p,q] Val[b,h,e,q,v]
Merge[b,e,p,m] = concat(Attn[b,h,e,p,v])
Mid[b,e,p,d.] = lnorm(WS[b,d,m] Merge[b,e,p,m] + Stream[b,e,p,d])
Hid[b,e,p,u] = relu(W1[b,u,d] Mid[b,e,p,d])
Stream[b+1,e,p,d.] = lnorm(W2[b,d,u] Hid[b,e,p,u] + Mid[b,e,p,d])
Y[e,p,t.] = softmax(WO[t,d] Stream[2,e,p,d])
Loss = -Target(e,p,t) log(Y[e,p,t]) / 1088
@minimize Loss optimizer=sgd lr=0.1 steps=)" +
           std::to_string(steps) + "\n";
}

/// Seconds a step of the program, best of groups of ten.
struct Recorder : Observer {
    std::vector<double> times;
    double loss = 0;
    void onLearning(const LearningReport& report) override {
        times.push_back(now());
        loss = report.loss;
    }
    [[nodiscard]] double best() const {
        double result = 1e9;
        for (std::size_t k = 10; k < times.size(); ++k) result = std::min(result, (times[k] - times[k - 10]) / 10);
        return result;
    }
};

at::Tensor parameter(std::vector<std::int64_t> shape, Lcg& random) {
    const at::Tensor value = at::empty(shape, at::kDouble);
    const double bound = std::sqrt(6.0 / static_cast<double>(shape.front() + shape.back()));
    for (std::int64_t k = 0; k < value.numel(); ++k)
        value.data_ptr<double>()[k] = bound * (static_cast<double>(random.below(1 << 20)) / (1 << 19) - 1);
    return value.set_requires_grad(true);
}

at::Tensor fromTokens(const std::vector<std::int64_t>& values) {
    const at::Tensor result = at::empty({Examples, Length}, at::kLong);
    std::copy(values.begin(), values.end(), result.data_ptr<std::int64_t>());
    return result;
}

/// The same model by hand.
class HandWritten {
  public:
    HandWritten() : m_in(fromTokens(tokens(1))), m_out(fromTokens(tokens(2))) {
        Lcg random(3);
        m_embedding = add({Vocabulary, Width}, random);
        for (std::int64_t b = 0; b < Blocks; ++b)
            m_blocks.push_back({add({Heads * HeadWidth, Width}, random), add({Heads * HeadWidth, Width}, random),
                                add({Heads * HeadWidth, Width}, random), add({Width, Width}, random),
                                add({Hidden, Width}, random), add({Width, Hidden}, random)});
        m_output = add({Vocabulary, Width}, random);
        m_positions = at::randn({Length, Width}, at::kDouble);
        m_mask = at::ones({Length, Length}, at::kDouble).triu(1).mul(-1e9);
    }

    double step() {
        at::Tensor x = m_embedding.index_select(0, m_in.reshape({-1})).view({Examples, Length, Width}).add(m_positions);
        for (const Block& block : m_blocks) {
            const at::Tensor q = split(x, block.query), k = split(x, block.key), v = split(x, block.value);
            const at::Tensor scores =
                q.matmul(k.transpose(-1, -2)).div(std::sqrt(static_cast<double>(HeadWidth))).add(m_mask);
            const at::Tensor mixed = scores.softmax(-1).matmul(v).transpose(1, 2).reshape({Examples, Length, Width});
            const at::Tensor middle = normalise(mixed.matmul(block.merge.t()).add(x));
            x = normalise(middle.matmul(block.up.t()).relu().matmul(block.down.t()).add(middle));
        }
        const at::Tensor y = x.matmul(m_output.t()).softmax(-1);
        const at::Tensor loss = y.gather(2, m_out.unsqueeze(2)).log().sum().neg().div(1088);
        for (at::Tensor& each : m_parameters) each.mutable_grad() = at::Tensor();
        loss.backward();
        const c10::NoGradGuard guard;
        for (at::Tensor& each : m_parameters) each.add_(each.grad(), -0.1);
        return loss.item<double>();
    }

  private:
    struct Block {
        at::Tensor query, key, value, merge, up, down;
    };
    at::Tensor add(std::vector<std::int64_t> shape, Lcg& random) {
        m_parameters.push_back(parameter(std::move(shape), random));
        return m_parameters.back();
    }
    static at::Tensor split(const at::Tensor& x, const at::Tensor& weight) {
        return x.matmul(weight.t()).view({Examples, Length, Heads, HeadWidth}).transpose(1, 2);
    }
    static at::Tensor normalise(const at::Tensor& x) { return at::layer_norm(x, {Width}, {}, {}, 1e-5, false); }

    at::Tensor m_in, m_out, m_embedding, m_output, m_positions, m_mask;
    std::vector<Block> m_blocks;
    std::vector<at::Tensor> m_parameters;
};

int benchTransformer() {
    constexpr int steps = 60;
    const Checked checked = check(Source("transformer.tl", program(steps)), {});
    for (const Diagnostic& each : checked.diagnostics)
        if (each.severity == Severity::Error) std::fputs(render(each, checked.program->source).c_str(), stderr);
    if (hasErrors(checked.diagnostics)) return 1;
    double equations = 1e9, byHand = 1e9, loss = 0;
    for (int round = 0; round < 3; ++round) { // alternating, so that both see the same load
        Recorder recorder;
        EvaluateOptions options;
        options.device.threads = at::get_num_threads();
        const Checked again = round == 0 ? checked : check(Source("transformer.tl", program(steps)), {});
        const Evaluated evaluated = evaluate(again.program, options, &recorder);
        for (const Diagnostic& each : evaluated.diagnostics)
            if (each.severity == Severity::Error) std::fputs(render(each, again.program->source).c_str(), stderr);
        equations = std::min(equations, recorder.best());
        loss = recorder.loss;
        HandWritten model;
        std::vector<double> times;
        for (int k = 0; k < steps; ++k) {
            model.step();
            times.push_back(now());
        }
        for (std::size_t k = 10; k < times.size(); ++k) byHand = std::min(byHand, (times[k] - times[k - 10]) / 10);
    }
    std::printf(
        "transformer, one step forward and backward, %d thread(s): equations %.2f ms, by hand %.2f ms, ratio %.2f "
        "(target 1.25), last loss %.3f\n",
        at::get_num_threads(), equations * 1e3, byHand * 1e3, equations / byHand, loss);
    return 0;
}

void benchOrders() {
    struct Case {
        const char* name;
        dense::ContractionProblem problem;
    };
    std::vector<Case> cases;
    dense::ContractionProblem chain;
    for (std::uint32_t k = 0; k < 6; ++k) chain.operands.push_back({k, k + 1});
    chain.output = {0, 6};
    chain.sizes = {500, 2, 500, 2, 500, 2, 500};
    cases.push_back({"chain of six matrices, widths 500 and 2", chain});
    dense::ContractionProblem tucker;
    tucker.operands = {{0, 3}, {1, 4}, {2, 5}, {3, 4, 5}};
    tucker.output = {0, 1, 2};
    tucker.sizes = {60, 60, 60, 6, 6, 6};
    cases.push_back({"Tucker form of rank 6", tucker});
    dense::ContractionProblem grid;
    grid.sizes.assign(24, 4);
    for (std::uint32_t y = 0; y < 4; ++y)
        for (std::uint32_t x = 0; x < 4; ++x) {
            grid.operands.emplace_back();
            if (x > 0) grid.operands.back().push_back(y * 3 + x - 1);
            if (x < 3) grid.operands.back().push_back(y * 3 + x);
            if (y > 0) grid.operands.back().push_back(12 + (y - 1) * 4 + x);
            if (y < 3) grid.operands.back().push_back(12 + y * 4 + x);
        }
    cases.push_back({"4 x 4 grid of factors with 4 states", grid});
    for (const Case& each : cases) {
        const double begin = now();
        const dense::ContractionPlan plan = dense::planContraction(each.problem);
        const double seconds = now() - begin;
        const dense::ContractionPlan written = dense::planLeftToRight(each.problem);
        std::printf(
            "%s: planned %.3g multiplications (largest result %.3g cells), as written %.3g (%.3g); planning %.2f ms\n",
            each.name, plan.flops, plan.peakCells, written.flops, written.peakCells, seconds * 1e3);
    }
}

} // namespace

int main(int count, char** arguments) {
    at::set_num_threads(count > 1 ? std::atoi(arguments[1]) : 1);
    benchOrders();
    return benchTransformer();
}
