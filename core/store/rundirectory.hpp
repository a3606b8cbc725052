// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/events.hpp"
#include "core/experiment/inputfile.hpp"
#include "core/experiment/schema.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::store {

/// How one attempt came about: what is needed to run it again with the same scalars.
struct Provenance {
    int attempt = 1;
    std::string version, commit, compiler, device;
    std::string deviceModel; ///< "NVIDIA H100", or empty
    int threads = 0;
    std::map<std::string, std::string> libraries; ///< "LibTorch" -> "2.11.0"
    std::vector<InputFile> inputs;                ///< that the attempt read, by content
    std::int64_t startedMs = 0, endedMs = 0;      ///< endedMs 0: still running, or killed
    std::optional<ResumePoint> resumedFrom;
};

/// The content of config.json.
struct RunRecord {
    std::string id;
    std::int64_t createdMs = 0;
    Config config; ///< after defaults
    std::vector<Provenance> attempts;

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<RunRecord> fromJson(const Json& json);
};

/// The folder of one run: config.json, events-<attempt>.jsonl, status, control/, checkpoints/, artifacts/, user.json.
/// A value that holds a path; safe to copy, no file stays open.
class RunDirectory {
  public:
    explicit RunDirectory(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    /// Makes the folder and its config.json. \errors VIT-STORE-012 (there is a run already), VIT-BASE-010..013.
    [[nodiscard]] static Result<RunDirectory> create(const std::filesystem::path& folder, const std::string& id,
                                                     const Config& config);

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    [[nodiscard]] std::filesystem::path configFile() const { return m_folder / "config.json"; }
    [[nodiscard]] std::filesystem::path statusFile() const { return m_folder / "status"; }
    [[nodiscard]] std::filesystem::path userFile() const { return m_folder / "user.json"; }
    [[nodiscard]] std::filesystem::path controlFolder() const { return m_folder / "control"; }
    [[nodiscard]] std::filesystem::path checkpointFolder() const { return m_folder / "checkpoints"; }
    [[nodiscard]] std::filesystem::path artifactFolder() const { return m_folder / "artifacts"; }
    /// What the process said outside the events: read after a crash.
    [[nodiscard]] std::filesystem::path outputFile() const { return m_folder / "output.txt"; }
    [[nodiscard]] std::filesystem::path eventFile(int attempt) const;

    /// \errors VIT-STORE-009 config.json is missing or not readable, with the reason as cause.
    [[nodiscard]] Result<RunRecord> readRecord() const;
    [[nodiscard]] Status writeRecord(const RunRecord& record) const;
    /// Highest number of an event file; 0 when there is none.
    [[nodiscard]] int lastAttempt() const;

  private:
    [[nodiscard]] Status fill(const std::string& id, const Config& config) const;

    std::filesystem::path m_folder;
};

/// user.json: what people say of a run. Written by the window only.
struct UserData {
    std::string name, notes;
    std::vector<std::string> tags;
    bool trashed = false;

    [[nodiscard]] Json toJson() const;
};
/// An absent file gives an empty value. \errors VIT-STORE-015 not readable.
[[nodiscard]] Result<UserData> readUserData(const RunDirectory& run);
[[nodiscard]] Status writeUserData(const RunDirectory& run, const UserData& data);

/// Requests to a run, as files in control/: "stop", "pause", "resume".
[[nodiscard]] Status sendControl(const RunDirectory& run, const std::string& request);
void clearControl(const RunDirectory& run);

} // namespace vitrine::store
