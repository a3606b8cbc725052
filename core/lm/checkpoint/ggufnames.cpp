// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/gguf.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace vitrine::lm {

namespace {

using Pair = std::pair<std::string_view, std::string_view>; // GGUF, Hugging Face

constexpr std::array<Pair, 3> Whole{
    {{"token_embd", "model.embed_tokens"}, {"output_norm", "model.norm"}, {"output", "lm_head"}}};
constexpr std::array<Pair, 11> InLayer{{{"attn_norm", "input_layernorm"},
                                        {"attn_q", "self_attn.q_proj"},
                                        {"attn_k", "self_attn.k_proj"},
                                        {"attn_v", "self_attn.v_proj"},
                                        {"attn_output", "self_attn.o_proj"},
                                        {"attn_q_norm", "self_attn.q_norm"},
                                        {"attn_k_norm", "self_attn.k_norm"},
                                        {"ffn_norm", "post_attention_layernorm"},
                                        {"ffn_gate", "mlp.gate_proj"},
                                        {"ffn_up", "mlp.up_proj"},
                                        {"ffn_down", "mlp.down_proj"}}};

struct Spelling {
    std::string_view layerPrefix;
    std::string_view Pair::*member;
};
constexpr Spelling Gguf{"blk.", &Pair::first};
constexpr Spelling HuggingFace{"model.layers.", &Pair::second};

template <std::size_t N>
std::optional<std::string> lookUp(const std::array<Pair, N>& table, std::string_view stem, const Spelling& from,
                                  const Spelling& to) {
    for (const Pair& pair : table)
        if (pair.*(from.member) == stem) return std::string(pair.*(to.member));
    return std::nullopt;
}

/// `stem` has no ".weight" or ".bias" any more.
std::optional<std::string> renameStem(std::string_view stem, const Spelling& from, const Spelling& to) {
    if (!stem.starts_with(from.layerPrefix)) return lookUp(Whole, stem, from, to);
    stem.remove_prefix(from.layerPrefix.size());
    const std::size_t dot = stem.find('.');
    if (dot == 0 || dot == std::string_view::npos) return std::nullopt;
    const std::string_view layer = stem.substr(0, dot);
    if (!std::all_of(layer.begin(), layer.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    const std::optional<std::string> inner = lookUp(InLayer, stem.substr(dot + 1), from, to);
    if (!inner) return std::nullopt;
    return std::string(to.layerPrefix) + std::string(layer) + "." + *inner;
}

std::optional<std::string> rename(std::string_view name, const Spelling& from, const Spelling& to) {
    for (const std::string_view ending : {std::string_view(".weight"), std::string_view(".bias")}) {
        if (!name.ends_with(ending)) continue;
        const auto stem = renameStem(name.substr(0, name.size() - ending.size()), from, to);
        if (stem) return *stem + std::string(ending);
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> huggingFaceName(std::string_view name) {
    return rename(name, Gguf, HuggingFace);
}

std::optional<std::string> ggufName(std::string_view name) {
    return rename(name, HuggingFace, Gguf);
}

} // namespace vitrine::lm
