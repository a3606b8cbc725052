// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>

#include <memory>
#include <vector>

class QTranslator;

namespace vitrine {

/// "en", "ko" and "pseudo" (to test layouts): what the window can be shown in.
[[nodiscard]] bool isLanguage(const QString& code);

/// A language for as long as it lives: its catalogues in the application, its locale as the default one. Widgets take
/// their texts when they are made.
class InstalledLanguage final {
  public:
    explicit InstalledLanguage(const QString& code);
    ~InstalledLanguage(); ///< the locale is what it was before
    InstalledLanguage(const InstalledLanguage&) = delete;
    InstalledLanguage& operator=(const InstalledLanguage&) = delete;

  private:
    void install(std::unique_ptr<QTranslator> translator);
    QLocale m_before;
    std::vector<std::unique_ptr<QTranslator>> m_translators;
};

} // namespace vitrine
