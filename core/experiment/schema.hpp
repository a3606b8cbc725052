// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vitrine {

/// A message id: the English sentence itself; the window translates it (context "core").
using TextId = std::string;

enum class ParamKind { Int, Real, Bool, Choice, Text, File, Program, IntList };
enum class Level { Basic, Advanced };
enum class Scale { Linear, Log };

struct Range {
    double low, high, step = 0; ///< closed
    Scale scale = Scale::Linear;
};

struct ChoiceOption {
    std::string id;
    TextId label;
};

/// True when knob `param` has one of `values` (as text).
struct Condition {
    std::string param;
    std::vector<std::string> values;
};

/// One knob of an experiment.
struct ParamSpec {
    std::string id; ///< "lr": stable, lower_snake
    ParamKind kind = ParamKind::Int;
    Json defaultValue;
    std::optional<Range> range;
    std::string unit; ///< "", "ms", "tokens", "MiB"
    std::string group;
    Level level = Level::Basic;
    std::optional<Condition> shownWhen;
    TextId label, help;
    std::vector<ChoiceOption> options; ///< of a Choice
    std::string fileFilter;            ///< of a File: "*.csv *.tsv"
    std::string source;                ///< paper section or "inferred"
};

/// Something wrong with one knob; param is empty when it concerns several.
struct Problem {
    std::string param;
    Severity severity = Severity::Error;
    std::string code;
    TextId message;
    std::vector<std::string> arguments;
};

struct Validation {
    std::vector<Problem> problems;
    [[nodiscard]] bool ok() const {
        for (const Problem& problem : problems)
            if (problem.severity == Severity::Error) return false;
        return true;
    }
};

/// Values of the knobs by id. Only what differs from the default needs to be there.
class Config {
  public:
    std::string experiment; ///< descriptor id
    int version = 1;        ///< descriptor version
    std::string preset;     ///< the preset it came from, or empty
    std::uint64_t seed = 1;
    std::string device = "cpu"; ///< "cpu", "cuda", "cuda:1"
    std::map<std::string, Json> values;

    [[nodiscard]] const Json* find(const std::string& id) const;
    [[nodiscard]] std::int64_t integer(const std::string& id) const;
    [[nodiscard]] double real(const std::string& id) const;
    [[nodiscard]] bool boolean(const std::string& id) const;
    [[nodiscard]] std::string text(const std::string& id) const;

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<Config> fromJson(const Json& json);
};

/// Checks kinds, ranges, choices and unknown names: all problems at once. Hidden knobs are checked too.
[[nodiscard]] Validation checkAgainst(const std::vector<ParamSpec>& params, const Config& config);
/// The same configuration with every default written out.
[[nodiscard]] Config withDefaults(const std::vector<ParamSpec>& params, Config config);
[[nodiscard]] bool isShown(const ParamSpec& spec, const Config& complete);
/// Text of a shell ("--set k=v") or a form to a value of the knob's kind. \errors VIT-EXP-001 what and which range.
[[nodiscard]] Result<Json> parseValue(const ParamSpec& spec, const std::string& text);

} // namespace vitrine
