// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a program of 10,000 lines: lexer and parser, then everything up to the checked program. Limit: 200 ms.
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/parser.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

using namespace vitrine::tl;

namespace {

constexpr int Lines = 10000;
constexpr double LimitMs = 200;

// Blocks of 20 lines as people write them: declarations, facts, recursive rules, layers, queries.
std::string program() {
    std::string text;
    for (int block = 0; block < Lines / 20; ++block) {
        const std::string n = std::to_string(block);
        for (int k = 0; k < 6; ++k)
            text += "Edge" + n + "(V" + std::to_string(k) + ", V" + std::to_string(k + 1) + "), Edge" + n + "(V" +
                    std::to_string(k + 2) + ", V0)\n";
        text += "Path" + n + "(x, y) <- Edge" + n + "(x, y)\n";
        text += "Path" + n + "(x, z) <- Path" + n + "(x, y), Edge" + n + "(y, z)\n";
        text += "SG" + n + "(x, y) <- Edge" + n + "(p, x), Edge" + n + "(p, y), x != y\n";
        text += "SG" + n + "(x, y) <- Edge" + n + "(a, x), SG" + n + "(a, b), Edge" + n + "(b, y)\n";
        text += "Far" + n + "(x) <- Path" + n + "(x, y), not Edge" + n + "(x, y)\n";
        text += "W" + n + "[i, j]: real[3, 4]\n";
        text += "X" + n + " = [0.5, -1, 2, 0.25]\n";
        text += "H" + n + "[i] = relu(W" + n + "[i, j] X" + n + "[j])\n";
        text += "P" + n + "[i.] = softmax(H" + n + "[i] + 0.5)\n";
        text += "Deg" + n + "[x] = Edge" + n + "(x, y)\n";
        text += "Hub" + n + "(x) <- Edge" + n + "(x, y), Deg" + n + "[x] >= 2\n";
        text += "Loss" + n + " = (P" + n + "[i] - H" + n + "[i])^2\n";
        text += "Path" + n + "(V0, x)?\n";
        text += "P" + n + "[i]?\n";
    }
    return text;
}

template <class Work>
double bestMs(Work work) {
    double best = 1e9;
    for (int repeat = 0; repeat < 7; ++repeat) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        best =
            std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    return best;
}

} // namespace

int main() {
    const std::string text = program();
    std::size_t statements = 0, complaints = 0;
    const double parsing = bestMs([&] { statements = parse(Source("bench.tl", text)).program.statements.size(); });
    const double checking = bestMs([&] {
        const Checked checked = check(Source("bench.tl", text), {});
        complaints = static_cast<std::size_t>(
            std::count_if(checked.diagnostics.begin(), checked.diagnostics.end(),
                          [](const Diagnostic& each) { return each.severity == vitrine::Severity::Error; }));
    });
    std::printf("%d lines, %zu statements, %zu errors; best of 7, wall time\n", Lines, statements, complaints);
    std::printf("%-24s %8.1f ms\n", "parse", parsing);
    std::printf("%-24s %8.1f ms   %.2f of the limit of %.0f ms\n", "parse and check", checking, checking / LimitMs,
                LimitMs);
    return complaints == 0 && checking <= LimitMs ? 0 : 1;
}
