// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QBoxLayout;
class QToolButton;

namespace vitrine {

class ConfigDocument;
class RunBar;

/// Top of a room: title, one line of summary with the paper's link, the run bar and the button of the parameters.
class RoomHeader final : public QWidget {
    Q_OBJECT
  public:
    explicit RoomHeader(ConfigDocument& document, QWidget* parent = nullptr);
    [[nodiscard]] RunBar& runBar() const { return *m_bar; }
    void setParametersShown(bool isShown); ///< the state of the button that shows them

  Q_SIGNALS:
    void parametersToggled(bool isShown);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    RunBar* m_bar;
    QToolButton* m_parameters;
    QWidget *m_words, *m_below;
};

} // namespace vitrine
