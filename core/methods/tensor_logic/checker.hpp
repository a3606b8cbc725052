// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/program.hpp"

#include <filesystem>
#include <functional>
#include <stop_token>

namespace vitrine::tl {

struct CheckOptions {
    std::filesystem::path folder; ///< relative file names of the program start here
    std::stop_token stop;
    std::function<void(const std::string& file, std::uint64_t done, std::uint64_t total)> onFileProgress;
    /// False: no file is read, as while typing; sizes that a file would give are unknown and no error follows from
    /// that.
    bool readFiles = true;
};

struct Checked {
    std::shared_ptr<Program> program; ///< never null; runnable only without errors
    Diagnostics diagnostics;          ///< lexical, syntactic, semantic: errors and warnings, sorted
};

/// Parses and checks a program: types, shapes, sums, safety, strata (digest 2.3 to 2.8). Reads its files.
/// All independent errors are reported. \cost 10,000 lines in under 200 ms without files.
[[nodiscard]] Checked check(Source source, const CheckOptions& options);

/// Sizes the deferred domains whose columns are all complete (rule 8).
/// \param relation  the relation that has just been completed
/// \param cells     its distinct cells, one vector a column
/// \return          E-RANGE / E-SHAPE diagnostics of the class, empty when fine
[[nodiscard]] Diagnostics completeRelation(Program& program, TensorId relation,
                                           const std::vector<std::vector<Cell>>& cells);

} // namespace vitrine::tl
