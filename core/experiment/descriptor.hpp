// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/schema.hpp"

#include <memory>
#include <string>
#include <vector>

namespace vitrine {

enum class Better { None, Lower, Higher };

struct MetricSpec {
    std::string id, unit;
    Better better = Better::None;
    Scale axis = Scale::Linear;
    TextId label, help;
    std::string stepUnit; ///< "step", "round"
    std::string plot;     ///< metrics of one plot share this; empty: a plot of its own
};

struct ArtifactSpec {
    std::string id, kind, mediaType;
    TextId label;
};

/// A pair of experiment and scale. Scales: lesson, study, gpu, full (budgets in the design).
struct Preset {
    std::string id;    ///< "lesson.ancestors"
    std::string scale; ///< "lesson", "study", "gpu", "full"
    TextId label, summary;
    std::map<std::string, Json> values;
    std::string device = "cpu";
};

struct Capabilities {
    bool pausable = true, resumable = true, gpu = true, needsCheckpointFile = false;
};

/// Where a room stands in the rail.
enum class RoomGroup { Reason, See, Learn, Know };

struct ExperimentDescriptor {
    std::string id;
    int version = 1;
    RoomGroup group = RoomGroup::Reason;
    TextId title, summary;
    std::string citation, citationUrl;
    std::vector<ParamSpec> params;
    std::vector<MetricSpec> metrics;
    std::vector<ArtifactSpec> artifacts;
    std::vector<Preset> presets;
    Capabilities caps;
};

[[nodiscard]] const Preset* findPreset(const ExperimentDescriptor& descriptor, const std::string& id);
[[nodiscard]] const ParamSpec* findParam(const ExperimentDescriptor& descriptor, const std::string& id);
/// The configuration of a preset, defaults written out. \errors VIT-EXP-002 unknown preset (names the known ones).
[[nodiscard]] Result<Config> configOfPreset(const ExperimentDescriptor& descriptor, const std::string& preset);
[[nodiscard]] Json toJson(const ExperimentDescriptor& descriptor);

struct ResourceEstimate {
    double seconds = 0;
    std::int64_t memoryBytes = 0, deviceBytes = 0, diskBytes = 0;
    TextId note; ///< what dominates, or empty
    std::vector<std::string> noteArguments;
};

/// The part of a method that needs no tensor: in libvitrine_base.
class Method {
  public:
    virtual ~Method() = default;
    [[nodiscard]] virtual const ExperimentDescriptor& descriptor() const = 0;
    [[nodiscard]] virtual Validation validate(const Config&) const = 0;
    [[nodiscard]] virtual ResourceEstimate estimate(const Config&, const struct DeviceInfo&) const = 0;
};

/// The methods of this program, in rail order. Built once in main and passed down.
class MethodRegistry {
  public:
    void add(std::unique_ptr<Method> method);
    [[nodiscard]] const Method* find(const std::string& id) const;
    [[nodiscard]] const std::vector<std::unique_ptr<Method>>& all() const { return m_methods; }

  private:
    std::vector<std::unique_ptr<Method>> m_methods;
};

} // namespace vitrine
