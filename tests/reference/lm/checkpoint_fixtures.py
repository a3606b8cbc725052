#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/lm/checkpoint: small files by other programs that the checkpoint readers are tested on.

  pip install torch==2.11.0 transformers==5.24.0 safetensors==0.8.0 gguf==0.19.0 accelerate numpy
  checkpoint_fixtures.py [FOLDER]

Tiny random models of every family as transformers saves them, one in shards, one as GGUF with the rows of q and k
interleaved as the converter does; every type of safetensors; blocks of every quantisation with gguf's own widening of
them; inverse frequencies of every kind of RoPE by transformers' modeling_rope_utils."""
import json
import pathlib
import sys

import gguf
import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import (AutoModelForCausalLM, BertConfig, BertModel, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM,
                          Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen3Config, Qwen3ForCausalLM)
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

TOP = pathlib.Path(__file__).resolve().parents[2] / "golden" / "lm" / "checkpoint"
SMALL = dict(vocab_size=40, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=[2, 5], pad_token_id=0)


def types(folder):
    rng = np.random.default_rng(1)
    real = rng.standard_normal((2, 3))
    tensors = {"f64": real, "f32": real.astype(np.float32), "f16": real.astype(np.float16),
               "i64": np.array([-2**62, -1, 7]), "i32": np.array([[-5], [9]], np.int32),
               "i16": np.array([-300, 300], np.int16), "i8": np.array([-128, 127], np.int8),
               "u64": np.array([0, 2**40], np.uint64), "u32": np.array([2**31], np.uint32),
               "u16": np.array([65535], np.uint16), "u8": np.array([0, 255], np.uint8),
               "bool": np.array([True, False, True]), "scalar": np.array(2.5, np.float32),
               "empty": np.zeros((0, 4), np.float32)}
    save_file(tensors, folder / "types.safetensors", metadata={"note": "한글 \"quoted\""})
    listed = {name: {"shape": list(a.shape), "values": [float(v) for v in a.astype(np.float32).ravel()]} for name, a in tensors.items()}
    (folder / "types.json").write_text(json.dumps(listed))
    plain = {"b.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.array([1.5], np.float32), "z": np.array([3, 4], np.int8),
             "h": np.array([0.5], np.float16)}
    save_file(plain, folder / "written.safetensors", metadata={"format": "pt"})


def save(model, folder, **options):
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.1)
    model.to(torch.bfloat16).save_pretrained(folder, **options)


