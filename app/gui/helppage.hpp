// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace vitrine {

class ActionRegistry;

/// Shortcuts made from the registry, and the error codes of resources/help; one page, searchable.
class HelpPage final : public QDialog {
    Q_OBJECT
  public:
    enum class Section { Shortcuts, Codes };
    /// \param topic  "page#heading" of resources/help, opened in front when it is there; empty: none
    HelpPage(const ActionRegistry& actions, const QString& language, Section section, const QString& topic = {},
             QWidget* parent = nullptr);
    /// Topic of the panel that holds `widget`: the property "help" of it or of what it lies in; empty when none has
    /// one.
    [[nodiscard]] static QString topicOf(const QWidget* widget);
};

} // namespace vitrine
