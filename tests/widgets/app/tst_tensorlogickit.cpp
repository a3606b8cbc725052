// SPDX-License-Identifier: GPL-3.0-or-later
// The tests that every room gets, on the Tensor Logic room with its real experiment.
#include "tests/support/roomtests.hpp"
#include "tests/support/widgetmain.hpp"

extern "C" const vitrine::FactoryList* vitrine_method_factories(int abi);

class TestTensorLogicKit : public vitrine::test::RoomTests {
    Q_OBJECT
  protected:
    QString roomId() const override { return QStringLiteral("tensor_logic"); }
    const vitrine::MethodFactory* factory() const override {
        for (const vitrine::MethodFactory* factory : *vitrine_method_factories(vitrine::FactoryAbi))
            if (factory->id() == "tensor_logic") return factory;
        return nullptr;
    }
};

VITRINE_WIDGET_TEST(TestTensorLogicKit)
#include "tst_tensorlogickit.moc"
