// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoint files: header of 100,000 tensors, opening a large file, widening. Limit: 500 ms for the header.
#include "core/lm/checkpoint/checkpoint.hpp"
#include "core/lm/checkpoint/safetensors.hpp"
#include "core/lm/checkpoint/safetensorswriter.hpp"
#include "core/lm/checkpoint/widen.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

using namespace vitrine;
using namespace vitrine::lm;

namespace {

constexpr int Tensors = 100'000;
constexpr double LimitMs = 500;

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

void benchHeader(const std::filesystem::path& file, double& headerMs) {
    const auto bytes = []() -> Result<ByteView> {
        static const float zero[4]{};
        return ByteView{std::as_bytes(std::span(zero)), nullptr};
    };
    std::vector<TensorToWrite> tensors;
    for (int n = 0; n < Tensors; ++n)
        tensors.push_back({"model.layers." + std::to_string(n / 7) + ".mlp.part_" + std::to_string(n % 7) + ".weight",
                           StoredType::F32,
                           {2, 2},
                           bytes});
    const auto begin = std::chrono::steady_clock::now();
    if (const Status written = writeSafetensors(file, std::move(tensors)); !written)
        std::printf("%s\n", toText(written.error()).c_str());
    std::printf("write, %d tensors: %.0f ms\n", Tensors,
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    headerMs = bestMs([&file] { static_cast<void>(openCheckpoint(file)); });
    std::printf("open and check, %d tensors, header %.1f MB: %.1f ms\n", Tensors,
                static_cast<double>(std::filesystem::file_size(file) - 16UL * Tensors) / 1e6, headerMs);
}

/// A file of 4 GiB that takes no room on the disk.
void benchOpen(const std::filesystem::path& file) {
    const std::string header = R"({"a":{"dtype":"F32","shape":[1073741824],"data_offsets":[0,4294967296]}})";
    std::FILE* out = std::fopen(file.c_str(), "wb");
    if (!out) return;
    const std::uint64_t length = header.size();
    std::fwrite(&length, 8, 1, out);
    std::fwrite(header.data(), 1, header.size(), out);
    std::fclose(out);
    if (::truncate(file.c_str(), static_cast<off_t>(8 + length + (4ULL << 30))) != 0) return;
    std::printf("open a file of 4 GiB: %.3f ms\n", bestMs([&file] { static_cast<void>(openCheckpoint(file)); }));
}

void benchWiden() {
    constexpr std::size_t Numbers = 1 << 22;
    std::vector<float> out(Numbers);
    for (const StoredType type :
         {StoredType::BF16, StoredType::F16, StoredType::Q8_0, StoredType::Q4_0, StoredType::Q4_1}) {
        const std::vector<std::byte> in(Numbers / traits(type).blockElements * traits(type).blockBytes);
        const double ms = bestMs([&] { static_cast<void>(widen(type, in, out)); });
        std::printf("widen %s: %.0f million numbers/s\n", std::string(traits(type).name).c_str(),
                    static_cast<double>(Numbers) / ms / 1e3);
    }
}

} // namespace

int main() {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("bench_lm_checkpoint." + std::to_string(::getpid()) + ".safetensors");
    double headerMs = 0;
    benchHeader(file, headerMs);
    benchOpen(file);
    std::filesystem::remove(file);
    benchWiden();
    return headerMs < LimitMs ? 0 : 1;
}
