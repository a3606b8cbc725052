// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/roomheader.hpp"

#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/runbar.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace vitrine {

RoomHeader::RoomHeader(ConfigDocument& document, QWidget* parent) : QWidget(parent), m_bar(new RunBar(document)) {
    const ExperimentDescriptor& descriptor = document.descriptor();
    asPanel(this);
    auto* title = asTitle(new ElidedLabel(coreText(descriptor.title)), TextSize::Room);
    title->setObjectName(QStringLiteral("roomTitle"));
    auto* summary = asSecondary(new ElidedLabel(coreText(descriptor.summary)));
    const QString name = qtext(descriptor.citation);
    auto* citation = new LinkButton(tr("%1 ↗", "citation").arg(name), qtext(descriptor.citationUrl));
    citation->setToolTip(tr("Open the paper's page: %1").arg(qtext(descriptor.citationUrl)));
    citation->setAccessibleName(tr("Paper: %1").arg(name));
    citation->setEnabled(!descriptor.citationUrl.empty());
    citation->setVisible(!name.isEmpty());
    auto* below = new QHBoxLayout;
    below->setSpacing(Space::xs());
    below->addWidget(summary);
    if (!name.isEmpty()) below->addWidget(asSecondary(new QLabel(QStringLiteral("·"))));
    below->addWidget(citation);
    below->addStretch();
    auto* words = new QVBoxLayout;
    words->setSpacing(Theme::px(2));
    words->addWidget(title);
    words->addLayout(below);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(Space::l(), Space::s(), Space::l(), Space::s());
    row->setSpacing(Space::l());
    row->addLayout(words, 1);
    row->addWidget(m_bar);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

} // namespace vitrine
