#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the golden files of this folder with Hugging Face tokenizers: the independent reference of tst_lm_tokenizer.

    pip install tokenizers==0.23.3
    make_goldens.py [--minilm FOLDER] [--deepseek FOLDER] [--gguf FILE]

text.txt is the training text (the project's own pages and the licence); bpe-*.json are trained from it; bert.json keeps
a part of MiniLM's vocabulary (written only with --minilm); cases.json and real.json hold texts with their ids. real.json
is written with --minilm, --deepseek and --gguf (needs the package gguf for the last).
"""
import argparse
import json
import pathlib

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

TEXTS = [
    "", " ", "  ", "a", "\n", "\r\n", "\r", "\t", "\u00a0", "\u3000x\u2003y", "\u180ex", "\u0085x", "\u200b zero width",
    "Hello, world!", "The quick brown fox jumps over the lazy dog.", "don't DON'T we'll WE'LL I'm I've they're he'd 'tis",
    "'s 'S 'ſ 'ſa 'K 're'RE 'r 'l 'L 'll", "''s' '' ' s", "x'ſy it'S",
    "1", "12", "123", "1234", "12345678901234567890", "3.14159 1,000,000 -5 +7 1e-9", "v1.2.3-rc4", "٣٤٥ ४५६ Ⅷ ½ ² ①",
    "a  b   c    d", "  leading", "trailing  ", "a\n\nb", "a\r\n\r\nb", "a \n b", "a\t\tb", "\n\n\n", " \n \n x", "\t \n\tx",
    "mixed\rnew\nlines\r\nhere\n\r", "end with newline\n", "x  \n  y  \n\n  z", " " * 300 + "x", " " * 1000, "\n" * 200,
    "a" * 500, "ab" * 200, "=" * 120, "- " * 60, "!?!?!?...", "(parens) [brackets] {braces} <angles>",
    "#include <vector>\nint main() {\n    return 0; // done\n}\n", "if x == 1:\n\tprint(\"hi\")\n",
    "https://example.org/a/b?c=d&e=f#g", "user@example.com", "snake_case camelCase PascalCase kebab-case",
    "émigré naïve café Ångström", "e\u0301migre\u0301 nai\u0308ve", "A\u030angstro\u0308m \u212b \u00c5",
    "한국어 문장입니다. 토큰을 나눕니다.", "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165",
    "각\u11a8 \uac00\u11a8 \u1100\u1161", "한글과 English 섞어 쓰기 123개",
    "日本語のテキスト、句読点。", "中文文本，没有空格。", "カタカナ ひらがな ｶﾀｶﾅ ﾊﾟ", "ﬁ ﬂ ㎏ ① ２ ﷺ",
    "Привет, мир! ΑΒΓ αβγ ς", "שלום עולם مرحبا بالعالم", "नमस्ते दुनिया ক্ষ য়", "สวัสดีชาวโลก",
    "😀😃👍🏽 👨‍👩‍👧‍👦 🏳️‍🌈 🇰🇷 ✈️ ☺", "a😀b 😀 😀😀", "e\u0301\u0323 e\u0323\u0301 q\u0307\u0323", "\u0301 starts with a mark",
    "x\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309", "\u0958 \u2126 \u1e9b\u0323 \u0344 \u2adc \U0001d15e",
    "İstanbul ISTANBUL ıI ß ẞ ŉ", "\ufeffbom", "null\u0000byte", "\u0001\u0002\u0378\ue000\ufffd\U000e0001",
    "tab\tand\u000bvt\u000cff\u001cfs", "\u2028line\u2029par", "–—‘’“”…•", "€£¥₩ ±×÷ ≤≥≠ ∑∫√ →⇒", "x²+y²=z² H₂O",
    "<|endoftext|>", "a<|endoftext|>b", "<|im_start|>user\nhi<|im_end|>\n", "<|im_start|><|im_start|>", "<|im_sta", "<|im_start",
    "  <|im_end|>  x", "<tool_call>{}</tool_call> <tool_call", "[CLS] [MASK] [SEP] [mask]", "<word> <words> x<word> <word>x",
    "left <left> right <right> x", "<left><right>  <left> ", "ＮＦＫＣ Ｆｕｌｌ", "Ünïcödé", "ünïcödé tokens", "ABCabcABC", "<ÉTOK> <étok> <E\u0301TOK>",
    "word" * 40, "unaffable unbelievably internationalization", "x" * 101, "I do not know , really . isn 't it ?",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠀀𠀁 𪜀", "\U0001f9d1\u200d\U0001f4bb codes", "٠١٢٣٤٥٦٧٨٩", "a\u00adb soft", "1st 2nd 3rd 4th 2024-11-05 12:34:56",
]


def special_config(tokenizer):
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken("<tool_call>", normalized=False), AddedToken("</tool_call>", normalized=False)])


def train_bpe(pattern, normalizer):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=4096, min_frequency=2, special_tokens=["<|endoftext|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator([(HERE / "text.txt").read_text(encoding="utf-8")], trainer)
    special_config(tokenizer)
    return tokenizer


def write(path, data):
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def make_bpe():
    llama = train_bpe(LLAMA3, None)
    first = llama.token_to_id("<|endoftext|>")
    llama.post_processor = processors.TemplateProcessing(single="<|endoftext|> $A", pair="<|endoftext|> $A $B",
                                                         special_tokens=[("<|endoftext|>", first)])
    data = json.loads(llama.to_str())
    data["model"]["ignore_merges"] = True
    write(HERE / "bpe-llama3.json", data)
    data = json.loads(train_bpe(QWEN2, normalizers.NFC()).to_str())
    data["model"]["merges"] = [" ".join(pair) for pair in data["model"]["merges"]]  # the older spelling
    write(HERE / "bpe-qwen2.json", data)


def make_bert(folder):
    data = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    words = sorted(data["model"]["vocab"], key=data["model"]["vocab"].get)
    text = " ".join(TEXTS).lower()
    kept = [w for w in words if w in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]") or len(w.removeprefix("##")) == 1
            or (w.startswith("##") and len(w) < 6) or (w in text and not w.startswith("##"))]
    data["model"]["vocab"] = {w: i for i, w in enumerate(kept)}
    for token in data["added_tokens"]:
        token["id"] = data["model"]["vocab"][token["content"]]
    for name, entry in data["post_processor"]["special_tokens"].items():
        entry["ids"] = [data["model"]["vocab"][name]]
    write(HERE / "bert.json", data)


# Changes of bpe-qwen2.json that other files make: name -> members to replace.
def split(pattern, behavior="Isolated", invert=False):
    kind = "String" if pattern.startswith("=") else "Regex"
    return {"type": "Split", "pattern": {kind: pattern.lstrip("=")}, "behavior": behavior, "invert": invert}


BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
GPT_BYTES = dict(BYTES, use_regex=True)


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def added(content, identifier, **flags):
    return dict({"id": identifier, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
                 "normalized": False, "special": False}, **flags)


ONLY_END = [added("<|endoftext|>", 0, special=True)]
VARIANTS = {
    "gpt2": {"pre_tokenizer": GPT_BYTES, "normalizer": None},
    "gpt2 prefix space": {"pre_tokenizer": dict(GPT_BYTES, add_prefix_space=True), "normalizer": None},
    "smollm": {"pre_tokenizer": sequence({"type": "Digits", "individual_digits": True}, GPT_BYTES), "normalizer": None},
    "digit runs": {"pre_tokenizer": sequence({"type": "Digits", "individual_digits": False}, GPT_BYTES)},
    "deepseek": {"pre_tokenizer": sequence(
        split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"),
        split(r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"
              r"|\s*[\r\n]+|\s+(?!\S)|\s+"), BYTES)},
    "o200k": {"pre_tokenizer": sequence(split(
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"), BYTES)},
    "possessive": {"pre_tokenizer": sequence(split(QWEN2.replace("?\\p{L}+", "?+\\p{L}++")), BYTES)},
    "line ends": {"pre_tokenizer": sequence(split(r"\s+$"), split(r"^\s*"), BYTES)},
    "removed": {"pre_tokenizer": sequence(split(r"\s+", "Removed"), BYTES)},
    "inverted": {"pre_tokenizer": sequence(split(r"\p{L}+", "Removed", True), BYTES)},
    "previous": {"pre_tokenizer": sequence(split("= ", "MergedWithPrevious"), BYTES)},
    "next": {"pre_tokenizer": sequence(split("= ", "MergedWithNext"), BYTES)},
    "contiguous": {"pre_tokenizer": sequence(split(r"\s", "Contiguous"), BYTES)},
    "white space": {"pre_tokenizer": sequence({"type": "WhitespaceSplit"},
                                              {"type": "Punctuation", "behavior": "Contiguous"}, BYTES)},
    "nfd": {"normalizer": {"type": "NFD"}}, "nfkc": {"normalizer": {"type": "NFKC"}}, "nfkd": {"normalizer": {"type": "NFKD"}},
    "lower": {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"},
                                                                 {"type": "StripAccents"}]}},
    "added": {"added_tokens": [
        added("<|endoftext|>", 0, special=True), added("<|im_start|>", 4074, special=True),
        added("<|im_end|>", 4075, special=True, lstrip=True, rstrip=True), added("<word>", 4076, single_word=True),
        added("word", 4077, single_word=True, normalized=True), added("<left>", 4078, lstrip=True), added("<right>", 4079, rstrip=True),
        added("ünïcödé", 4080, normalized=True), added("ABC", 4081), added("ABCabc", 4082), added("<ÉTOK>", 4083, normalized=True)]},
    "some bytes": {"added_tokens": ONLY_END, "drop": ["é", "Ã", "z", "¡"], "model": {"unk_token": None}},
    "unknown": {"added_tokens": ONLY_END, "drop": ["é", "Ã", "z", "¡"], "model": {"unk_token": "<|endoftext|>", "fuse_unk": False}},
    "fused unknown": {"added_tokens": ONLY_END, "drop": ["é", "Ã", "z", "¡"], "model": {"unk_token": "<|endoftext|>", "fuse_unk": True}},
}


def apply(base, patch):
    """The file with some members replaced; `drop` leaves tokens out with all merges that need them."""
    data = json.loads(json.dumps(base))
    for key, value in patch.items():
        if key == "model":
            data["model"].update(value)
        elif key != "drop":
            data[key] = value
    bad = set(patch.get("drop", []))
    if bad:
        keep = lambda token: not (set(token) & bad) or token.startswith("<|")
        data["model"]["vocab"] = {t: i for t, i in data["model"]["vocab"].items() if keep(t)}
        data["model"]["merges"] = [m for m in data["model"]["merges"] if keep(m.replace(" ", ""))]
    return data


def goldens(data):
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    rows = []
    for text in TEXTS:
        tokenizer.encode_special_tokens = True
        plain = tokenizer.encode(text, add_special_tokens=False).ids
        tokenizer.encode_special_tokens = False
        special = tokenizer.encode(text, add_special_tokens=False).ids
        row = {"plain": plain, "text": tokenizer.decode(plain, skip_special_tokens=False)}
        if special != plain:
            row["special"] = special
        skipped = tokenizer.decode(special, skip_special_tokens=True)
        if skipped != row["text"]:
            row["skipped"] = skipped
        if row["text"] == text:
            del row["text"]
        rows.append(row)
    return rows


def make_cases():
    load = lambda name: json.loads((HERE / name).read_text(encoding="utf-8"))
    files = {name: goldens(load(name)) for name in ("bpe-llama3.json", "bpe-qwen2.json", "bert.json")}
    base = load("bpe-qwen2.json")
    bert = load("bert.json")
    cased = dict(bert, normalizer=dict(bert["normalizer"], lowercase=False))
    variants = [{"name": name, "patch": patch, "rows": goldens(apply(base, patch))} for name, patch in VARIANTS.items()]
    write(HERE / "cases.json", {"tokenizers": tokenizers.__version__, "texts": TEXTS, "files": files, "variants": variants,
                                "cased": goldens(cased), "pair": pair_goldens(bert)})


def pair_goldens(data):
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    encoding = tokenizer.encode("How many people?", "Three of them.")
    return {"ids": encoding.ids, "types": encoding.type_ids, "single": tokenizer.encode("How many people?").ids}


def ids_only(tokenizer):
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS if len(text) < 200]


def from_gguf(path):
    """The header's pre-tokenizer "smollm": each digit alone, then GPT-2's rule."""
    from gguf import GGUFReader
    fields = GGUFReader(str(path)).fields
    strings = lambda key: [bytes(fields[key].parts[i]).decode("utf-8") for i in fields[key].data]
    tokens, merges = strings("tokenizer.ggml.tokens"), strings("tokenizer.ggml.merges")
    types = [int(fields["tokenizer.ggml.token_type"].parts[i][0]) for i in fields["tokenizer.ggml.token_type"].data]
    tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)},
                                     merges=[tuple(m.split(" ")) for m in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                       pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, types) if kind == 3])
    return tokenizer


def make_real(arguments):
    real = {"texts": [text for text in TEXTS if len(text) < 200]}
    real["all-minilm-l6-v2"] = ids_only(Tokenizer.from_file(str(arguments.minilm / "tokenizer.json")))
    real["deepseek"] = ids_only(Tokenizer.from_file(str(arguments.deepseek / "tokenizer.json")))
    real["smollm2-135m-instruct"] = ids_only(from_gguf(arguments.gguf))
    write(HERE / "real.json", real)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minilm", type=pathlib.Path)
    parser.add_argument("--deepseek", type=pathlib.Path)
    parser.add_argument("--gguf", type=pathlib.Path)
    arguments = parser.parse_args()
    make_bpe()
    if arguments.minilm:
        make_bert(arguments.minilm)
    make_cases()
    if arguments.minilm and arguments.deepseek and arguments.gguf:
        make_real(arguments)


main()
