// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/artifactlist.hpp"

#include "widgets/base/panelparts.hpp"
#include "widgets/base/tableexport.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QIcon>
#include <QPointer>
#include <QThreadPool>
#include <QToolButton>
#include <QVBoxLayout>

namespace vitrine {

ArtifactList::ArtifactList(const ExperimentDescriptor& descriptor, QWidget* parent)
    : QWidget(parent), m_descriptor(descriptor), m_rows(new QVBoxLayout(this)) {
    m_rows->setContentsMargins(Theme::px(12), Space::m(), 0, 0);
    m_rows->setSpacing(Space::xs());
    hide();
}

void ArtifactList::clear() {
    m_newest.clear();
    rebuild();
}

void ArtifactList::take(const RunBatch& batch, const QString& runFolder) {
    m_folder = runFolder;
    bool isNews = false;
    for (const Event& event : batch.events)
        if (const auto* snapshot = std::get_if<Snapshot>(&event.body)) {
            const QString id = qtext(snapshot->artifact);
            isNews = isNews || !m_newest.contains(id) || m_newest[id].file != snapshot->file ||
                     m_newest[id].step != snapshot->step;
            m_newest[id] = *snapshot;
        }
    if (isNews) rebuild();
}

void ArtifactList::rebuild() {
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    setVisible(!m_newest.isEmpty());
    if (m_newest.isEmpty()) return;
    m_rows->addWidget(asTitle(new QLabel(tr("Artefacts"))));
    for (auto entry = m_newest.cbegin(); entry != m_newest.cend(); ++entry) {
        QString label = entry.key();
        for (const ArtifactSpec& spec : m_descriptor.artifacts)
            if (spec.id == utf8(entry.key()) && !spec.label.empty()) label = coreText(spec.label);
        auto* button = new QToolButton;
        button->setText(tr("%1, step %2", "artefact").arg(label, groupedInteger(entry->step)));
        button->setIcon(themeIcon(QStringLiteral("export")));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setToolTip(tr("Save a copy of %1").arg(label));
        button->setAccessibleName(button->toolTip());
        setButtonRole(button, ButtonRole::Quiet);
        connect(button, &QToolButton::clicked, this, [this, snapshot = *entry] { save(snapshot); });
        m_rows->addWidget(button);
    }
}

void ArtifactList::save(const Snapshot& snapshot) {
    const QString name = snapshot.file.empty() ? qtext(snapshot.artifact) + QStringLiteral(".json")
                                               : QFileInfo(qtext(snapshot.file)).fileName();
    auto* dialog = new QFileDialog(window(), tr("Save a copy"), name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(name);
    connect(dialog, &QFileDialog::fileSelected, this, [this, snapshot](const QString& target) {
        // Copies may be large: off the window's thread.
        const QString source = m_folder + QLatin1Char('/') + qtext(snapshot.file);
        QThreadPool::globalInstance()->start([self = QPointer<ArtifactList>(this), snapshot, source, target] {
            QString wrong;
            if (snapshot.file.empty())
                wrong = tableexport::writeFile(target, qtext(snapshot.value.dump(1)));
            else {
                QFile::remove(target);
                if (!QFile::copy(source, target)) wrong = tr("%1 could not be copied to %2").arg(source, target);
            }
            if (!wrong.isEmpty() && self)
                QMetaObject::invokeMethod(self, [self, wrong] {
                    if (self) Q_EMIT self->problem(wrong);
                });
        });
    });
    dialog->open();
}

} // namespace vitrine
