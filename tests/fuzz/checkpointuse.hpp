// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/checkpoint.hpp"

#include <cstdlib>
#include <vector>

/// What a reader accepted must hold what it promises: sizes that fit, names that are found, bytes that can be read.
inline void useCheckpoint(const vitrine::lm::Checkpoint& checkpoint) {
    using namespace vitrine::lm;
    for (const TensorInfo& tensor : checkpoint.tensors()) {
        if (checkpoint.find(tensor.name) != &tensor) std::abort();
        if (byteCount(tensor.type, tensor.shape) != tensor.bytes) std::abort();
        const auto bytes = checkpoint.bytes(tensor);
        if (!bytes || bytes->bytes.size() != tensor.bytes) std::abort();
        const bool isListedOnly = tensor.type == StoredType::F8E4M3 || tensor.type == StoredType::F8E5M2;
        std::vector<float> values(*elementCount(tensor.shape)); // no more than 32/18 of the file's bytes
        if (checkpoint.readWidened(tensor, values).ok() == isListedOnly) std::abort();
    }
}
