// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"

#include <QList>
#include <QWidget>

#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;
class QTimer;
class QToolButton;

namespace vitrine {

struct Services;

/// Bottom edge of the window: device, memory, jobs, switches of the folded panels, language.
class StatusStrip final : public QWidget {
    Q_OBJECT
  public:
    explicit StatusStrip(const Services& services, QWidget* parent = nullptr);
    /// A button that folds and unfolds a panel, ahead of the language.
    void addPanelButton(QAction* toggle);
    /// The device that the room in front computes on: "cpu", "cuda", "cuda:1".
    void setDevice(const QString& device);
    void setDevices(std::vector<DeviceInfo> devices); ///< what there is; the strip finds it out itself
    [[nodiscard]] QString deviceText() const;
    [[nodiscard]] QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void jobsClicked();
    void languageChosen(const QString& language);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void findDevices();
    void refreshDevice();
    void refreshMemory();
    void refreshJobs(const Services& services);

    std::vector<DeviceInfo> m_devices; ///< the processor first
    QString m_deviceName = QStringLiteral("cpu");
    QLabel* m_device;
    QLabel* m_memory;
    QPushButton* m_jobs;
    QProgressBar* m_progress;
    QTimer* m_timer;
    QList<QToolButton*> m_panels;
};

} // namespace vitrine
