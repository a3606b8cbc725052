// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/state.hpp"

#include <QAbstractButton>
#include <QLabel>
#include <QWidget>

class QHBoxLayout;
class QToolButton;
class QVBoxLayout;

namespace vitrine {

/// Title of a view: the question that it answers, the computed answer in one line below, its buttons at the right.
class PanelTitle final : public QWidget {
    Q_OBJECT
  public:
    explicit PanelTitle(const QString& question, QWidget* parent = nullptr);
    void setQuestion(const QString& question);
    void setAnswer(const QString& answer); ///< empty hides the line
    void addAction(QWidget* button);
    [[nodiscard]] QString answer() const;

  private:
    QLabel* m_question;
    QLabel* m_answer;
    QHBoxLayout* m_row;
};

/// The column of a panel: its title, and its body below in the rest of the room.
void panelColumn(QWidget* panel, PanelTitle* title, QWidget* body);

/// One line that ends in "…" where there is no room, and tells the whole in its tool tip.
class ElidedLabel final : public QLabel {
    Q_OBJECT
  public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
};

/// A quiet link in secondary text: underlined under the pointer, opened by click or Enter.
class LinkButton final : public QAbstractButton {
    Q_OBJECT
  public:
    LinkButton(const QString& text, const QString& url, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// True while `widget` has the focus and it came by keyboard: when a focus ring is due.
[[nodiscard]] bool hasKeyboardFocus(const QWidget* widget);

/// A rounded word that says where a run stands; colour and word both say it.
class StatePill final : public QLabel {
    Q_OBJECT
  public:
    explicit StatePill(QWidget* parent = nullptr);
    void setState(RunState state, const QString& detail = {}); ///< "Running, step 208 of 400"

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    RunState m_state = RunState::Draft;
};
/// A state in the user's language: "Paused".
[[nodiscard]] QString stateText(RunState state);

/// A group that folds: its heading is a button, its body any widget.
class FoldGroup final : public QWidget {
    Q_OBJECT
  public:
    FoldGroup(const QString& title, QWidget* body, bool isOpen, QWidget* parent = nullptr);
    void setOpen(bool isOpen);
    [[nodiscard]] bool isOpen() const;
    void setTitle(const QString& title);

  Q_SIGNALS:
    void toggled(bool isOpen);

  private:
    QToolButton* m_heading;
    QWidget* m_body;
};

/// A one-pixel line in the palette's hairline colour.
class Hairline final : public QWidget {
    Q_OBJECT
  public:
    explicit Hairline(Qt::Orientation orientation, QWidget* parent = nullptr);

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// A surface in the colour of a panel (Base) or of the frame (Window).
QWidget* asPanel(QWidget* widget);

} // namespace vitrine
