// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/lesson.hpp"
#include "widgets/bridge/runtypes.hpp"
#include "widgets/rooms/roomcontext.hpp"

#include <QWidget>

#include <optional>

class QHBoxLayout;
class QSplitter;

namespace vitrine {

class ArtifactList;
class ConfigDocument;
class ErrorBanner;
class LessonStrip;
class ParamEditorRegistry;
class ParamForm;
class RoomHeader;
class RoomPlots;
class SessionBridge;

/// The face that every room has: header with presets and Run, banner, lesson, mechanism, metric plots, artefacts,
/// parameters. A room derives from it and brings its mechanism; without a class of its own a method gets this one.
class Room : public QWidget {
    Q_OBJECT
  public:
    explicit Room(const RoomContext& context, QWidget* parent = nullptr);
    ~Room() override;
    /// Builds everything; called once by the registry, after the constructor.
    void assemble();

    [[nodiscard]] const RoomContext& context() const { return m_context; }
    [[nodiscard]] QString id() const;
    [[nodiscard]] ConfigDocument& document() const { return *m_document; }
    [[nodiscard]] ErrorBanner& banner() const { return *m_banner; }
    [[nodiscard]] RoomPlots& plots() const { return *m_plots; }
    [[nodiscard]] RoomHeader& header() const { return *m_header; }
    [[nodiscard]] ParamForm& form() const { return *m_form; }
    [[nodiscard]] LessonStrip* lesson() const { return m_lesson; } ///< null when the room has none
    /// The method's session; null until libvitrine_methods is loaded, or when the method has none. See sessionReady.
    [[nodiscard]] SessionBridge* session() const { return m_session; }

    // Runs. One run is on show at a time; others may lie over its curves.
    [[nodiscard]] QString shownRun() const { return m_run; }
    void showRun(const QString& run); ///< draws it from its first event on; empty: none
    void compareWith(const QStringList& runs);
    void startRun();
    /// The same run for a shell: "vitrine-run ID --preset P --seed N --set k=v".
    [[nodiscard]] QString shellCommand() const;
    void pauseOrResume();
    void stopRun();

    /// The whole room as JSON: parameters, lesson step, splitters, and what the room itself keeps.
    [[nodiscard]] Json draft() const;
    void restoreDraft(const Json& draft);
    /// Acts on a link of a lesson. \return false when nobody knows the verb
    bool followLink(const LessonAction& action);

    /// What a room does not override, or calls first: a sample of resources/samples/<room> by name.
    virtual bool openSample(const QString& name);
    /// Files that may be dropped on the window or opened: "*.tl *.csv".
    [[nodiscard]] virtual QStringList fileFilters() const { return {}; }
    virtual bool openFile(const QString& path);

  Q_SIGNALS:
    void draftChanged(); ///< something that draft() holds is new
    void shownRunChanged(const QString& run);
    void checksChanged();                           ///< confirm() may answer differently now
    void sessionReady();                            ///< session() is usable from now on
    void problemFound(const vitrine::Error& error); ///< for the problems list
    void paramProblemsChanged();

  protected:
    /// The middle of the room; null: the plots get its place.
    virtual QWidget* makeMechanism() { return nullptr; }
    /// Takes the metric plots into the mechanism, as a page of its own. \return false: they stand below it
    virtual bool placePlots(RoomPlots&) { return false; }
    /// Metrics that the mechanism draws itself: their plots appear only when runs are compared.
    [[nodiscard]] virtual QStringList metricsShownElsewhere() const { return {}; }
    /// Steps of one seed in a run of several, whose metric counts on from seed to seed; 0: it does not. Each seed has
    /// a curve of its own then, and those that are through a mean.
    [[nodiscard]] virtual qint64 stepsOfSeed(const QString& /*metric*/, const Config&) const { return 0; }
    /// Replaces editors of single knobs or kinds.
    virtual void setUpEditors(ParamEditorRegistry& editors);
    /// Knobs that the mechanism edits itself, such as a program: the form leaves them out.
    [[nodiscard]] virtual QStringList paramsShownElsewhere() const { return {}; }
    /// Called when another run is on show: what was drawn of the last one goes.
    virtual void clearRun() {}
    /// New events of the run on show, in order; scalars reach the metric plots without the room.
    virtual void takeEvents(const RunBatch& batch);
    /// A link that the base does not know, such as "show" or "evaluate".
    virtual bool act(const LessonAction& action);
    /// A check of a lesson: true, false, or nothing while it cannot be said. The base knows `metric` and `passed`.
    [[nodiscard]] virtual std::optional<bool> confirm(const LessonCheck& check) const;
    [[nodiscard]] virtual Json saveOwnDraft() const { return {}; }
    virtual void restoreOwnDraft(const Json& draft);
    /// Before a run starts: the room may complete the configuration (the text of its editor).
    virtual void completeConfig(Config& config) const;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void buildFace();
    QWidget* buildMiddle();
    void buildSide();
    void arrangeSide();
    void showSide(bool isShown);
    void fillRunMenu();
    void buildLesson();
    void connectRuns();
    void takeBatch(const RunBatchPtr& batch);
    void refreshState();
    void makeSession();
    [[nodiscard]] std::optional<bool> confirmMetric(const QString& text) const;

    RoomContext m_context;
    ConfigDocument* m_document;
    RoomHeader* m_header = nullptr;
    ErrorBanner* m_banner = nullptr;
    LessonStrip* m_lesson = nullptr;
    RoomPlots* m_plots = nullptr;
    ParamForm* m_form = nullptr;
    ArtifactList* m_artifacts = nullptr;
    QSplitter* m_middle = nullptr;       ///< mechanism and plots; null when there is one of them
    std::optional<double> m_middleShare; ///< of the mechanism, once someone moved the line
    QWidget* m_side = nullptr;           ///< parameters: beside the mechanism, or over it where there is no room
    QHBoxLayout* m_columns = nullptr;
    bool m_isSideWanted = true, m_isSideOver = false;
    SessionBridge* m_session = nullptr;
    QString m_run;
    RunState m_lastState = RunState::Draft;
};

} // namespace vitrine
