// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/settings.hpp"

#include <QSettings>

#include <algorithm>

namespace vitrine {

namespace {

// Every key and its default, once. The version grows when a meaning changes.
constexpr int Version = 1;
struct Key {
    const char* name;
    QVariant fallback;
};
const Key Language{"language", QString()};
const Key Mode{"theme", QStringLiteral("system")};
const Key Scale{"scale", 100};
const Key RailNames{"railNames", true};
const Key Motion{"motion", true};
const Key Workspace{"workspace", QString()};
const Key RecentFiles{"recentFiles", QStringList()};
const Key Geometry{"geometry", QByteArray()};
const QLatin1String LayoutGroup("layout/");

QString nameOf(const Key& key) {
    return QLatin1String(key.name);
}

} // namespace

Settings::Settings(const QString& file, QObject* parent)
    : QObject(parent), m_store(std::make_unique<QSettings>(file, QSettings::IniFormat)) {
    m_store->setValue(QStringLiteral("version"), Version);
}

Settings::~Settings() = default;

QString Settings::language() const {
    return m_store->value(nameOf(Language), Language.fallback).toString();
}
void Settings::setLanguage(const QString& language) {
    if (language == this->language()) return;
    m_store->setValue(nameOf(Language), language);
    Q_EMIT languageChanged();
}

ThemeMode Settings::themeMode() const {
    const QString text = m_store->value(nameOf(Mode), Mode.fallback).toString();
    return text == QLatin1String("dark")    ? ThemeMode::Dark
           : text == QLatin1String("light") ? ThemeMode::Light
                                            : ThemeMode::System;
}
void Settings::setThemeMode(ThemeMode mode) {
    const QLatin1String text(mode == ThemeMode::Dark ? "dark" : mode == ThemeMode::Light ? "light" : "system");
    m_store->setValue(nameOf(Mode), QString(text));
    Q_EMIT themeModeChanged();
}

int Settings::scalePercent() const {
    return std::clamp(m_store->value(nameOf(Scale), Scale.fallback).toInt(), 100, 200);
}
void Settings::setScalePercent(int percent) {
    if (percent == scalePercent()) return;
    m_store->setValue(nameOf(Scale), std::clamp(percent, 100, 200));
    Q_EMIT scalePercentChanged();
}

bool Settings::railNames() const {
    return m_store->value(nameOf(RailNames), RailNames.fallback).toBool();
}
void Settings::setRailNames(bool isShown) {
    m_store->setValue(nameOf(RailNames), isShown);
    Q_EMIT railNamesChanged();
}

bool Settings::motion() const {
    return m_store->value(nameOf(Motion), Motion.fallback).toBool();
}
void Settings::setMotion(bool isOn) {
    m_store->setValue(nameOf(Motion), isOn);
    Q_EMIT motionChanged();
}

QString Settings::workspace() const {
    return m_store->value(nameOf(Workspace), Workspace.fallback).toString();
}
void Settings::setWorkspace(const QString& folder) {
    m_store->setValue(nameOf(Workspace), folder);
    Q_EMIT workspaceChanged();
}

QStringList Settings::recentFiles() const {
    return m_store->value(nameOf(RecentFiles), RecentFiles.fallback).toStringList();
}
void Settings::addRecentFile(const QString& path) {
    QStringList files = recentFiles();
    files.removeAll(path);
    files.prepend(path);
    m_store->setValue(nameOf(RecentFiles), files.mid(0, 12));
    Q_EMIT recentFilesChanged();
}

QByteArray Settings::layout(const QString& room) const {
    return m_store->value(LayoutGroup + room).toByteArray();
}
void Settings::setLayout(const QString& room, const QByteArray& state) {
    m_store->setValue(LayoutGroup + room, state);
}
void Settings::clearLayouts() {
    m_store->remove(QStringLiteral("layout"));
    m_store->remove(nameOf(Geometry));
}

QByteArray Settings::geometry() const {
    return m_store->value(nameOf(Geometry), Geometry.fallback).toByteArray();
}
void Settings::setGeometry(const QByteArray& state) {
    m_store->setValue(nameOf(Geometry), state);
}
void Settings::sync() {
    m_store->sync();
}

} // namespace vitrine
