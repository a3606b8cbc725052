// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/schema.hpp"

#include <QElapsedTimer>
#include <QUndoCommand>

namespace vitrine {

class ConfigDocument;

/// From one whole configuration to another. Typing in one knob merges while less than two seconds pass between keys.
class ConfigCommand final : public QUndoCommand {
  public:
    ConfigCommand(ConfigDocument& document, std::string merge, Config next, const QString& text);
    void undo() override;
    void redo() override;
    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand* other) override;

  private:
    ConfigDocument& m_document;
    std::string m_merge; ///< the knob; empty never merges
    Config m_before, m_after;
    QElapsedTimer m_age;
};

} // namespace vitrine
