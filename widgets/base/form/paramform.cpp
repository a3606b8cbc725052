// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/form/paramform.hpp"

#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/parameditors.hpp"
#include "widgets/base/form/paramrow.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine {

ParamForm::ParamForm(ConfigDocument& document, const ParamEditorRegistry& editors, const QStringList& elsewhere,
                     QWidget* parent)
    : QScrollArea(parent), m_document(document) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Parameters"));
    setFocusPolicy(Qt::NoFocus);
    auto* body = asPanel(new QWidget);
    m_column = new QVBoxLayout(body);
    m_column->setContentsMargins(Space::s(), Space::m(), Space::l(), Space::l());
    m_column->setSpacing(Space::s());
    build(editors, elsewhere);
    m_column->addStretch();
    setWidget(body);
    connect(&m_document, &ConfigDocument::configChanged, this, [this] {
        for (const Group& group : m_groups)
            for (ParamRow* row : group.basic + group.advanced) row->refreshValue();
        refreshShown();
        refreshProblems();
    });
    connect(&m_document, &ConfigDocument::checked, this, &ParamForm::refreshProblems);
    refreshShown();
}

void ParamForm::build(const ParamEditorRegistry& editors, const QStringList& elsewhere) {
    for (const ParamSpec& spec : m_document.descriptor().params) {
        if (elsewhere.contains(qtext(spec.id))) continue;
        const QString title = coreText(spec.group);
        auto group =
            std::find_if(m_groups.begin(), m_groups.end(), [&](const Group& other) { return other.title == title; });
        if (group == m_groups.end()) group = m_groups.insert(m_groups.end(), Group{title, nullptr, {}, {}, nullptr});
        auto* row = new ParamRow(m_document, spec, editors);
        (spec.level == Level::Advanced ? group->advanced : group->basic).append(row);
    }
    for (Group& group : m_groups) placeGroup(group, m_column);
}

void ParamForm::placeGroup(Group& group, QVBoxLayout* column) {
    auto* heading = asTitle(new QLabel(group.title.isEmpty() ? tr("Parameters") : group.title));
    heading->setContentsMargins(Theme::px(12), &group == &m_groups.first() ? 0 : Space::m(), 0, 0);
    group.heading = heading;
    column->addWidget(heading);
    for (ParamRow* row : group.basic) column->addWidget(row);
    if (group.advanced.isEmpty()) return;
    auto* body = new QWidget;
    auto* inside = new QVBoxLayout(body);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(Space::s());
    bool isTouched = false;
    for (ParamRow* row : group.advanced) {
        inside->addWidget(row);
        isTouched = isTouched || m_document.isChanged(row->id());
    }
    group.fold = new FoldGroup(tr("Advanced"), body, isTouched);
    column->addWidget(group.fold);
}

void ParamForm::refreshShown() {
    for (const Group& group : m_groups) {
        bool anyBasic = false;
        bool anyAdvanced = false;
        for (ParamRow* row : group.basic + group.advanced) {
            const bool isShown = m_document.isShown(*findParam(m_document.descriptor(), row->id()));
            row->setVisible(isShown);
            (row->isAdvanced() ? anyAdvanced : anyBasic) |= isShown;
        }
        group.heading->setVisible(anyBasic || anyAdvanced);
        if (group.fold) group.fold->setVisible(anyAdvanced);
    }
}

// A problem in a folded group unfolds it: nothing that blocks Run may hide.
void ParamForm::refreshProblems() {
    for (const Group& group : m_groups) {
        for (ParamRow* row : group.basic + group.advanced) row->refreshProblems();
        if (group.fold && std::any_of(group.advanced.begin(), group.advanced.end(),
                                      [](const ParamRow* row) { return row->hasProblem(); }))
            group.fold->setOpen(true);
    }
}

ParamRow* ParamForm::row(const QString& id) const {
    for (const Group& group : m_groups)
        for (ParamRow* row : group.basic + group.advanced)
            if (row->id() == utf8(id)) return row;
    return nullptr;
}

void ParamForm::showParam(const QString& id) {
    ParamRow* found = row(id);
    if (!found) return;
    for (const Group& group : m_groups)
        if (group.fold && group.advanced.contains(found)) group.fold->setOpen(true);
    ensureWidgetVisible(found);
    found->editor()->setFocus(Qt::ShortcutFocusReason);
}

void ParamForm::addBelow(QWidget* widget) {
    m_column->insertWidget(m_column->count() - 1, widget);
}

} // namespace vitrine
