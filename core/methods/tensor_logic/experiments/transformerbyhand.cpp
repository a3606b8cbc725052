// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/experiments/transformermodel.hpp"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <ATen/ATen.h>

#include <cmath>
#include <cstring>

namespace vitrine::tl {

namespace {

using Weights = std::map<std::string, at::Tensor>;

at::Tensor tensorOf(const TensorSnapshot& snapshot) {
    at::Tensor made = at::empty(snapshot.shape, at::kDouble);
    std::memcpy(made.data_ptr<double>(), snapshot.data.get(),
                static_cast<std::size_t>(snapshot.elements()) * sizeof(double));
    return made.requires_grad_(true);
}

TensorSnapshot snapshotOf(const at::Tensor& tensor) {
    const at::Tensor whole = tensor.detach().contiguous();
    const auto bytes = static_cast<std::size_t>(whole.numel()) * sizeof(double);
    std::shared_ptr<std::byte[]> data(new std::byte[bytes]);
    std::memcpy(data.get(), whole.data_ptr<double>(), bytes);
    return {whole.sizes().vec(), DType::Float64, data};
}

at::Tensor positions(const TransformerSizes& sizes) {
    at::Tensor encoding = at::zeros({sizes.length(), sizes.width}, at::kDouble);
    auto cells = encoding.accessor<double, 2>();
    for (std::int64_t p = 0; p < sizes.length(); ++p)
        for (std::int64_t d = 0; d < sizes.width; ++d) {
            const double exponent = static_cast<double>(d - d % 2) / static_cast<double>(sizes.width);
            const double angle = static_cast<double>(p) / std::pow(10000.0, exponent);
            cells[p][d] = d % 2 == 0 ? std::sin(angle) : std::cos(angle);
        }
    return encoding;
}

/// One block: stream [E, P, D] to [E, P, D].
at::Tensor block(const TransformerSizes& sizes, const Weights& weights, std::int64_t b, const at::Tensor& stream,
                 const at::Tensor& mask) {
    const std::int64_t e = stream.size(0), p = stream.size(1), d = sizes.width, h = sizes.heads, k = d / h;
    const auto project = [&](const char* name) {
        const at::Tensor weight = weights.at(name)[b].reshape({h * k, d});
        return at::matmul(stream, weight.t()).view({e, p, h, k}).transpose(1, 2);
    };
    const at::Tensor query = project("WQ"), key = project("WK"), value = project("WV");
    const at::Tensor logits = at::matmul(query, key.transpose(-1, -2)) / std::sqrt(static_cast<double>(k)) + mask;
    const at::Tensor attended = at::matmul(at::softmax(logits, -1), value).transpose(1, 2).reshape({e, p, d});
    const at::Tensor mid = at::layer_norm(at::matmul(attended, weights.at("WS")[b].t()) + stream, {d}, {}, {}, 1e-5);
    const at::Tensor hidden = at::relu(at::matmul(mid, weights.at("W1")[b].t()));
    return at::layer_norm(at::matmul(hidden, weights.at("W2")[b].t()) + mid, {d}, {}, {}, 1e-5);
}

at::Tensor lossOf(const TransformerSizes& sizes, const CopyTask& task, const Weights& weights) {
    const std::int64_t length = sizes.length(), copied = sizes.copied;
    at::Tensor tokens = at::empty({sizes.sequences, length}, at::kLong);
    for (std::int64_t index = 0; index < tokens.numel(); ++index)
        tokens.data_ptr<std::int64_t>()[index] = task.tokens[static_cast<std::size_t>(index)];
    const at::Tensor mask = at::triu(at::full({length, length}, -1e9, at::kDouble), 1);
    at::Tensor stream = at::embedding(weights.at("Emb"), tokens) + positions(sizes);
    for (std::int64_t b = 0; b < sizes.blocks; ++b) stream = block(sizes, weights, b, stream, mask);
    const at::Tensor logits = at::matmul(stream, weights.at("WO").t()).narrow(1, copied, copied);
    const at::Tensor wanted = tokens.narrow(1, copied + 1, copied);
    return at::cross_entropy_loss(logits.reshape({-1, sizes.vocabulary}), wanted.reshape({-1}));
}

} // namespace

TransformerOutcome transformerByHand(const TransformerSizes& sizes, const CopyTask& task,
                                     const std::map<std::string, TensorSnapshot>& weights) {
    Weights leaves;
    std::vector<at::Tensor> inputs;
    for (const auto& [name, values] : weights) inputs.push_back(leaves[name] = tensorOf(values));
    const at::Tensor loss = lossOf(sizes, task, leaves);
    const std::vector<at::Tensor> gradients = torch::autograd::grad({loss}, inputs);
    TransformerOutcome outcome;
    outcome.loss = loss.item<double>();
    std::size_t index = 0;
    for (const auto& [name, leaf] : leaves) outcome.gradients[name] = snapshotOf(gradients[index++]);
    return outcome;
}

} // namespace vitrine::tl
