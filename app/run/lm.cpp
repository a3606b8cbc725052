// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/lm.hpp"

#include "app/run/program.hpp"
#include "app/run/signals.hpp"
#include "app/run/standardinput.hpp"
#include "core/base/files.hpp"
#include "core/lm/checkpoint/exportmodel.hpp"
#include "core/lm/languagemodel.hpp"
#include "core/lm/textside.hpp"
#include "core/runner/runner.hpp"
#include "core/tensor/device.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <thread>

namespace vitrine::cli {

namespace {

using Ids = std::vector<lm::TokenId>;

constexpr std::size_t MaxTextBytes = std::size_t{1} << 30;

int refuse(const Error& error) {
    static_cast<void>(report(error));
    return Refused;
}

int printJson(const Json& json) {
    std::printf("%s\n", writeJsonLine(json).c_str());
    return Success;
}

Json jsonOf(const std::vector<float>& values) {
    Json list = Json::array();
    for (const float value : values) list.push_back(numberToJson(static_cast<double>(value)));
    return list;
}
Json jsonOf(const std::vector<double>& values) {
    Json list = Json::array();
    for (const double value : values) list.push_back(numberToJson(value));
    return list;
}

Result<std::shared_ptr<lm::LanguageModel>> openModel(const LmRequest& request, std::stop_token stop) {
    Result<Device> device = runner::deviceFromName(request.device);
    if (!device) return device.error();
    device->threads =
        request.threads > 0 ? request.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return lm::LanguageModel::open(request.model, {*device, request.bfloat16}, {}, std::move(stop));
}

Result<Ids> parseIds(const std::string& text) {
    Ids ids;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        while (at != end && (*at == ' ' || *at == ',' || *at == '\n' || *at == '\t')) ++at;
        if (at == end) return ids;
        lm::TokenId id = 0;
        const auto [next, problem] = std::from_chars(at, end, id);
        if (problem != std::errc() || (next != end && std::string_view(" ,\n\t").find(*next) == std::string_view::npos))
            return makeError("VIT-CLI-008", "\"%1\" is not a list of token ids", {text},
                             "Write whole numbers separated by blanks: --ids \"1 2 3\".", "--ids");
        ids.push_back(id);
        at = next;
    }
}

Result<std::string> readText(const LmRequest& request) {
    if (request.text) return *request.text;
    if (!request.file) return makeError("VIT-CLI-009", "There is no input", {}, "Give --ids, --text or --file.");
    if (*request.file == "-") {
        Result<std::string> text = readStandardInput(MaxTextBytes);
        if (text && text->size() > MaxTextBytes)
            return makeError("VIT-BASE-015", "The file %1 is larger than the limit of %2 bytes",
                             {"-", std::to_string(MaxTextBytes)});
        return text;
    }
    return readFile(*request.file, MaxTextBytes);
}

/// The ids that a request means. \param tokenizer  null: only --ids will do
Result<Ids> inputIds(const LmRequest& request, const lm::TokenizerPtr& tokenizer) {
    if (request.ids) return parseIds(*request.ids);
    const Result<std::string> text = readText(request);
    if (!text) return text.error();
    if (!tokenizer)
        return makeError("VIT-LM-242", "The model has no tokenizer, so it cannot read text", {},
                         "Put the model's tokenizer.json beside its weights, or give --ids.");
    Result<lm::Encoding> encoding = tokenizer->encode(*text, {request.allowsSpecial, !request.withoutBos});
    if (!encoding) return encoding.error();
    return std::move(encoding->ids);
}

} // namespace

int lmReport(const LmRequest& request) {
    const Result<lm::OpenedModel> opened = lm::openModel(request.model);
    if (!opened) return refuse(opened.error());
    const lm::LoadReport& report = opened->report;
    const Json json = lm::toJson(report);
    if (request.json) {
        static_cast<void>(printJson(json));
    } else {
        for (const auto& [key, value] : json.items()) {
            if (key == "problems" || (value.is_array() && value.empty())) continue;
            std::printf("%-20s %s\n", key.c_str(),
                        value.is_string() ? value.get<std::string>().c_str() : writeJsonLine(value).c_str());
        }
        for (const Error& problem : report.problems) std::printf("%s\n", toText(problem).c_str());
    }
    const Error* problem = lm::firstError(report.problems);
    return problem ? refuse(*problem) : Success;
}

int lmLogits(const LmRequest& request) {
    const StopOnSignal stop;
    const auto model = openModel(request, stop.token());
    if (!model) return refuse(model.error());
    const Result<Ids> ids = inputIds(request, (*model)->tokenizer());
    if (!ids) return refuse(ids.error());
    const auto last = (*model)->lastLogits(*ids);
    if (!last) return refuse(last.error());
    const auto own = (*model)->tokenLogProbabilities(*ids);
    if (!own) return refuse(own.error());
    if (request.json)
        return printJson({{"ids", *ids}, {"last_logits", jsonOf(*last)}, {"token_logprobs", jsonOf(*own)}});
    for (std::size_t k = 0; k < last->size(); ++k) std::printf("%zu\t%.7g\n", k, static_cast<double>((*last)[k]));
    return Success;
}