def models(folder):
    llama = LlamaForCausalLM(LlamaConfig(**SMALL, tie_word_embeddings=False, rope_parameters={
        "rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32}))
    save(llama, folder / "llama")
    llama.save_pretrained(folder / "llama_shards", max_shard_size="6KB")
    save(Qwen2ForCausalLM(Qwen2Config(**SMALL, tie_word_embeddings=True)), folder / "qwen2")
    save(Qwen3ForCausalLM(Qwen3Config(**SMALL, head_dim=8, tie_word_embeddings=True)), folder / "qwen3")
    text = dict(SMALL, rope_parameters={"rope_type": "default", "type": "mrope", "mrope_section": [1, 1, 0], "rope_theta": 1e6})
    vision = dict(depth=1, hidden_size=8, intermediate_size=8, num_heads=2, out_hidden_size=16, patch_size=2, fullatt_block_indexes=[0])
    save(Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(text_config=text, vision_config=vision, tie_word_embeddings=True)),
         folder / "qwen2_5_vl")
    bert = dict(SMALL, type_vocab_size=2)
    for key in ("num_key_value_heads", "bos_token_id", "eos_token_id"):
        del bert[key]
    save(BertModel(BertConfig(**bert)), folder / "bert")
    return llama


def interleaved(weights, heads):
    """What the llama converter does to the rows of q and k."""
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def gguf_model(folder, llama):
    path = folder / "llama.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_context_length(64)
    writer.add_embedding_length(16)
    writer.add_feed_forward_length(24)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(4)
    writer.add_vocab_size(40)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([f"t{i}" for i in range(40)])
    writer.add_token_types([3] + [1] * 39)
    writer.add_token_merges(["t 1", "t 2"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template("{{ messages }}")
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    for name, tensor in llama.state_dict().items():
        values = tensor.float().numpy()
        if name.endswith("q_proj.weight"):
            values = interleaved(values, 4)
        if name.endswith("k_proj.weight"):
            values = interleaved(values, 2)
        writer.add_tensor(names.get_name(name, (".weight",)), values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def check_gguf_model(folder, llama):
    """transformers' own reader of GGUF must find the weights that went in."""
    again = AutoModelForCausalLM.from_pretrained(folder, gguf_file="llama.gguf", dtype=torch.float32).state_dict()
    for name, tensor in llama.state_dict().items():
        assert torch.equal(again[name].float(), tensor.float()), name


def quantised(folder):
    rng = np.random.default_rng(5)
    values = (rng.standard_normal((3, 64)) * rng.uniform(0.01, 30, (3, 1))).astype(np.float32)
    values[0, :32] = 0
    writer = gguf.GGUFWriter(folder / "quantised.gguf", "llama")
    expected = {}
    for kind in ("Q4_0", "Q4_1", "Q8_0", "F16", "BF16", "F32"):
        code = gguf.GGMLQuantizationType[kind]
        stored = gguf.quants.quantize(values, code)
        writer.add_tensor(kind, stored, raw_dtype=code)
        expected[kind] = gguf.quants.dequantize(stored, code).astype(np.float32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(expected, folder / "quantised.safetensors")


def rope(folder):
    base = dict(hidden_size=256, num_attention_heads=4, max_position_embeddings=4096)
    cases = [("linear", dict(factor=4.0), 10000.0, 100), ("linear", dict(factor=3), 500000.0, 9000)]
    cases += [("dynamic", dict(factor=f), t, n) for f in (2.0, 8.0) for t in (10000.0, 1e6) for n in (17, 4096, 4097, 20000)]
    llama3 = dict(low_freq_factor=1.0, high_freq_factor=4.0)
    cases += [("llama3", dict(llama3, factor=f, original_max_position_embeddings=o), 500000.0, 100)
              for f in (8.0, 32.0) for o in (2048, 8192)]
    cases += [("llama3", dict(low_freq_factor=0.5, high_freq_factor=8.0, factor=8.0), 10000.0, 100)]
    yarn = dict(factor=4.0, original_max_position_embeddings=32768)
    cases += [("yarn", yarn, 1e6, 100), ("yarn", dict(yarn, truncate=False), 1e6, 100), ("yarn", dict(yarn, attention_factor=1.25), 1e4, 100),
              ("yarn", dict(yarn, mscale=0.707, mscale_all_dim=1.0), 1e4, 100), ("yarn", dict(yarn, mscale=1.0), 1e4, 100),
              ("yarn", dict(yarn, beta_fast=16, beta_slow=2), 1e6, 100), ("yarn", dict(factor=2.0), 10000.0, 100),
              ("yarn", dict(factor=1.0, original_max_position_embeddings=64), 10000.0, 100),
              ("yarn", dict(factor=40.0, original_max_position_embeddings=8), 10000.0, 100)]
    listed = []
    for kind, parameters, theta, length in cases:
        config = LlamaConfig(**base, rope_parameters=dict(parameters, rope_type=kind, rope_theta=theta))
        inverse, factor = ROPE_INIT_FUNCTIONS[kind](config, torch.device("cpu"), seq_len=length)
        listed.append({"config": dict(base, model_type="llama", vocab_size=8, intermediate_size=8, num_hidden_layers=1, rope_theta=theta,
                                      rope_scaling=dict(parameters, rope_type=kind)),
                       "length": length, "inverse": [float(f) for f in inverse], "factor": float(factor)})
    (folder / "rope.json").write_text(json.dumps(listed))


folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TOP
folder.mkdir(parents=True, exist_ok=True)
types(folder)
model = models(folder)
gguf_model(folder, model)
check_gguf_model(folder, model)
quantised(folder)
rope(folder)
