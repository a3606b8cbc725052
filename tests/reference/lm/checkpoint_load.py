#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""checkpoint_load.py ORIGINAL EXPORTED: both open in transformers and are the same model. ORIGINAL is a folder or a .gguf file."""
import pathlib
import sys

import torch
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM


def load(name):
    path = pathlib.Path(name)
    if path.suffix == ".gguf":
        return AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    kind = AutoModel if AutoConfig.from_pretrained(path).model_type == "bert" else AutoModelForCausalLM
    model, report = kind.from_pretrained(path, dtype=torch.float32, output_loading_info=True)
    lost = [key for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if report[key]]
    assert not lost, report
    return model


def output(model):
    ids = torch.arange(1, 17).unsqueeze(0)
    with torch.no_grad():
        result = model.eval()(ids)
    return result.logits if hasattr(result, "logits") else result.last_hidden_state


a, b = load(sys.argv[1]), load(sys.argv[2])
difference = (output(a) - output(b)).abs().max().item()
weights = max((x.float() - y.float()).abs().max().item() for x, y in zip(a.state_dict().values(), b.state_dict().values()))
print(f"{sys.argv[2]}: largest difference of outputs {difference:.3g}, of weights {weights:.3g}")
sys.exit(0 if difference < 1e-4 else 1)
