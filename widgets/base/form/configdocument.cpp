// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/form/configdocument.hpp"

#include "widgets/base/form/paramcommands.hpp"
#include "widgets/base/words.hpp"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>
#include <QUndoStack>

#include <algorithm>

namespace vitrine {

namespace {
Config startingConfig(const ExperimentDescriptor& descriptor) {
    if (!descriptor.presets.empty())
        if (auto preset = configOfPreset(descriptor, descriptor.presets.front().id)) return std::move(preset).value();
    Config config;
    config.experiment = descriptor.id;
    config.version = descriptor.version;
    return withDefaults(descriptor.params, config);
}
} // namespace

ConfigDocument::ConfigDocument(const Method& method, QObject* parent)
    : QObject(parent), m_method(method), m_config(startingConfig(method.descriptor())), m_undo(new QUndoStack(this)),
      m_pause(new QTimer(this)) {
    m_pause->setSingleShot(true);
    m_pause->setInterval(60);
    connect(m_pause, &QTimer::timeout, this, &ConfigDocument::startCheck);
    m_schema = checkAgainst(descriptor().params, m_config);
    checkSoon();
}

ConfigDocument::~ConfigDocument() = default;

Json ConfigDocument::value(const std::string& id) const {
    const Json* found = m_config.find(id);
    return found ? *found : Json();
}

Json ConfigDocument::standard(const std::string& id) const {
    if (const Preset* preset = findPreset(descriptor(), m_config.preset))
        if (const auto own = preset->values.find(id); own != preset->values.end()) return own->second;
    const ParamSpec* spec = findParam(descriptor(), id);
    return spec ? spec->defaultValue : Json();
}

bool ConfigDocument::isChanged(const std::string& id) const {
    return value(id) != standard(id);
}
bool ConfigDocument::isShown(const ParamSpec& spec) const {
    return vitrine::isShown(spec, m_config);
}

void ConfigDocument::push(const std::string& merge, Config next, const QString& text) {
    m_undo->push(new ConfigCommand(*this, merge, std::move(next), text));
}

void ConfigDocument::setValue(const std::string& id, const Json& value) {
    const ParamSpec* spec = findParam(descriptor(), id);
    if (!spec || this->value(id) == value) return;
    Config next = m_config;
    next.values[id] = value;
    push(id, std::move(next), tr("Change %1").arg(coreText(spec->label)));
}

void ConfigDocument::takeOver(const std::string& id, const Json& value) {
    if (!findParam(descriptor(), id) || this->value(id) == value) return;
    Config next = m_config;
    next.values[id] = value;
    assign(std::move(next));
}

void ConfigDocument::setPreset(const std::string& id) {
    auto next = configOfPreset(descriptor(), id);
    if (!next.ok() || (id == m_config.preset && next->values == m_config.values)) return;
    next->seed = m_config.seed;
    push({}, std::move(next).value(), tr("Choose a preset"));
}

void ConfigDocument::setSeed(std::uint64_t seed) {
    if (seed == m_config.seed) return;
    Config next = m_config;
    next.seed = seed;
    push("seed", std::move(next), tr("Change the seed"));
}

void ConfigDocument::setDevice(const std::string& device) {
    if (device == m_config.device) return;
    Config next = m_config;
    next.device = device;
    push({}, std::move(next), tr("Change the device"));
}

bool ConfigDocument::replaceWith(const Config& config) {
    if (config.experiment != descriptor().id || config.version != descriptor().version) return false;
    push({}, withDefaults(descriptor().params, config), tr("Load a configuration"));
    return true;
}

void ConfigDocument::assign(Config config) {
    const Config before = std::exchange(m_config, std::move(config));
    ++m_revision;
    m_schema = checkAgainst(descriptor().params, m_config);
    for (const auto& [id, value] : m_config.values) {
        const Json* old = before.find(id);
        if (!old || *old != value) Q_EMIT valueChanged(qtext(id));
    }
    Q_EMIT configChanged();
    checkSoon();
}

void ConfigDocument::setDeviceInfo(const DeviceInfo& info) {
    m_device = info;
    ++m_revision;
    checkSoon();
}

void ConfigDocument::checkSoon() {
    m_pause->start();
}

// One check at a time; the newest values are checked when the one under way is done.
void ConfigDocument::startCheck() {
    if (m_isChecking) return;
    m_isChecking = true;
    const bool isSound = m_schema.ok();
    QThreadPool::globalInstance()->start([this, self = QPointer<ConfigDocument>(this), &method = m_method,
                                          config = m_config, device = m_device, revision = m_revision, isSound] {
        Validation found;
        ResourceEstimate estimate;
        if (isSound) {
            found = method.validate(config);
            if (found.ok()) estimate = method.estimate(config, device);
        }
        QMetaObject::invokeMethod(qApp, [this, self, found, estimate, revision] {
            if (!self) return;
            m_isChecking = false;
            if (revision != m_revision) return checkSoon();
            m_found = found;
            m_estimate = estimate;
            m_checkedRevision = revision;
            Q_EMIT checked();
        });
    });
}

QList<Problem> ConfigDocument::problems() const {
    QList<Problem> all(m_schema.problems.begin(), m_schema.problems.end());
    if (!isChecked()) return all;
    for (const Problem& problem : m_found.problems) {
        const auto same = [&](const Problem& other) {
            return other.param == problem.param && other.code == problem.code;
        };
        if (std::none_of(all.begin(), all.end(), same)) all.append(problem);
    }
    return all;
}

QList<Problem> ConfigDocument::problemsOf(const std::string& id) const {
    QList<Problem> own;
    for (const Problem& problem : problems())
        if (problem.param == id) own.append(problem);
    return own;
}

bool ConfigDocument::isValid() const {
    return m_schema.ok() && isChecked() && m_found.ok();
}

} // namespace vitrine
