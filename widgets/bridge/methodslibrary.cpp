// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/methodslibrary.hpp"

#include "core/base/files.hpp"
#include "core/methods/registry.hpp"
#include "core/runner/plugins.hpp"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

namespace vitrine {

MethodsLibrary::MethodsLibrary(QObject* parent) : QObject(parent), m_methods(std::make_shared<runner::MethodSet>()) {
    registerMethods(m_methods->registry);
    if (const Status status = runner::loadPluginMethods(*m_methods); !status.ok())
        QMetaObject::invokeMethod(
            this, [this, error = status.error()] { Q_EMIT failed(error); }, Qt::QueuedConnection);
}

MethodsLibrary::~MethodsLibrary() = default;

MethodRegistry& MethodsLibrary::registry() {
    return m_methods->registry;
}

void MethodsLibrary::load() {
    if (m_loading) return;
    // The worker fills a set of its own; the window takes it over when it is whole.
    m_loading = std::make_shared<runner::MethodSet>();
    QThreadPool::globalInstance()->start([self = QPointer<MethodsLibrary>(this), loading = m_loading] {
        Status status = runner::loadFactories(executableFolder() / "libvitrine_methods.so", *loading);
        if (status.ok()) status = runner::loadPluginFactories(*loading);
        QMetaObject::invokeMethod(qApp, [self, status] {
            if (!self) return;
            self->m_isLoaded = true;
            if (!status.ok()) Q_EMIT self->failed(status.error());
            Q_EMIT self->loaded();
        });
    });
}

const MethodFactory* MethodsLibrary::factory(const std::string& id) const {
    return m_isLoaded ? m_loading->factory(id) : nullptr;
}

} // namespace vitrine
