// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/filewriter.hpp"

#include "core/base/json.hpp"

namespace vitrine::lm {

namespace {

std::string quoted(const std::string& text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string writeTokenizerFile(const TokenizerFile& file) {
    std::string out = R"({"version":"1.0","truncation":null,"padding":null,"added_tokens":[)";
    for (std::size_t i = 0; i < file.specials.size(); ++i) {
        out += (i == 0 ? "" : ",") + (R"({"id":)" + std::to_string(i)) + R"(,"content":)" + quoted(file.specials[i]) +
               R"(,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true})";
    }
    out += ']';
    for (const auto& [name, value] : file.parts) out += ",\"" + name + "\":" + value;
    out += R"(,"model":{"type":"BPE","dropout":null,"unk_token":)" + (file.unk.empty() ? "null" : quoted(file.unk)) +
           R"(,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,)" +
           R"("ignore_merges":false,"vocab":{)";
    for (std::size_t i = 0; i < file.tokens.size(); ++i)
        out += (i == 0 ? "" : ",") + quoted(file.tokens[i]) + ":" + std::to_string(i);
    out += R"(},"merges":[)";
    bool isFirst = true;
    for (const auto& [left, right] : file.merges) {
        out += (isFirst ? "[" : ",[") + quoted(file.tokens[left]) + "," + quoted(file.tokens[right]) + "]";
        isFirst = false;
    }
    return out + "]}}\n";
}

} // namespace vitrine::lm
