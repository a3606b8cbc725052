// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/exportmodel.hpp"

#include "core/base/files.hpp"
#include "core/lm/checkpoint/widen.hpp"

#include <cstring>
#include <map>
#include <new>
#include <utility>

namespace vitrine::lm {

namespace {

Error wrongTensor(const std::string& name) {
    return makeError("VIT-LM-111", "The tensor %1 is missing, has another shape, or is none of this model's", {name});
}

Status checkTensors(const ModelConfig& config, const std::vector<TensorToWrite>& tensors) {
    std::map<std::string_view, const TensorToWrite*> given;
    for (const TensorToWrite& tensor : tensors) given.emplace(tensor.name, &tensor);
    std::size_t known = 0;
    const std::vector<ExpectedTensor> all = expectedTensors(config);
    for (const ExpectedTensor& expected : all) {
        const auto found = given.find(expected.name);
        if (found == given.end()) {
            if (expected.isRequired) return wrongTensor(expected.name);
            continue;
        }
        if (found->second->shape != expected.shape) return wrongTensor(expected.name);
        given.erase(found);
        ++known;
    }
    if (!given.empty()) return wrongTensor(std::string(given.begin()->first));
    return known == tensors.size() ? Status() : wrongTensor(tensors.back().name);
}

/// FP32 in another plain type.
Result<ByteView> narrowed(std::span<const float> values, StoredType type) {
    const std::size_t each = traits(type).blockBytes;
    const std::shared_ptr<std::byte[]> out(new std::byte[values.size() * each]);
    for (std::size_t at = 0; at < values.size(); ++at) {
        if (type == StoredType::F32) {
            std::memcpy(out.get() + at * each, &values[at], each);
            continue;
        }
        const std::uint16_t bits = type == StoredType::F16 ? floatToHalf(values[at]) : floatToBfloat(values[at]);
        std::memcpy(out.get() + at * each, &bits, each);
    }
    return ByteView{{out.get(), values.size() * each}, out};
}

Result<ByteView> converted(const OpenedModel& model, const Weight& weight, StoredType type) {
    const TensorInfo& tensor = model.checkpoint->tensors()[weight.tensor];
    if (tensor.type == type && weight.rows == RowOrder::Plain) return model.checkpoint->bytes(tensor);
    try {
        std::vector<float> values(elementCount(weight.shape).value_or(0));
        if (Status read = readWeight(*model.checkpoint, weight, model.report.config, values); !read)
            return read.error();
        return narrowed(values, type);
    } catch (const std::bad_alloc&) {
        return makeError("VIT-LM-005", "There is not enough memory for %1 bytes of %2",
                         {std::to_string(elementCount(weight.shape).value_or(0) * sizeof(float)), weight.name},
                         "Close other programs, or take a smaller model");
    }
}

StoredType exportedType(StoredType stored, std::optional<StoredType> wanted) {
    if (wanted) return *wanted;
    return isQuantised(stored) ? StoredType::F32 : stored;
}

} // namespace

Status exportModel(const std::filesystem::path& folder, const ModelConfig& config, std::vector<TensorToWrite> tensors) {
    const Result<Json> json = modelConfigToJson(config);
    if (!json) return json.error();
    if (Status good = checkTensors(config, tensors); !good) return good;
    if (Status made = makeFolder(folder); !made) return made;
    const std::map<std::string, std::string> metadata{{"format", "pt"}};
    if (Status written = writeSafetensors(folder / "model.safetensors", std::move(tensors), metadata); !written)
        return written;
    return writeFileAtomically(folder / "config.json", json->dump(2) + "\n");
}

Status exportOpened(const std::filesystem::path& folder, const OpenedModel& model, std::optional<StoredType> type) {
    if (!model.report.canLoad())
        return makeError("VIT-LM-112", "The model %1 has errors and is not exported", {model.report.path.string()},
                         "Look at its report");
    if (type && *type != StoredType::F32 && *type != StoredType::F16 && *type != StoredType::BF16)
        return makeError("VIT-LM-031", "The model cannot be written with the type %1",
                         {std::string(traits(*type).name)}, "Choose F32, F16 or BF16");
    std::vector<TensorToWrite> tensors;
    ModelConfig config = model.report.config;
    std::map<StoredType, std::uint64_t> use;
    for (const Weight& weight : model.report.match.weights) {
        StoredType target = exportedType(model.checkpoint->tensors()[weight.tensor].type, type);
        if (weight.rows == RowOrder::Interleaved && target == StoredType::F64) target = StoredType::F32;
        use[target] += elementCount(weight.shape).value_or(0);
        tensors.push_back(
            {weight.name, target, weight.shape, [&model, weight, target] { return converted(model, weight, target); }});
    }
    for (const auto& [target, count] : use)
        if (count >= use[config.storedType]) config.storedType = target;
    return exportModel(folder, config, std::move(tensors));
}

} // namespace vitrine::lm