int lmGenerate(const LmRequest& request) {
    const StopOnSignal stop;
    const auto model = openModel(request, stop.token());
    if (!model) return refuse(model.error());
    const lm::TokenizerPtr tokenizer = (*model)->tokenizer();
    const Result<Ids> prompt = inputIds(request, tokenizer);
    if (!prompt) return refuse(prompt.error());
    lm::GenerateOptions options;
    options.decode.sampling = request.sampling;
    if (request.isGreedy) options.decode.sampling.temperature = 0;
    options.decode.seed = request.seed;
    options.most = request.most;
    options.ignoresStop = request.ignoresStop;
    std::optional<lm::StreamDecoder> stream;
    if (tokenizer) stream.emplace(*tokenizer);
    const auto onToken = [&](const lm::DecodedToken& token) {
        if (request.json) return;
        const std::string piece = stream ? stream->push(token.id) : std::to_string(token.id) + " ";
        std::fputs(piece.c_str(), stdout);
        std::fflush(stdout);
    };
    const auto start = std::chrono::steady_clock::now();
    const auto completion = (*model)->generate(*prompt, options, onToken, stop.token());
    if (!completion) return refuse(completion.error());
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    Ids ids;
    std::vector<double> logProbabilities;
    for (const lm::DecodedToken& token : completion->tokens) {
        ids.push_back(token.id);
        logProbabilities.push_back(token.sampled.logProbability);
    }
    const bool isCancelled = completion->reason == lm::StopReason::Cancelled;
    if (!request.json) {
        if (stream) std::fputs(stream->finish().c_str(), stdout);
        std::printf("\n");
        return isCancelled ? Stopped : Success;
    }
    const char* reason = isCancelled                                       ? "cancelled"
                         : completion->reason == lm::StopReason::StopToken ? "stop"
                                                                           : "length";
    Json result{{"prompt_ids", *prompt},
                {"ids", ids},
                {"logprobs", jsonOf(logProbabilities)},
                {"stop_reason", reason},
                {"seconds", spent.count()}};
    if (tokenizer) result["text"] = tokenizer->decode(ids, true);
    const int status = printJson(result);
    return isCancelled ? Stopped : status;
}

int lmPerplexity(const LmRequest& request) {
    const StopOnSignal stop;
    const auto model = openModel(request, stop.token());
    if (!model) return refuse(model.error());
    const Result<Ids> ids = inputIds(request, (*model)->tokenizer());
    if (!ids) return refuse(ids.error());
    // Texts longer than the context are cut into pieces that begin anew, each token scored once.
    const auto context = static_cast<std::size_t>((*model)->report().config.maxPositions);
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t begin = 0; begin + 1 < ids->size() && !stop.token().stop_requested();
         begin += std::max<std::size_t>(1, context - 1)) {
        const std::size_t length = std::min(context, ids->size() - begin);
        const auto values = (*model)->tokenLogProbabilities(std::span(*ids).subspan(begin, length));
        if (!values) return refuse(values.error());
        for (const double value : *values) sum += value;
        count += values->size();
    }
    if (stop.token().stop_requested()) return Stopped;
    if (count == 0)
        return refuse(makeError("VIT-LM-243", "The text has fewer than two tokens, so nothing can be predicted", {},
                                "Give a longer text."));
    const double mean = -sum / static_cast<double>(count);
    if (request.json)
        return printJson(
            {{"tokens", count}, {"nll", numberToJson(mean)}, {"perplexity", numberToJson(std::exp(mean))}});
    std::printf("perplexity %.6g over %zu tokens (%.6g nats a token)\n", std::exp(mean), count, mean);
    return Success;
}

int lmTokenize(const LmRequest& request) {
    const Result<lm::TokenizerPtr> tokenizer = lm::openTokenizer(request.model);
    if (!tokenizer) return refuse(tokenizer.error());
    const Result<Ids> ids = inputIds(request, *tokenizer);
    if (!ids) return refuse(ids.error());
    Json pieces = Json::array();
    for (const lm::TokenId id : *ids) {
        pieces.push_back((*tokenizer)->decode(std::span(&id, 1), false));
        if (!request.json) std::printf("%d\t%s\n", id, writeJsonLine(pieces.back()).c_str());
    }
    return request.json ? printJson({{"ids", *ids}, {"pieces", std::move(pieces)}}) : Success;
}

int lmEmbed(const LmRequest& request) {
    const StopOnSignal stop;
    const auto model = openModel(request, stop.token());
    if (!model) return refuse(model.error());
    const Result<std::string> text = readText(request);
    if (!text) return refuse(text.error());
    const auto vector = (*model)->embed(*text);
    if (!vector) return refuse(vector.error());
    if (request.json) return printJson({{"vector", jsonOf(*vector)}});
    for (const float value : *vector) std::printf("%.7g\n", static_cast<double>(value));
    return Success;
}

int lmExport(const LmRequest& request) {
    const Result<lm::OpenedModel> opened = lm::openModel(request.model);
    if (!opened) return refuse(opened.error());
    std::optional<lm::StoredType> type;
    if (request.type == "f32") type = lm::StoredType::F32;
    if (request.type == "f16") type = lm::StoredType::F16;
    if (request.type == "bf16") type = lm::StoredType::BF16;
    if (const Status status = lm::exportOpened(request.target, *opened, type); !status) return refuse(status.error());
    if (request.json) return printJson({{"folder", request.target}});
    std::printf("%s\n", request.target.c_str());
    return Success;
}

} // namespace vitrine::cli
