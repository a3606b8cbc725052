// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "core/experiment/descriptor.hpp"

#include <QObject>

#include <memory>

class QTimer;
class QUndoStack;

namespace vitrine {

/// One parameter set being edited: values, preset, seed, device; problems and estimate; its own undo.
///
/// Kinds and ranges are checked at once. What the method itself finds, and its estimate, come from a worker a moment
/// later, because they may parse programs or files; until then `isChecked` is false and Run waits.
class ConfigDocument final : public QObject {
    Q_OBJECT
  public:
    /// \param method  outlives the document; its const functions are called from a worker
    explicit ConfigDocument(const Method& method, QObject* parent = nullptr);
    ~ConfigDocument() override;

    [[nodiscard]] const ExperimentDescriptor& descriptor() const { return m_method.descriptor(); }
    [[nodiscard]] const Config& config() const { return m_config; } ///< every default written out
    [[nodiscard]] Json value(const std::string& id) const;
    [[nodiscard]] Json standard(const std::string& id) const; ///< of the preset, else the default
    [[nodiscard]] bool isChanged(const std::string& id) const;
    [[nodiscard]] bool isShown(const ParamSpec& spec) const;

    // Undoable edits. Edits of one knob in a row merge into one step.
    void setValue(const std::string& id, const Json& value);
    void reset(const std::string& id) { setValue(id, standard(id)); }
    /// Without undo: for a value whose own editor has its own.
    void takeOver(const std::string& id, const Json& value);
    void setPreset(const std::string& id);
    void setSeed(std::uint64_t seed);
    void setDevice(const std::string& device);
    /// Another experiment's or version's configuration is refused (false).
    bool replaceWith(const Config& config);

    void setDeviceInfo(const DeviceInfo& info); ///< what the estimate is for
    [[nodiscard]] QList<Problem> problems() const;
    [[nodiscard]] QList<Problem> problemsOf(const std::string& id) const;
    [[nodiscard]] bool isValid() const;
    [[nodiscard]] bool isChecked() const { return m_checkedRevision == m_revision; }
    [[nodiscard]] const ResourceEstimate& estimate() const { return m_estimate; }
    [[nodiscard]] QUndoStack* undoStack() const { return m_undo; }

  Q_SIGNALS:
    void valueChanged(const QString& id);
    void configChanged(); ///< once after any change
    void checked();       ///< problems and estimate of the present values are here

  private:
    friend class ConfigCommand;
    void assign(Config config); ///< what the undo commands do
    void push(const std::string& merge, Config next, const QString& text);
    void checkSoon();
    void startCheck();

    const Method& m_method;
    Config m_config;
    DeviceInfo m_device;
    Validation m_schema, m_found;
    ResourceEstimate m_estimate;
    QUndoStack* m_undo;
    QTimer* m_pause;
    quint64 m_revision = 1, m_checkedRevision = 0;
    bool m_isChecking = false;
};

} // namespace vitrine
