// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/lmcommand.hpp"

#include "app/run/lm.hpp"
#include "app/run/manual.hpp"
#include "app/run/program.hpp"
#include "app/run/usage.hpp"

#include <cstdio>
#include <limits>
#include <memory>

namespace vitrine::cli {

namespace {

using RequestPtr = std::shared_ptr<LmRequest>;

/// One subcommand under construction.
class Command {
  public:
    Command(CLI::App& parent, const char* name, const char* summary)
        : m_app(parent.add_subcommand(name, summary)), m_request(std::make_shared<LmRequest>()) {
        m_app
            ->add_option("MODEL", m_request->model,
                         "A Hugging Face folder, a .safetensors file, a shard index (.index.json) or a .gguf file.")
            ->required();
        m_app->add_flag("--json", m_request->json, "Print one JSON object.");
    }
    [[nodiscard]] CLI::App& app() const { return *m_app; }
    [[nodiscard]] LmRequest& request() const { return *m_request; }

    void addDevice() {
        m_app->add_option("--device", m_request->device, "Where to compute: cpu, cuda or cuda:N (default cpu).")
            ->type_name("DEVICE");
        m_app->add_option("--threads", m_request->threads, "Processor threads to use (default: all).")
            ->check(wholeNumber(1, 1024))
            ->type_name("N");
        m_app->add_flag("--bf16", m_request->bfloat16, "Keep and compute in bfloat16 (default FP32).");
    }
    void addText(const char* name = "--text") {
        auto* text = m_app->add_option(name, m_request->text, "The input text.")->type_name("TEXT");
        m_app->add_option("--file", m_request->file, "The input text is in this file; - reads standard input.")
            ->type_name("FILE")
            ->excludes(text);
    }
    /// Text or --ids, and how text becomes ids.
    void addInput(const char* textName = "--text") {
        addText(textName);
        m_app->add_option("--ids", m_request->ids, "The input as token ids: \"1 2 3\".")
            ->type_name("IDS")
            ->excludes(m_app->get_option(textName))
            ->excludes(m_app->get_option("--file"));
        m_app->add_flag("--special", m_request->allowsSpecial,
                        "Text such as <|im_end|> becomes that special token (default: plain text).");
        m_app->add_flag("--no-bos", m_request->withoutBos, "Add no token of the tokenizer's own, such as BOS.");
    }
    void finish(int& status, int (*run)(const LmRequest&), Manual manual) {
        m_app->callback([request = m_request, &status, run] {
            status = run(*request);
            const bool isWritten = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
            if (status == Success && !isWritten) status = Failure;
        });
        if (manual.exitStatus.empty())
            manual.exitStatus = {{"0", "The result was printed."},
                                 {"1", "Something inside failed, or standard output cannot be written."},
                                 {"2", "Wrong usage, or the input is refused; the error is on standard error."}};
        setManual(*m_app, std::move(manual));
    }

