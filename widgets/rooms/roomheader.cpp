// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/roomheader.hpp"

#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/runbar.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace vitrine {

RoomHeader::RoomHeader(ConfigDocument& document, QWidget* parent)
    : QWidget(parent), m_bar(new RunBar(document)), m_parameters(new QToolButton) {
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
    m_below = new QWidget;
    auto* below = new QHBoxLayout(m_below);
    below->setContentsMargins(0, 0, 0, 0);
    below->setSpacing(Space::xs());
    below->addWidget(summary);
    if (!name.isEmpty()) below->addWidget(asSecondary(new QLabel(QStringLiteral("·"))));
    below->addWidget(citation);
    below->addStretch();
    m_words = new QWidget;
    auto* words = new QVBoxLayout(m_words);
    words->setContentsMargins(0, 0, 0, 0);
    words->setSpacing(Theme::px(2));
    words->addWidget(title);
    words->addWidget(m_below);
    m_parameters->setObjectName(QStringLiteral("toggleParameters"));
    m_parameters->setCheckable(true);
    m_parameters->setChecked(true);
    m_parameters->setIcon(themeIcon(QStringLiteral("settings")));
    m_parameters->setToolTip(tr("Show or hide the parameters"));
    m_parameters->setAccessibleName(tr("Parameters"));
    setButtonRole(m_parameters, ButtonRole::Quiet);
    connect(m_parameters, &QToolButton::clicked, this, &RoomHeader::parametersToggled);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(Space::l(), Space::s(), Space::l(), Space::s());
    row->setSpacing(Space::m());
    row->addWidget(m_words, 1);
    row->addWidget(m_bar);
    row->addWidget(m_parameters);
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    if (auto* presets = m_bar->findChild<QComboBox*>(QStringLiteral("presets")))
        presets->setMinimumWidth(Theme::px(96));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void RoomHeader::setParametersShown(bool isShown) {
    m_parameters->setChecked(isShown);
}

// Little room: the summary goes first, then the title; what starts a run stays.
void RoomHeader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int left = width() - m_bar->sizeHint().width() - m_parameters->sizeHint().width() - 4 * Space::l();
    m_below->setVisible(left > Theme::px(150));
    if (auto* pill = m_bar->findChild<StatePill*>()) pill->setVisible(width() >= Theme::px(560));
}

} // namespace vitrine
