// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/language.hpp"

#include "widgets/base/pseudotranslator.hpp"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QTranslator>

#include <utility>

namespace vitrine {

bool isLanguage(const QString& code) {
    for (const char* known : {"en", "ko", "pseudo"})
        if (code == QLatin1String(known)) return true;
    return false;
}

InstalledLanguage::InstalledLanguage(const QString& code) {
    QLocale::setDefault(code == QLatin1String("ko") ? QLocale(QLocale::Korean, QLocale::SouthKorea)
                                                    : QLocale(QLocale::English, QLocale::UnitedStates));
    if (code == QLatin1String("pseudo")) {
        install(std::make_unique<PseudoTranslator>());
        return;
    }
    // English has a catalogue too: of the plurals.
    const QString folder = QLibraryInfo::path(QLibraryInfo::TranslationsPath);
    const std::pair<QString, QString> wanted[] = {
        {QStringLiteral("vitrine_") + code, QStringLiteral(":/vitrine/i18n")},
        {QStringLiteral("vitrine_core_") + code, QStringLiteral(":/vitrine/i18n")},
        {QStringLiteral("qtbase_") + code, folder}};
    for (const auto& [name, place] : wanted)
        if (auto translator = std::make_unique<QTranslator>(); translator->load(name, place))
            install(std::move(translator));
}

InstalledLanguage::~InstalledLanguage() {
    for (const auto& translator : m_translators) QCoreApplication::removeTranslator(translator.get());
    QLocale::setDefault(m_before);
}

void InstalledLanguage::install(std::unique_ptr<QTranslator> translator) {
    QCoreApplication::installTranslator(translator.get());
    m_translators.push_back(std::move(translator));
}

} // namespace vitrine
