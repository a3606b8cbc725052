// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/sparse/store.hpp"
#include "core/tensor/device.hpp"
#include "core/tensor/selfcheck.hpp"

#include <algorithm>

/// The tuple kernels of the host against those of a GPU, for `vitrine-run selfcheck`.
namespace vitrine::tl::sparse {

namespace {

Error differs(const char* what) {
    return {"VIT-CHECK-001", "The two builds differ: %1", {what}, "", "", Severity::Error, nullptr};
}

/// Rows of a store in the order of their tuples: the order of entering is the device's own.
std::vector<std::vector<Cell>> sorted(const TupleStore& store) {
    const std::vector<Cell> cells = store.read(0, store.size());
    std::vector<std::vector<Cell>> rows;
    for (std::uint64_t i = 0; i < store.size(); ++i)
        rows.emplace_back(cells.begin() + static_cast<std::ptrdiff_t>(i * store.arity()),
                          cells.begin() + static_cast<std::ptrdiff_t>((i + 1) * store.arity()));
    std::sort(rows.begin(), rows.end());
    return rows;
}

std::vector<Cell> randomCells(std::uint64_t count, std::uint64_t range, std::uint64_t seed) {
    Lcg random(seed);
    std::vector<Cell> cells(count);
    for (Cell& cell : cells) cell = static_cast<Cell>(random.below(range)) | (random.below(4) == 0 ? DictionaryBit : 0);
    return cells;
}

/// Every pair (row of a, row of b) whose key columns agree, as the tuple a ++ b.
void joinInto(TupleStore& result, TupleStore& a, TupleStore& b) {
    const TupleKernels& kernels = a.kernels();
    const Index& index = b.index(1, b.size());
    Array<std::uint32_t> key(kernels), firsts(kernels);
    Array<std::uint64_t> offsets(kernels);
    key.resize(a.size());
    firsts.resize(a.size());
    offsets.resize(a.size() + 1);
    kernels.cells(key.data(), a.rows(), a.arity() - 1, nullptr, 0, a.size());
    TupleRef keys;
    keys.count = 1;
    keys.columns[0].data = key.data();
    for (std::size_t i = 0; i < index.segmentCount(); ++i) {
        const IndexView view = index.segment(i, b.rows());
        const std::uint64_t total = kernels.probe(view, keys, a.size(), firsts.data(), offsets.data());
        Array<std::uint32_t> parents(kernels), rows(kernels);
        parents.resize(total);
        rows.resize(total);
        kernels.expand(view, firsts.data(), offsets.data(), {0, total, 0, a.size()}, parents.data(), rows.data());
        std::vector<Array<std::uint32_t>> columns;
        TupleRef tuples;
        for (std::uint32_t k = 0; k < a.arity() + b.arity(); ++k) {
            const bool isLeft = k < a.arity();
            columns.emplace_back(kernels);
            columns.back().resize(total);
            kernels.cells(columns.back().data(), isLeft ? a.rows() : b.rows(), isLeft ? k : k - a.arity(),
                          isLeft ? parents.data() : rows.data(), 0, total);
            tuples.columns[tuples.count++].data = columns.back().data();
        }
        result.reserve(total);
        kernels.pack(result.rows(), result.size(), tuples, total);
        result.insertCandidates(total);
    }
}

Status compare(const TupleKernels& host, const TupleKernels& device) {
    for (const std::uint32_t arity : {1u, 2u, 3u, 5u}) {
        const std::vector<Cell> cells = randomCells(3000 * arity, 60, arity);
        TupleStore x(host, arity), y(device, arity), joinedX(host, 2 * arity), joinedY(device, 2 * arity);
        x.insert(cells, 3000);
        y.insert(cells, 3000);
        if (sorted(x) != sorted(y)) return differs("insert");
        for (std::uint64_t i = 0; i < cells.size(); i += arity)
            if (!y.contains(std::span(cells).subspan(i, arity))) return differs("locate");
        joinInto(joinedX, x, x);
        joinInto(joinedY, y, y);
        if (sorted(joinedX) != sorted(joinedY)) return differs("join");
    }
    return {};
}

const SelfCheckEntry entry{{"tuple kernels",
                            [](const Device& device) -> Status {
                                if (device.kind == DeviceKind::Cpu) return compare(hostKernels(), hostKernels());
                                if (Status ready = useDevice(device); !ready) return ready;
                                const KernelTables* tables = cudaKernels();
                                if (!tables || !tables->tupleKernels) return differs("no tuple kernels in the module");
                                return compare(hostKernels(), *static_cast<const TupleKernels*>(tables->tupleKernels));
                            },
                            true}};

} // namespace

} // namespace vitrine::tl::sparse
