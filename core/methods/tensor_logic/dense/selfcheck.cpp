// SPDX-License-Identifier: GPL-3.0-or-later
// What `vitrine-run selfcheck` compares of the dense engine: the same program on a GPU and on the CPU.
#include "core/tensor/selfcheck.hpp"

#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"

#include <cmath>

namespace vitrine::tl::dense {

namespace {

constexpr const char* Text = R"(
A = [[0.5, -1.2, 0.3], [1.1, 0.7, -0.4], [0.2, 0.9, 1.3]]
B = [[0.1, 0.8, -0.6], [-1.0, 0.4, 0.2], [0.7, -0.3, 0.5]]
Img = [0.1, 0.9, -0.4, 0.3, 0.8, -0.7, 0.2, 0.6, -0.1]
E(0, 1)
E(1, 2)
E(0, 2)
C[i,k] = A[i,j] B[j,k]
Bat[i,j,k] = A[i,j] B[j,k] + 0.5
S[i,k.] = softmax(C[i,k] / 0.7)
L[i,k.] = lnorm(C[i,k])
F[x] = A[0,d] Img[x+d]
P[x/2] max= Img[x]
Deg[x] = E(x, y)
Agg[x,d] = E(x, y) A[y,d]
M[x] max= E(x, y) A[y,0]
N[x,z] = Deg[x] 1000003 Deg[z]
Q[x,z] = N[x,y] N[y,z]
X[0,i] = A[0,i]
X[t+1,i] = tanh(B[i,j] X[t,j] + A[t,i])
G[i] = exp(-(A[i,j] - B[i,j])^2 / 2)
)";

Error differs(const std::string& tensor, double a, double b) {
    Error error;
    error.code = "VIT-CHECK-001";
    error.message = "The builds differ at tensor %1: %2 and %3";
    error.arguments = {tensor, std::to_string(a), std::to_string(b)};
    return error;
}

Error refused(const Diagnostics& diagnostics) {
    Error error;
    error.code = "VIT-CHECK-002";
    error.message = "The program of the check could not run: %1";
    error.arguments = {diagnostics.empty() ? std::string("no result")
                                           : fillIn(diagnostics[0].message, diagnostics[0].arguments)};
    return error;
}

/// Every numeric tensor of one evaluation, in order.
Result<std::vector<std::pair<std::string, TensorSnapshot>>> valuesOn(const Device& device) {
    const Checked checked = check(Source("selfcheck.tl", Text), {});
    if (hasErrors(checked.diagnostics)) return refused(checked.diagnostics);
    EvaluateOptions options;
    options.device = device;
    const Evaluated evaluated = evaluate(checked.program, options);
    if (!evaluated.evaluation || hasErrors(evaluated.diagnostics)) return refused(evaluated.diagnostics);
    std::vector<std::pair<std::string, TensorSnapshot>> values;
    for (TensorId tensor = 0; tensor < checked.program->tensors.size(); ++tensor)
        if (evaluated.evaluation->isDense(tensor) && !evaluated.evaluation->isTuples(tensor))
            values.emplace_back(checked.program->tensors[tensor].name, evaluated.evaluation->dense(tensor));
    return values;
}

double at(const TensorSnapshot& snapshot, std::int64_t k) {
    return snapshot.dtype == DType::Int64 ? static_cast<double>(snapshot.as<std::int64_t>()[k])
                                          : snapshot.as<double>()[k];
}

Status compareDevices(const Device& device) {
    const auto host = valuesOn(Device{}), other = valuesOn(device);
    if (!host) return host.error();
    if (!other) return other.error();
    for (std::size_t k = 0; k < host->size(); ++k) {
        const auto& [name, expected] = (*host)[k];
        const TensorSnapshot& found = (*other)[k].second;
        if (found.dtype != expected.dtype) return differs(name, 0, 0);
        for (std::int64_t cell = 0; cell < expected.elements(); ++cell) {
            const double a = at(expected, cell), b = at(found, cell);
            const double tolerance = expected.dtype == DType::Int64 ? 0 : 1e-5 * (1 + std::abs(a));
            if (!(std::abs(a - b) <= tolerance)) return differs(name, a, b);
        }
    }
    return {};
}

const SelfCheckEntry entry{{"dense equations", compareDevices, true}};

} // namespace

} // namespace vitrine::tl::dense
