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
    HelpPage(const ActionRegistry& actions, const QString& language, Section section, QWidget* parent = nullptr);
};

} // namespace vitrine
