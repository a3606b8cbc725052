// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <QObject>

#include <memory>

namespace vitrine {

class MethodFactory;
class MethodRegistry;
namespace runner {
struct MethodSet;
}

/// The methods of the program: descriptors at once, and, loaded on a worker after the first frame, what makes sessions.
class MethodsLibrary final : public QObject {
    Q_OBJECT
  public:
    explicit MethodsLibrary(QObject* parent = nullptr); ///< registers built-in methods and those of VITRINE_PLUGINS
    ~MethodsLibrary() override;

    [[nodiscard]] MethodRegistry& registry();
    /// Opens libvitrine_methods beside the executable on a worker; `loaded` or `failed` follows. Once.
    void load();
    [[nodiscard]] bool isLoaded() const { return m_isLoaded; }
    [[nodiscard]] const MethodFactory* factory(const std::string& id) const; ///< null before it is loaded

  Q_SIGNALS:
    void loaded();
    void failed(const vitrine::Error& error);

  private:
    std::shared_ptr<runner::MethodSet> m_methods;
    std::shared_ptr<runner::MethodSet> m_loading;
    bool m_isLoaded = false;
};

} // namespace vitrine
