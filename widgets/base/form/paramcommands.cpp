// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/form/paramcommands.hpp"

#include "widgets/base/form/configdocument.hpp"

namespace vitrine {

ConfigCommand::ConfigCommand(ConfigDocument& document, std::string merge, Config next, const QString& text)
    : QUndoCommand(text), m_document(document), m_merge(std::move(merge)), m_before(document.config()),
      m_after(std::move(next)) {
    m_age.start();
}

void ConfigCommand::undo() {
    m_document.assign(m_before);
}
void ConfigCommand::redo() {
    m_document.assign(m_after);
}

bool ConfigCommand::mergeWith(const QUndoCommand* other) {
    const auto* later = static_cast<const ConfigCommand*>(other);
    if (m_merge.empty() || later->m_merge != m_merge || m_age.elapsed() > 2000) return false;
    m_after = later->m_after;
    m_age.restart();
    return true;
}

} // namespace vitrine
