// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/factory.hpp"

#include "core/methods/tensor_logic/experiments/support.hpp"
#include "core/methods/tensor_logic/session.hpp"

namespace vitrine::tl {

namespace {

class TensorLogicExperiment final : public Experiment {
  public:
    RunOutcome run(const Config& config, RunContext& context) override {
        const std::string experiment = config.text("experiment");
        if (experiment == "closures") return runClosures(config, context);
        if (experiment == "digits") return runDigits(config, context);
        if (experiment == "transformer") return runTransformer(config, context);
        return runProgram(config, context);
    }
};

class Factory final : public MethodFactory {
  public:
    [[nodiscard]] std::string id() const override { return "tensor_logic"; }
    [[nodiscard]] std::unique_ptr<Experiment> makeExperiment() const override {
        return std::make_unique<TensorLogicExperiment>();
    }
    [[nodiscard]] std::unique_ptr<Session> makeSession(Session::Sink sink) const override {
        return tl::makeSession(std::move(sink));
    }
};

} // namespace

const MethodFactory& factory() {
    static const Factory made;
    return made;
}

} // namespace vitrine::tl
