// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/schema.hpp"

#include <QWidget>

class QLabel;
class QToolButton;

namespace vitrine {

class ConfigDocument;
class ParamEditor;
class ParamEditorRegistry;

/// One knob: mark and reset when changed, label with help, editor with unit, and below it what is wrong.
class ParamRow final : public QWidget {
    Q_OBJECT
  public:
    ParamRow(ConfigDocument& document, const ParamSpec& spec, const ParamEditorRegistry& editors,
             QWidget* parent = nullptr);

    void refreshValue();
    void refreshProblems();
    [[nodiscard]] const std::string& id() const { return m_spec.id; }
    [[nodiscard]] bool isAdvanced() const { return m_spec.level == Level::Advanced; }
    [[nodiscard]] bool hasProblem() const;
    [[nodiscard]] ParamEditor* editor() const { return m_editor; }
    /// Label, unit, range, source: what hovering tells.
    [[nodiscard]] static QString helpText(const ParamSpec& spec);

  private:
    ConfigDocument& m_document;
    const ParamSpec& m_spec;
    QWidget* m_dot;
    QLabel* m_label;
    ParamEditor* m_editor;
    QToolButton* m_reset;
    QLabel* m_problem;
};

} // namespace vitrine
