// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/state.hpp"

#include <QWidget>

class QMenu;
class QPushButton;
class QComboBox;

namespace vitrine {

class ConfigDocument;
class StatePill;

/// State pill, preset chooser, Run with its estimate, Pause, Stop. What is enabled follows from the run's state and
/// from the document's problems alone.
class RunBar final : public QWidget {
    Q_OBJECT
  public:
    explicit RunBar(ConfigDocument& document, QWidget* parent = nullptr);

    void setState(RunState state, const QString& detail = {}, bool isResumable = false);
    /// Why nothing can be started at all ("This workspace is open in another window"); empty: it can.
    void setBlocked(const QString& reason);
    [[nodiscard]] QMenu* runMenu() const { return m_menu; } ///< the window adds "Run on …", "Copy as command"
    [[nodiscard]] bool canRun() const;
    [[nodiscard]] bool canPause() const;
    [[nodiscard]] bool canStop() const;
    [[nodiscard]] bool canResume() const;
    [[nodiscard]] QString whyNot() const; ///< why Run is disabled, or empty

  Q_SIGNALS:
    void runRequested();
    void pauseRequested();
    void resumeRequested();
    void stopRequested();
    void enabledChanged();

  private:
    void refresh();
    void fillPresets();

    ConfigDocument& m_document;
    StatePill* m_pill;
    QComboBox* m_presets;
    QPushButton* m_run;
    QPushButton* m_more;
    QPushButton* m_pause;
    QPushButton* m_stop;
    QMenu* m_menu;
    RunState m_state = RunState::Draft;
    bool m_isResumable = false;
    QString m_blocked;
};

} // namespace vitrine
