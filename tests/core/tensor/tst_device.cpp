// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/device.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

using namespace vitrine;

class TestDevice : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void list_beginsWithTheCpu() {
        const std::vector<DeviceInfo> devices = listDevices();
        QVERIFY(!devices.empty());
        QCOMPARE(devices[0].device.kind, DeviceKind::Cpu);
        QVERIFY(devices[0].usable);
        QVERIFY(devices[0].cores >= 1);
        QVERIFY(devices[0].memoryBytes > devices[0].freeBytes);
        QVERIFY(devices[0].freeBytes > 0);
        for (std::size_t k = 1; k < devices.size(); ++k) {
            QCOMPARE(devices[k].device.kind, DeviceKind::Cuda);
            QCOMPARE(devices[k].device.index, static_cast<int>(k) - 1);
        }
    }

    void use_theCpu_works() { QVERIFY(useDevice(Device{}).ok()); }

    void use_aGpuThatIsNotThere_saysWhy() {
        Device device;
        device.kind = DeviceKind::Cuda;
        device.index = 99;
        const Status status = useDevice(device);
        QVERIFY(!status.ok());
        const bool hasDriver = listDevices().size() > 1;
        if (!hasDriver) QCOMPARE(QString::fromStdString(status.error().code), QStringLiteral("VIT-DEVICE-001"));
    }
};

VITRINE_CORE_TEST(TestDevice)
#include "tst_device.moc"
