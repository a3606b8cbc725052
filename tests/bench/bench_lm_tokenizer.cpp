// SPDX-License-Identifier: GPL-3.0-or-later
// Encoding speed of byte-level BPE on one thread against Hugging Face tokenizers (Rust), in the same run.
//
//   bench_lm_tokenizer [tokenizer.json TEXT...]    default: the 4,096-token golden files on text.txt, 8 MiB of it
//
// The peer runs in the Python that VITRINE_PEER_PYTHON names (else python3) when that has the package `tokenizers`; it
// gets the same documents, on one thread. Target: at least 1.0 of the peer's MB/s.
#include "core/base/files.hpp"
#include "core/lm/tokenizer/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace vitrine;
using namespace vitrine::lm;

namespace {

constexpr std::size_t Wanted = 8U << 20U; // bytes to encode
constexpr int Repeats = 5;

// Lines are grouped into documents of about 4 kB: what a training job hands over at a time.
const char* const Peer = R"PY(
import os, sys, time
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
try:
    from tokenizers import Tokenizer
except ImportError:
    sys.exit(3)
t = Tokenizer.from_file(sys.argv[1])
t.encode_special_tokens = True
docs = open(sys.argv[2], encoding="utf-8", newline="").read().split("\0")
size = sum(len(d.encode()) for d in docs)
best, n = 1e9, 0
for _ in range(5):
    start = time.perf_counter()
    n = sum(len(t.encode(d, add_special_tokens=False).ids) for d in docs)
    best = min(best, time.perf_counter() - start)
fast = 1e9
for _ in range(5):
    start = time.perf_counter()
    sum(len(e.ids) for e in t.encode_batch_fast(docs, add_special_tokens=False))
    fast = min(fast, time.perf_counter() - start)
print(n, size / 1e6 / best, size / 1e6 / fast)
)PY";

std::vector<std::string> documents(const std::string& text) {
    constexpr std::size_t Size = 4096;
    std::vector<std::string> docs;
    std::size_t total = 0;
    while (total < Wanted && !text.empty())
        for (std::size_t at = 0; at < text.size() && total < Wanted;) {
            std::size_t end = text.find('\n', std::min(text.size(), at + Size));
            end = end == std::string::npos ? text.size() : end + 1;
            docs.push_back(text.substr(at, end - at));
            total += end - at;
            at = end;
        }
    return docs;
}

double seconds(std::chrono::steady_clock::time_point since) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

struct Speed {
    std::size_t tokens = 0;
    double ids = 0, ranges = 0; // MB/s
};

Speed ours(const Tokenizer& tokenizer, const std::vector<std::string>& docs) {
    const EncodeOptions options{.allowSpecial = false, .addBos = false};
    double best = 1e9, bestRanges = 1e9, bytes = 0;
    Speed speed;
    for (const std::string& doc : docs) bytes += static_cast<double>(doc.size());
    for (int repeat = 0; repeat < Repeats; ++repeat) {
        std::vector<TokenId> ids;
        auto start = std::chrono::steady_clock::now();
        for (const std::string& doc : docs) static_cast<void>(tokenizer.appendIds(doc, options, ids).ok());
        best = std::min(best, seconds(start));
        speed.tokens = ids.size();
        std::size_t count = 0;
        start = std::chrono::steady_clock::now();
        for (const std::string& doc : docs)
            if (const auto encoding = tokenizer.encode(doc, options)) count += encoding->ids.size();
        bestRanges = std::min(bestRanges, seconds(start));
        if (count != speed.tokens) std::printf("encode and appendIds differ\n");
    }
    speed.ids = bytes / 1e6 / best;
    speed.ranges = bytes / 1e6 / bestRanges;
    return speed;
}

/// Tokens, MB/s of encode and of encode_batch_fast; false where the package is missing.
bool peer(const std::string& file, const std::vector<std::string>& docs, Speed& speed) {
    const std::string folder = "/tmp/bench-lm-" + std::to_string(::getpid());
    if (!makeFolder(folder).ok()) return false;
    std::string text;
    for (std::size_t i = 0; i < docs.size(); ++i) (text += i == 0 ? "" : std::string(1, '\0')) += docs[i];
    const bool isWritten =
        writeFileAtomically(folder + "/peer.py", Peer).ok() && writeFileAtomically(folder + "/text", text).ok();
    const char* python = std::getenv("VITRINE_PEER_PYTHON");
    const std::string command =
        std::string(python ? python : "python3") + " " + folder + "/peer.py '" + file + "' " + folder + "/text";
    FILE* pipe = isWritten ? ::popen(command.c_str(), "r") : nullptr;
    const bool isRead = pipe && std::fscanf(pipe, "%zu %lf %lf", &speed.tokens, &speed.ranges, &speed.ids) == 3;
    if (pipe) ::pclose(pipe);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return isRead;
}

bool compare(const std::string& file, const std::string& textFile) {
    const auto text = readFile(textFile);
    const auto loadStart = std::chrono::steady_clock::now();
    const auto tokenizer = loadTokenizer(file);
    const double loading = seconds(loadStart);
    if (!text || !tokenizer) {
        std::printf("%s\n", toText(text ? tokenizer.error() : text.error()).c_str());
        return false;
    }
    const auto docs = documents(*text);
    const Speed mine = ours(**tokenizer, docs);
    std::printf("%s (%s), %s\n  %-34s %8.1f MB/s ids alone, %.1f with ranges; loaded in %.0f ms\n", file.c_str(),
                (*tokenizer)->info().split.c_str(), textFile.c_str(), "Vitrine, one thread", mine.ids, mine.ranges,
                loading * 1e3);
    Speed theirs;
    if (!peer(file, docs, theirs)) {
        std::printf("  Hugging Face tokenizers is not installed in %s; no ratio\n",
                    std::getenv("VITRINE_PEER_PYTHON") ? std::getenv("VITRINE_PEER_PYTHON") : "python3");
        return true;
    }
    std::printf("  %-34s %8.1f MB/s encode, %.1f encode_batch_fast\n", "Hugging Face tokenizers, one thread",
                theirs.ranges, theirs.ids);
    const double ratio = std::min(mine.ids / theirs.ids, mine.ranges / theirs.ranges);
    std::printf("  ratio %.2f ids, %.2f with ranges (target 1.0); tokens %s\n", mine.ids / theirs.ids,
                mine.ranges / theirs.ranges, mine.tokens == theirs.tokens ? "equal" : "DIFFER");
    return ratio >= 1 && mine.tokens == theirs.tokens;
}

} // namespace

int main(int count, char** arguments) {
    bool isGood = true;
    if (count > 2) {
        for (int i = 2; i < count; ++i) isGood = compare(arguments[1], arguments[i]) && isGood;
        return isGood ? 0 : 1;
    }
    const std::string folder = VITRINE_GOLDEN;
    for (const char* name : {"/bpe-llama3.json", "/bpe-qwen2.json"})
        isGood = compare(folder + name, folder + "/text.txt") && isGood;
    return isGood ? 0 : 1;
}
