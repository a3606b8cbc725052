// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/modelfiles.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace vitrine::lm {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view IndexName = "model.safetensors.index.json";

fs::path ifThere(const fs::path& path) {
    std::error_code problem;
    return fs::is_regular_file(path, problem) ? path : fs::path();
}

std::vector<fs::path> filesEnding(const fs::path& folder, std::string_view ending) {
    std::vector<fs::path> found;
    std::error_code problem;
    for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end; entry.increment(problem))
        if (entry->path().filename().string().ends_with(ending)) found.push_back(entry->path());
    std::sort(found.begin(), found.end());
    return found;
}

Error severalOf(const fs::path& folder, const std::vector<fs::path>& files) {
    return makeError("VIT-LM-004", "The folder %1 holds several models: %2, %3, ...",
                     {folder.string(), files[0].filename().string(), files[1].filename().string()},
                     "Name one of the files");
}

Result<fs::path> weightsIn(const fs::path& folder) {
    for (const std::string_view name : {IndexName, std::string_view("model.safetensors")})
        if (fs::path file = ifThere(folder / name); !file.empty()) return file;
    for (const std::string_view ending : {".safetensors.index.json", ".safetensors", ".gguf"}) {
        const std::vector<fs::path> files = filesEnding(folder, ending);
        if (files.size() > 1) return severalOf(folder, files);
        if (files.size() == 1) return files.front();
    }
    if (!filesEnding(folder, ".bin").empty() || !filesEnding(folder, ".pth").empty())
        return makeError("VIT-LM-004",
                         "The folder %1 has weights as pickled Python objects only, which are never opened",
                         {folder.string()}, "Save the model as safetensors");
    return makeError("VIT-LM-004", "The folder %1 holds no model: neither .safetensors nor .gguf", {folder.string()},
                     "Choose the folder that config.json and model.safetensors lie in");
}

} // namespace

Result<ModelFiles> findModelFiles(const fs::path& path) {
    std::error_code problem;
    const fs::file_status status = fs::status(path, problem);
    if (!fs::exists(status))
        return makeError("VIT-BASE-014", "The file %1 cannot be read: %2",
                         {path.string(), std::strerror(problem ? problem.value() : ENOENT)});
    ModelFiles files;
    if (fs::is_directory(status)) {
        files.folder = path;
        Result<fs::path> weights = weightsIn(path);
        if (!weights) return weights.error();
        files.weights = *std::move(weights);
    } else {
        files.folder = path.parent_path();
        files.weights = path;
    }
    files.config = ifThere(files.folder / "config.json");
    files.generationConfig = ifThere(files.folder / "generation_config.json");
    files.tokenizer = ifThere(files.folder / "tokenizer.json");
    files.tokenizerConfig = ifThere(files.folder / "tokenizer_config.json");
    files.chatTemplate = ifThere(files.folder / "chat_template.jinja");
    return files;
}

} // namespace vitrine::lm