  private:
    CLI::App* m_app;
    RequestPtr m_request;
};

void addSampling(const Command& command) {
    CLI::App& app = command.app();
    lm::SamplingOptions& sampling = command.request().sampling;
    app.add_flag("--greedy", command.request().isGreedy, "Take the most likely token each time.");
    app.add_option("--temperature", sampling.temperature, "Divides the logits; 0 is greedy (default 1).")
        ->type_name("T");
    app.add_option("--top-k", sampling.topK, "Keep the K most likely tokens; 0 keeps all (default 0).")->type_name("K");
    app.add_option("--top-p", sampling.topP, "Keep the most likely tokens of this mass (default 1).")->type_name("P");
    app.add_option("--min-p", sampling.minP, "Keep tokens at least this part of the most likely (default 0).")
        ->type_name("P");
    app.add_option("--repetition-penalty", sampling.repetitionPenalty, "Of tokens already seen (default 1).")
        ->type_name("X");
    app.add_option("--presence-penalty", sampling.presencePenalty, "Taken off logits of seen tokens (default 0).")
        ->type_name("X");
    app.add_option("--frequency-penalty", sampling.frequencyPenalty,
                   "Taken off for each time that a token was seen (default 0).")
        ->type_name("X");
    app.add_option("--seed", command.request().seed, "Of the draws (default 0).")
        ->check(wholeNumber(0, std::numeric_limits<std::int64_t>::max()))
        ->type_name("N");
    app.add_option("--max-new", command.request().most, "Tokens to generate at most (default 64).")
        ->check(wholeNumber(0, 1'000'000))
        ->type_name("N");
    app.add_flag("--ignore-stop", command.request().ignoresStop, "Go on past the model's stop tokens.");
}

void addReport(CLI::App& lm, int& status) {
    Command command(lm, "report", "say what a model is and whether it can be loaded");
    command.finish(status, lmReport,
                   {"MODEL [--json]",
                    "Reads the headers of a model, not its weights: family, parameters, types, memory, keys and values "
                    "per token, missing and unexpected tensors, stop tokens, where tokenizer and template come from, "
                    "and everything that is wrong with it.",
                    {{"0", "The model can be loaded."},
                     {"1", "Something inside failed, or standard output cannot be written."},
                     {"2", "Wrong usage, or the model cannot be loaded; the first error is on standard error."}},
                    {},
                    {},
                    {{"vitrine-run lm report Qwen2.5-0.5B/", "Look before loading."}}});
}

void addLogits(CLI::App& lm, int& status) {
    Command command(lm, "logits", "print the logits after a text");
    command.addInput();
    command.addDevice();
    command.finish(
        status, lmLogits,
        {"MODEL {--ids IDS | --text TEXT | --file FILE} [--json]",
         "Prints the logits after the last token, one id a line; with --json also ids and the "
         "log-probability of each token given those before it (last_logits, token_logprobs).",
         {},
         {},
         {},
         {{"vitrine-run lm logits model/ --ids \"1 2 3\" --json", "For a comparison with another program."}}});
}

void addGenerate(CLI::App& lm, int& status) {
    Command command(lm, "generate", "continue a text");
    command.addInput("--prompt");
    addSampling(command);
    command.addDevice();
    command.finish(
        status, lmGenerate,
        {"MODEL {--prompt TEXT | --file FILE | --ids IDS} [--greedy] [--max-new N] [--json]",
         "Prints the continuation as it grows; with --json, at the end, its ids, text and log-probabilities. "
         "Steps of sampling run in this order: banned tokens, penalties, temperature, top-k, top-p, min-p. "
         "SIGINT ends the text where it is.",
         {{"0", "The text was generated."},
          {"1", "Something inside failed, or standard output cannot be written."},
          {"2", "Wrong usage, or the input is refused; the error is on standard error."},
          {"3", "Stopped by a signal; what was generated is printed."}},
         {},
         {},
         {{"vitrine-run lm generate model.gguf --prompt 'Once upon a time' --greedy", "Go on with a story."}}});
}

void addPerplexity(CLI::App& lm, int& status) {
    Command command(lm, "perplexity", "score a text");
    command.addInput();
    command.addDevice();
    command.finish(status, lmPerplexity,
                   {"MODEL {--text TEXT | --file FILE | --ids IDS} [--json]",
                    "Prints exp of the mean negative log-probability of the tokens. A text longer than the model's "
                    "context is cut into pieces that begin anew.",
                    {{"0", "The result was printed."},
                     {"1", "Something inside failed, or standard output cannot be written."},
                     {"2", "Wrong usage, or the input is refused; the error is on standard error."},
                     {"3", "Stopped by a signal; nothing is printed."}},
                    {},
                    {},
                    {{"vitrine-run lm perplexity model/ --file book.txt", "Score a book."}}});
}

void addTokenize(CLI::App& lm, int& status) {
    Command command(lm, "tokenize", "cut a text into tokens");
    command.addInput();
    command.finish(status, lmTokenize,
                   {"MODEL {--text TEXT | --file FILE} [--json]",
                    "Prints ids and pieces. Weights need not be there: a tokenizer.json alone will do.",
                    {},
                    {},
                    {},
                    {{"vitrine-run lm tokenize model/ --text 'Hello, world'", "See the pieces."}}});
}

void addEmbed(CLI::App& lm, int& status) {
    Command command(lm, "embed", "print the vector of a text");
    command.addText();
    command.addDevice();
    command.finish(status, lmEmbed,
                   {"MODEL {--text TEXT | --file FILE} [--json]",
                    "Prints the mean of the last hidden states, scaled to length 1: for sentence encoders such as "
                    "all-MiniLM-L6-v2 the sentence vector.",
                    {},
                    {},
                    {},
                    {{"vitrine-run lm embed all-MiniLM-L6-v2/ --text 'A cat' --json", "384 numbers."}}});
}

void addExport(CLI::App& lm, int& status) {
    Command command(lm, "export", "write a model as Hugging Face files");
    command.app().add_option("--to", command.request().target, "The folder to write.")->required()->type_name("FOLDER");
    command.app()
        .add_option("--type", command.request().type,
                    "Of the numbers: f32, f16 or bf16 (default: as they are, quantised ones as f32).")
        ->check(CLI::IsMember({"f32", "f16", "bf16"}))
        ->type_name("TYPE");
    command.finish(status, lmExport,
                   {"MODEL --to FOLDER [--type TYPE]",
                    "Writes config.json and model.safetensors under the names that transformers reads, for instance "
                    "from a GGUF file.",
                    {},
                    {},
                    {},
                    {{"vitrine-run lm export model.gguf --to model-hf --type bf16", "Convert."}}});
}

} // namespace

void addLmCommand(CLI::App& app, int& status) {
    CLI::App* lm = app.add_subcommand("lm", "look into language models and run them");
    lm->require_subcommand(1);
    addReport(*lm, status);
    addLogits(*lm, status);
    addGenerate(*lm, status);
    addPerplexity(*lm, status);
    addTokenize(*lm, status);
    addEmbed(*lm, status);
    addExport(*lm, status);
    setManual(*lm, {"COMMAND MODEL [ARGUMENT]...",
                    "Language models without a window. MODEL is a Hugging Face folder, a .safetensors file, a shard "
                    "index or a .gguf file. `vitrine-run lm COMMAND --help` is the manual of a command.",
                    {{"0", "Done."}, {"2", "Wrong usage, or the input is refused."}},
                    {},
                    commonEnvironment(),
                    {{"vitrine-run lm report model/", "What is it?"}}});
}

} // namespace vitrine::cli
