// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/lesson.hpp"
#include "core/experiment/session.hpp"
#include "widgets/rooms/tensor_logic/logicsummary.hpp"

#include <QWidget>

#include <array>
#include <functional>
#include <memory>
#include <optional>

class QLabel;
class QSplitter;
class QTimer;

namespace vitrine {

class AnswersPanel;
class CodeEditor;
class EditorPanel;
class LearningPanel;
class LogicClient;
class PageTabs;
class PlanPanel;
class ProgramGraphPanel;
class RoundsPanel;
class SessionBridge;
class StepperPanel;
class WhyPanel;

/// The middle of the Tensor Logic room: program and answers, rounds as table and matrix, why, graph, learning. All
/// panels speak of one tensor, one round and one tuple.
///
/// Where there is little height the program and the stepper join the tabs below them instead of shrinking; where there
/// is little width all panels share one row of tabs.
class LogicMechanism final : public QWidget {
    Q_OBJECT
  public:
    explicit LogicMechanism(QWidget* parent = nullptr);
    ~LogicMechanism() override;

    void setSession(SessionBridge* session);
    /// Options of an evaluation from the room's form: engine, mode, device, threads, memory, rounds.
    void setOptions(std::function<Json()> options) { m_options = std::move(options); }

    /// Takes the room's metric plots as a page of its own.
    void setCurves(QWidget* plots);
    void showCurves();

    void openText(const QString& name, const QString& text, const QString& folder);
    /// Shows what an experiment runs, to be read only: its data are put in by the run. The own program is kept.
    void showExperiment(const QString& title, const QString& text);
    void leaveExperiment(); ///< the own program is back, as it was
    [[nodiscard]] bool isExperiment() const { return m_own.has_value(); }
    [[nodiscard]] QString ownText() const; ///< whatever is on show
    [[nodiscard]] QString ownFolder() const;
    [[nodiscard]] QString text() const; ///< on show
    [[nodiscard]] QString fileName() const { return m_fileName; }
    [[nodiscard]] QString folder() const { return m_folder; }
    [[nodiscard]] QString filePath() const;
    void evaluate();
    void cancel();
    /// Shows the evaluation that a past run wrote down. \param whose  the run's name, for the line that says so
    void loadTrace(const QString& path, const QString& folder, const QString& whose);
    [[nodiscard]] QString whoseEvaluation() const { return m_whose; } ///< empty: the editor's own
    [[nodiscard]] bool isEvaluating() const;
    [[nodiscard]] const LogicSummary* summary() const { return m_summary.get(); }
    /// "stepper", "matrix", "table", "why", "terms", "answers", "graph", "rounds", "learning", "editor",
    /// "plan", "curves". \return false: unknown
    bool showView(const QString& view, const QString& tensor = {}, const QStringList& cells = {});
    [[nodiscard]] std::optional<bool> confirm(const LessonCheck& check) const;
    [[nodiscard]] Json draft() const;
    void restore(const Json& draft);

    [[nodiscard]] CodeEditor* editor() const;
    [[nodiscard]] EditorPanel* editorPanel() const { return m_editorPanel; }
    [[nodiscard]] StepperPanel* stepper() const { return m_stepper; }
    [[nodiscard]] WhyPanel* why() const { return m_why; }
    [[nodiscard]] ProgramGraphPanel* graph() const { return m_graph; }
    [[nodiscard]] PlanPanel* plan() const { return m_plan; }
    [[nodiscard]] LearningPanel* learning() const { return m_learning; }
    [[nodiscard]] AnswersPanel* answers() const { return m_answers; }
    [[nodiscard]] RoundsPanel* rounds() const { return m_rounds; }

    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void evaluated();
    void draftChanged();
    void ownProgramWanted(); ///< while an experiment's is on show
    void failed(const vitrine::Error& error);
    void filesDropped(const QStringList& paths);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    /// Which panels stand beside others and which wait behind tabs.
    struct Shape {
        bool isNarrow = false, isLeftShort = false, isRightShort = false;
        PageTabs* enlarged = nullptr;
        friend bool operator==(const Shape&, const Shape&) = default;
    };
    void build();
    void buildWhose();
    void arrange();
    void share();
    void showPanel(QWidget* panel);
    [[nodiscard]] QWidget* panelOf(const QString& view) const; ///< of the names of showView; null: unknown
    [[nodiscard]] Shape shapeNow() const;
    void connectPanels();
    void take(const Reply& reply);
    void takeProgress(const Json& part);
    void takeSummary(const Json& json);
    void runPending();
    void explain(const TupleRef& tuple, const QVector<qint64>& position);
    void goToLine(int line);
    void enlarge(PageTabs* pages, bool isEnlarged);
    void showWhose(const QString& whose);
    void showText(const QString& name, const QString& text, const QString& folder);
    void planCurrentLine();
    [[nodiscard]] QString hoverText(int line, int column) const;
    [[nodiscard]] QString tensorFacts(const tl::Program& program, const tl::TensorInfo& info, bool isNamed) const;

    std::function<Json()> m_options;
    LogicClient* m_client;
    struct Document {
        QString name, text, folder;
    };
    QString m_fileName, m_folder;
    std::optional<Document> m_own; ///< while an experiment's program is on show
    std::shared_ptr<const LogicSummary> m_summary;
    bool m_isWaiting = false;        ///< asked to evaluate before the session was there
    std::function<void()> m_pending; ///< what a link wants once the evaluation is there

    QSplitter *m_columns, *m_left, *m_right;
    EditorPanel* m_editorPanel;
    AnswersPanel* m_answers;
    WhyPanel* m_why;
    ProgramGraphPanel* m_graph;
    PlanPanel* m_plan;
    StepperPanel* m_stepper;
    RoundsPanel* m_rounds;
    LearningPanel* m_learning;
    QWidget* m_curves = nullptr;
    QWidget* m_whoseLine;
    QLabel* m_whoseText;
    QString m_whose;
    QTimer* m_planLater;
    PageTabs* m_enlarged = nullptr;
    PageTabs *m_leftPages, *m_rightPages;
    std::optional<Shape> m_shape;
    /// Share of the first half of each splitter, once someone moved it: columns, left, right.
    std::array<std::optional<double>, 3> m_shares;
};

} // namespace vitrine
