// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/lesson.hpp"

#include <QFrame>

#include <functional>
#include <optional>

class QLabel;
class QTextBrowser;
class QToolButton;

namespace vitrine {

/// A lesson, step by step, on top of its room: text with links that act, and what one should see, with a tick, a cross
/// or nothing before it as the room's own data say.
class LessonStrip final : public QFrame {
    Q_OBJECT
  public:
    using Confirm = std::function<std::optional<bool>(const LessonCheck&)>;

    /// Reads resources/lessons/<room>.<language>.md, else the English one. \return null when there is none
    [[nodiscard]] static LessonStrip* load(const QString& room, const QString& language);
    explicit LessonStrip(Lesson lesson, QWidget* parent = nullptr);

    void setConfirm(Confirm confirm) { m_confirm = std::move(confirm); }
    void setStep(int step);
    void setOpen(bool isOpen);   ///< the reader's wish: it stays whatever the height
    void setShort(bool isShort); ///< little height: one line, unless the reader wished otherwise
    [[nodiscard]] std::optional<bool> chosen() const { return m_chosen; }
    [[nodiscard]] int step() const { return m_step; }
    [[nodiscard]] int stepCount() const { return static_cast<int>(m_lesson.steps.size()); }
    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] const Lesson& lesson() const { return m_lesson; }
    /// All checks of a step: true, false, or nothing while one cannot be said.
    [[nodiscard]] std::optional<bool> verdict(int step) const;
    void refreshChecks();

  Q_SIGNALS:
    void linkActivated(const vitrine::LessonAction& action);
    void stepChanged(int step);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void showStep();
    void fitHeight();
    void fold();

    Lesson m_lesson;
    Confirm m_confirm;
    int m_step = 0;
    bool m_isShort = false;
    std::optional<bool> m_chosen;
    QLabel* m_heading;
    QTextBrowser* m_body;
    QWidget* m_expectedRow;
    QLabel *m_mark, *m_shortMark; ///< beside the expectation; beside the heading while folded
    QLabel* m_expected;
    QToolButton* m_back;
    QToolButton* m_next;
    QToolButton* m_fold;
};

} // namespace vitrine
