// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/rooms/room.hpp"

namespace vitrine {

class LogicMechanism;

/// The Tensor Logic room: a program, its answers, and how it came to them.
class TensorLogicRoom final : public Room {
    Q_OBJECT
  public:
    explicit TensorLogicRoom(const RoomContext& context, QWidget* parent = nullptr);
    [[nodiscard]] LogicMechanism* mechanism() const { return m_mechanism; }

    bool openSample(const QString& name) override;
    [[nodiscard]] QStringList fileFilters() const override;
    bool openFile(const QString& path) override;

  protected:
    QWidget* makeMechanism() override;
    [[nodiscard]] QStringList paramsShownElsewhere() const override {
        return {QStringLiteral("program"), QStringLiteral("folder")};
    }
    void takeEvents(const RunBatch& batch) override;
    bool placePlots(RoomPlots& plots) override;
    /// The rounds of a program have their bars and its learning its curve, both of the evaluation on show.
    [[nodiscard]] QStringList metricsShownElsewhere() const override { return {QStringLiteral("delta")}; }
    [[nodiscard]] qint64 stepsOfSeed(const QString& metric, const Config& config) const override;
    bool act(const LessonAction& action) override;
    [[nodiscard]] std::optional<bool> confirm(const LessonCheck& check) const override;
    [[nodiscard]] Json saveOwnDraft() const override;
    void restoreOwnDraft(const Json& draft) override;
    void completeConfig(Config& config) const override;

  private:
    void addActions();
    void shareProgram();
    void openConfigured();
    void showWhatRuns();
    [[nodiscard]] bool runsOwnProgram() const;
    void refuseFile(const QString& why);
    void addLine(const QString& line);
    void saveProgram();
    void openProgramDialog();
    [[nodiscard]] Json evaluateOptions() const;
    LogicMechanism* m_mechanism = nullptr;
    std::string m_experimentPreset; ///< with which the experiment on show came
};

} // namespace vitrine
