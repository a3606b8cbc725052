// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

class QButtonGroup;
class QVBoxLayout;

namespace vitrine {

class RunHub;
struct Services;

/// One entry of the rail: icon over its name, or the icon alone.
class RailButton final : public QAbstractButton {
    Q_OBJECT
  public:
    RailButton(const QString& icon, const QString& name, const QString& tip, QWidget* parent = nullptr);
    void setNameShown(bool isShown);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_icon;
    bool m_isNameShown = true;
};

/// Left edge of the window: start page, rooms in four groups, the newest runs.
class Rail final : public QWidget {
    Q_OBJECT
  public:
    explicit Rail(const Services& services, QWidget* parent = nullptr);
    void setCurrent(const QString& room); ///< empty: the start page

  Q_SIGNALS:
    void startRequested();
    void roomRequested(const QString& room);
    void runRequested(const QString& run);

  private:
    void addHeading(const QString& text);
    void buildRooms(const Services& services);
    void refreshRuns(const RunHub& runs);

    QVBoxLayout* m_column;
    QVBoxLayout* m_runsColumn;
    QWidget* m_runsHeading;
    QButtonGroup* m_group;
    QList<RailButton*> m_buttons;
};

} // namespace vitrine
