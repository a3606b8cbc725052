// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/form/runbar.hpp"

#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QIcon>
#include <QMenu>
#include <QPushButton>
#include <QUndoStack>

namespace vitrine {

namespace {
QPushButton* iconButton(const QString& icon, const QString& name, const QString& tip) {
    auto* button = new QPushButton;
    button->setIcon(themeIcon(icon, IconTone::Text));
    button->setAccessibleName(name);
    button->setToolTip(tip);
    setButtonRole(button, ButtonRole::Plain);
    return button;
}
} // namespace

RunBar::RunBar(ConfigDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_pill(new StatePill), m_presets(new QComboBox), m_run(new QPushButton),
      m_more(new QPushButton), m_pause(iconButton(QStringLiteral("pause"), tr("Pause"), tr("Pause the run (F6)"))),
      m_stop(iconButton(QStringLiteral("stop"), tr("Stop"), tr("Stop the run and keep what it has (Shift+F5)"))),
      m_menu(new QMenu(this)) {
    m_run->setObjectName(QStringLiteral("run"));
    m_pause->setObjectName(QStringLiteral("pause"));
    m_stop->setObjectName(QStringLiteral("stop"));
    m_presets->setObjectName(QStringLiteral("presets"));
    m_presets->setAccessibleName(tr("Preset"));
    m_presets->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    setButtonRole(m_run, ButtonRole::Primary);
    setButtonRole(m_more, ButtonRole::Primary);
    m_more->setAccessibleName(tr("More ways to run"));
    m_more->setToolTip(tr("More ways to run"));
    m_more->setIcon(themeIcon(QStringLiteral("chevron-down"), IconTone::OnAccent));
    m_more->setFixedWidth(Theme::px(24));
    connect(m_more, &QPushButton::clicked, this,
            [this] { m_menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height() + 2))); });

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Space::s());
    row->addWidget(m_pill);
    row->addWidget(m_presets);
    auto* split = new QHBoxLayout;
    split->setSpacing(1);
    split->addWidget(m_run);
    split->addWidget(m_more);
    row->addLayout(split);
    row->addWidget(m_pause);
    row->addWidget(m_stop);

    fillPresets();
    connect(m_presets, &QComboBox::activated, this,
            [this] { m_document.setPreset(utf8(m_presets->currentData().toString())); });
    connect(m_run, &QPushButton::clicked, this,
            [this] { canResume() && m_state == RunState::Paused ? Q_EMIT resumeRequested() : Q_EMIT runRequested(); });
    connect(m_pause, &QPushButton::clicked, this,
            [this] { canResume() ? Q_EMIT resumeRequested() : Q_EMIT pauseRequested(); });
    connect(m_stop, &QPushButton::clicked, this, &RunBar::stopRequested);
    connect(&m_document, &ConfigDocument::configChanged, this, &RunBar::refresh);
    connect(&m_document, &ConfigDocument::checked, this, &RunBar::refresh);
    refresh();
}

void RunBar::fillPresets() {
    for (const Preset& preset : m_document.descriptor().presets) {
        m_presets->addItem(coreText(preset.label), qtext(preset.id));
        m_presets->setItemData(m_presets->count() - 1, coreText(preset.summary), Qt::ToolTipRole);
    }
    m_presets->setVisible(m_presets->count() > 0);
}

void RunBar::setState(RunState state, const QString& detail, bool isResumable) {
    m_state = state;
    m_isResumable = isResumable;
    m_pill->setState(state, detail);
    refresh();
}

void RunBar::setBlocked(const QString& reason) {
    m_blocked = reason;
    refresh();
}

bool RunBar::canRun() const {
    return whyNot().isEmpty();
}
bool RunBar::canPause() const {
    return m_state == RunState::Running && m_document.descriptor().caps.pausable && m_blocked.isEmpty();
}
bool RunBar::canStop() const {
    return m_blocked.isEmpty() && (m_state == RunState::Queued || m_state == RunState::Starting ||
                                   m_state == RunState::Running || m_state == RunState::Paused);
}
bool RunBar::canResume() const {
    if (!m_blocked.isEmpty()) return false;
    return m_state == RunState::Paused || (isFinal(m_state) && m_state != RunState::Completed && m_isResumable);
}

QString RunBar::whyNot() const {
    if (!m_blocked.isEmpty()) return m_blocked;
    if (isActive(m_state) || m_state == RunState::Queued)
        return tr("A run of this room is going. Stop it, or wait for it.");
    for (const Problem& problem : m_document.problems())
        if (problem.severity == Severity::Error)
            return tr("Correct the parameters first: %1").arg(coreText(problem.message, problem.arguments));
    if (!m_document.isChecked()) return tr("The parameters are being checked.");
    return {};
}

void RunBar::refresh() {
    const Config& config = m_document.config();
    m_presets->setCurrentIndex(m_presets->findData(qtext(config.preset)));
    m_presets->setToolTip(m_presets->currentData(Qt::ToolTipRole).toString());
    const ResourceEstimate& estimate = m_document.estimate();
    QStringList parts{tr("Run")};
    if (m_document.isValid() && estimate.seconds > 0) parts << secondsText(estimate.seconds);
    if (m_document.isValid() && estimate.memoryBytes > 0) parts << bytesText(estimate.memoryBytes);
    m_run->setText(parts.join(QStringLiteral(" · ")));
    const bool isEnabled = canRun();
    m_run->setIcon(themeIcon(QStringLiteral("play"), IconTone::OnAccent));
    m_run->setEnabled(isEnabled);
    m_more->setEnabled(isEnabled);
    QString tip = whyNot();
    if (tip.isEmpty()) tip = tr("Start a run with these parameters (F5)");
    if (isEnabled && !estimate.note.empty()) tip += QLatin1Char('\n') + coreText(estimate.note, estimate.noteArguments);
    m_run->setToolTip(tip);
    m_run->setAccessibleDescription(tip);
    const bool isResume = canResume();
    m_pause->setEnabled(canPause() || isResume);
    m_pause->setIcon(themeIcon(isResume ? QStringLiteral("resume") : QStringLiteral("pause"), IconTone::Text));
    m_pause->setAccessibleName(isResume ? tr("Resume") : tr("Pause"));
    m_pause->setToolTip(isResume ? tr("Go on with the run (F6)") : tr("Pause the run (F6)"));
    m_stop->setEnabled(canStop());
    Q_EMIT enabledChanged();
}

} // namespace vitrine
