// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace vitrine {

class ConfigDocument;
class RunBar;

/// Top of a room: title, one line of summary with the paper's link, and the run bar.
class RoomHeader final : public QWidget {
    Q_OBJECT
  public:
    explicit RoomHeader(ConfigDocument& document, QWidget* parent = nullptr);
    [[nodiscard]] RunBar& runBar() const { return *m_bar; }

  private:
    RunBar* m_bar;
};

} // namespace vitrine
