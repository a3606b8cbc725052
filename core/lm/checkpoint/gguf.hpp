// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/checkpoint.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// The GGUF format, versions 2 and 3 (digest engine, 2.6b).
namespace vitrine::lm {

/// Reads keys and tensor list. Counts and lengths are checked against the file before memory is taken; the header may
/// be 100 MB. Tensors are listed by offset with their sizes outermost first.
/// \errors VIT-LM-050 (not GGUF), -051 (version), -052 (count above what the file can hold), -053 (ends inside the
/// header), -054 (value
///         of a kind that is not read), -055 (not UTF-8, or a truth value that is neither 0 nor 1), -056 (key or tensor
///         twice), -057 (rank above 4, or a size that overflows or is no multiple of the block), -058 (type not read,
///         by name), -059 (alignment), -060 (offset not aligned), -061 (outside the file), -062 (overlap)
/// \cost   O(header); bytes of tensors are not touched
[[nodiscard]] Result<std::shared_ptr<const Checkpoint>> openGguf(std::shared_ptr<const MappedFile> file);

/// "Q6_K" for 14: the name of a tensor type of GGUF, whether read or not; "type 99" when it has none.
[[nodiscard]] std::string ggufTypeName(std::uint32_t type);

/// "model.layers.3.self_attn.q_proj.weight" for "blk.3.attn_q.weight" (architectures llama, qwen2, qwen3); nothing for
/// names of none of them.
[[nodiscard]] std::optional<std::string> huggingFaceName(std::string_view ggufName);
/// The other way round.
[[nodiscard]] std::optional<std::string> ggufName(std::string_view huggingFaceName);

/// For the q and k matrices of the llama architecture, whose rows the converter interleaved: the row of the file that
/// is row `row` of the Hugging Face layout. Per head of `headDim` (even) rows, row h d/2 + i there is row 2 i + h here.
[[nodiscard]] constexpr std::int64_t interleavedRow(std::int64_t row, std::int64_t headDim) {
    const std::int64_t head = row / headDim, within = row % headDim, half = headDim / 2;
    return head * headDim + 2 * (within % half) + within / half;
}

} // namespace vitrine::lm
