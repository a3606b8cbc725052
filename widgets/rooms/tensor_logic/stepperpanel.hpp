// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "widgets/graph/matrixview.hpp"
#include "widgets/rooms/tensor_logic/logicsummary.hpp"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QSlider;
class QSpinBox;
class QSplitter;
class QTableView;
class QToolButton;

namespace vitrine {

class ChipRow;
class GraphView;
class LogicClient;
class PanelTitle;
class RowsModel;
class SessionTiles;

/// One tensor, as table and as matrix side by side, round by round. Table, matrix and the rest of the room share one
/// selected tuple.
class StepperPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit StepperPanel(LogicClient& client, QWidget* parent = nullptr);

    void setSummary(std::shared_ptr<const LogicSummary> summary); ///< null: nothing to show
    void setExperiment(bool isExperiment);                        ///< what there is to do while nothing is on show
    void showTensor(const QString& name);
    void setRound(int round); ///< clamped to 1 .. last
    void stepForward();
    void stepBack();
    void setPlaying(bool isPlaying);
    /// \param isChosen  false: by the view itself; another round may choose another one
    void select(const TupleRef& tuple, bool isChosen = true);
    /// The goal tree of the query of this line, when the evaluation ran backward.
    void showGoalsOf(int line);
    [[nodiscard]] GraphView* goals() const { return m_goals; }
    [[nodiscard]] bool isShowingGoals() const { return !m_goalList.isEmpty(); }
    QSize minimumSizeHint() const override;
    [[nodiscard]] QString tensor() const;
    [[nodiscard]] int round() const { return m_round; }
    [[nodiscard]] int lastRound() const;
    [[nodiscard]] const TupleRef& selected() const { return m_selected; }
    [[nodiscard]] QString answer() const;
    [[nodiscard]] MatrixView* matrix() const { return m_matrix; }
    [[nodiscard]] QTableView* table() const { return m_table; }
    [[nodiscard]] RowsModel* rowsModel() const { return m_rows; }

  Q_SIGNALS:
    void tensorChanged(const QString& name);
    void roundChanged(int round);
    void selectionChanged(const vitrine::TupleRef& tuple, const QVector<qint64>& position);
    void lineChosen(int line);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void buildHead();
    struct Goal {
        QString label;
        qint64 answers = 0, memoHits = 0;
    };
    void refreshTensor();
    void shareRoom();
    void askGoals(const QString& query);
    void takeWitnesses(const Json& json);
    void takeGoals(const Json& json);
    void takeGoalGraph(GraphSnapshot graph);
    void clearGoals();
    void refreshGoal();
    void refreshRound();
    void refreshWords();
    void refreshChips();
    void askLabels(int axis);
    void chooseFirstNew();
    void selectFromTable();
    void selectFromMatrix(const MatrixCell& cell);
    [[nodiscard]] const TensorView* view() const;
    [[nodiscard]] QString label(int axis, qint64 position) const;
    [[nodiscard]] qint64 positionOf(int axis, const QString& label) const;
    [[nodiscard]] QVector<qint64> positionOf(const TupleRef& tuple) const;
    [[nodiscard]] QVector<qint64> prefix() const;

    LogicClient& m_client;
    std::shared_ptr<const LogicSummary> m_summary;
    QString m_tensor;
    int m_round = 0;
    TupleRef m_selected;
    QVector<QStringList> m_labels; ///< per axis; empty: positions
    QVector<QHash<QString, qint64>> m_positions;
    bool m_isSelecting = false, m_isSplitMoved = false, m_isChosen = false;

    PanelTitle* m_title;
    QComboBox* m_chooser;
    QToolButton *m_back, *m_step, *m_play;
    QSlider* m_slider;
    QHBoxLayout* m_prefixRow;
    QVector<QSpinBox*> m_prefixBoxes;
    QSplitter* m_split;
    MatrixView* m_matrix;
    QTableView* m_table;
    RowsModel* m_rows;
    SessionTiles* m_tiles;
    ChipRow* m_chips;
    GraphView* m_goals; ///< stands where the matrix is while a goal tree is on show
    QVector<Goal> m_goalList;
    QString m_goalQuery;
    qint64 m_allGoals = 0;
    QTimer m_player;
};

} // namespace vitrine
