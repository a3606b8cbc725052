// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/statusstrip.hpp"

#include "app/gui/services.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/deviceprobe.hpp"
#include "widgets/bridge/runhub.hpp"

#include <QAction>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QThreadPool>
#include <QTimer>
#include <QToolButton>

#include <utility>

namespace vitrine {

StatusStrip::StatusStrip(const Services& services, QWidget* parent)
    : QWidget(parent), m_device(asSecondary(new ElidedLabel, TextSize::Caption)),
      m_memory(asSecondary(new ElidedLabel, TextSize::Caption)), m_jobs(new QPushButton), m_progress(new QProgressBar),
      m_timer(new QTimer(this)) {
    m_device->setObjectName(QStringLiteral("device"));
    setDevices({cpuInfo()});
    findDevices();
    m_jobs->setFont(Theme::font(TextSize::Caption));
    m_jobs->setFlat(true);
    setButtonRole(m_jobs, ButtonRole::Link);
    m_jobs->setToolTip(tr("Show the runs"));
    m_progress->setFixedWidth(Theme::px(80));
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of all runs"));
    auto* row = new QHBoxLayout(this);
    row->setObjectName(QStringLiteral("statusRow"));
    row->setContentsMargins(Space::m(), 0, Space::s(), 0);
    row->setSpacing(Space::l());
    row->addWidget(m_device);
    row->addWidget(m_memory);
    row->addWidget(m_jobs);
    row->addWidget(m_progress);
    row->addStretch(1);
    auto* languages = new QHBoxLayout;
    languages->setSpacing(0);
    for (const auto& [code, name] : {std::pair{"ko", "한국어"}, std::pair{"en", "English"}}) {
        auto* button = new QToolButton;
        const bool isCurrent = services.language == QLatin1String(code);
        button->setText(QString::fromUtf8(name));
        button->setFont(Theme::font(TextSize::Caption, isCurrent ? QFont::Medium : QFont::Normal));
        button->setCheckable(true);
        button->setChecked(isCurrent);
        button->setToolTip(tr("Show Vitrine in %1").arg(QString::fromUtf8(name)));
        button->setAccessibleName(QString::fromUtf8(name));
        setButtonRole(button, ButtonRole::Quiet);
        connect(button, &QToolButton::clicked, this, [this, button, isCurrent, language = QString::fromLatin1(code)] {
            button->setChecked(isCurrent);
            if (!isCurrent) Q_EMIT languageChosen(language);
        });
        languages->addWidget(button);
    }
    row->addLayout(languages);
    connect(m_jobs, &QPushButton::clicked, this, &StatusStrip::jobsClicked);
    connect(&services.runs, &RunHub::activeChanged, this, [this, services] { refreshJobs(services); });
    connect(m_timer, &QTimer::timeout, this, &StatusStrip::refreshMemory);
    m_timer->start(2000);
    refreshMemory();
    refreshJobs(services);
    setFixedHeight(Theme::px(30));
}

// Little room: the panels' buttons keep their icons alone, then the texts on the left are cut.
void StatusStrip::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool isNarrow = width() < Theme::px(900);
    for (QToolButton* button : std::as_const(m_panels))
        button->setToolButtonStyle(isNarrow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
}

// The strip must not be what keeps a window wide.
QSize StatusStrip::minimumSizeHint() const {
    return {Theme::px(320), Theme::px(30)};
}

void StatusStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::tokens().sunken);
    painter.fillRect(QRect(0, 0, width(), 1), Theme::tokens().hairline);
}

void StatusStrip::addPanelButton(QAction* toggle) {
    auto* button = new QToolButton;
    button->setDefaultAction(toggle);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFont(Theme::font(TextSize::Caption));
    setButtonRole(button, ButtonRole::Quiet);
    m_panels.append(button);
    auto* row = static_cast<QHBoxLayout*>(layout());
    row->insertWidget(row->count() - 1, button);
}

// The driver may take its time: it is asked on a worker.
void StatusStrip::findDevices() {
    QThreadPool::globalInstance()->start([self = QPointer<StatusStrip>(this)] {
        std::vector<DeviceInfo> gpus = gpuInfos();
        if (gpus.empty()) return;
        QMetaObject::invokeMethod(qApp, [self, gpus = std::move(gpus)]() mutable {
            if (!self) return;
            gpus.insert(gpus.begin(), cpuInfo());
            self->setDevices(std::move(gpus));
        });
    });
}

void StatusStrip::setDevices(std::vector<DeviceInfo> devices) {
    m_devices = std::move(devices);
    refreshDevice();
}

void StatusStrip::setDevice(const QString& device) {
    if (std::exchange(m_deviceName, device) != device) refreshDevice();
}

QString StatusStrip::deviceText() const {
    return m_device->text();
}

void StatusStrip::refreshDevice() {
    const bool isGpu = m_deviceName.startsWith(QLatin1String("cuda"));
    const int index = m_deviceName.section(QLatin1Char(':'), 1).toInt();
    const DeviceInfo* used = nullptr;
    QStringList all;
    for (const DeviceInfo& each : m_devices) {
        const bool isCpu = each.device.kind == DeviceKind::Cpu;
        if (isCpu != isGpu && (isCpu || each.device.index == index)) used = &each;
        QString line = tr("%1, %2 of memory", "device").arg(qtext(each.model), bytesText(each.memoryBytes));
        if (!each.usable) line += QStringLiteral(": ") + coreText(each.reason);
        all << line;
    }
    if (!used)
        m_device->setText(tr("○ No GPU found", "status bar"));
    else if (!used->usable)
        m_device->setText(tr("○ %1, cannot be used", "status bar").arg(qtext(used->model)));
    else if (isGpu)
        m_device->setText(
            tr("● %1, %2", "status bar: GPU, memory").arg(qtext(used->model), bytesText(used->memoryBytes)));
    else
        m_device->setText(tr("● CPU, %n threads", "status bar", used->cores));
    m_device->setToolTip(all.join(QLatin1Char('\n')));
}

void StatusStrip::refreshMemory() {
    const MemoryNow now = memoryNow();
    m_memory->setText(tr("%1 · %2 of %3", "this program, machine used, machine total")
                          .arg(bytesText(now.process), bytesText(now.used), bytesText(now.total)));
    m_memory->setToolTip(tr("Vitrine's window holds %1 of memory. The machine uses %2 of its %3.")
                             .arg(bytesText(now.process), bytesText(now.used), bytesText(now.total)));
}

void StatusStrip::refreshJobs(const Services& services) {
    const QStringList active = services.runs.activeIds();
    double done = 0;
    int known = 0;
    for (const QString& id : active) {
        const RunInfo* info = services.runs.find(id);
        if (!info->progress || info->progress->total <= 0) continue;
        done += info->progress->done / info->progress->total;
        ++known;
    }
    m_jobs->setText(active.isEmpty() ? tr("No run going")
                                     : tr("%n run(s) going", "status bar", static_cast<int>(active.size())));
    m_jobs->setEnabled(!active.isEmpty());
    m_progress->setVisible(!active.isEmpty());
    m_progress->setRange(0, known ? 1000 : 0);
    if (known) m_progress->setValue(static_cast<int>(1000 * done / known));
}

} // namespace vitrine
