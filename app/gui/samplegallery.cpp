// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/samplegallery.hpp"

#include "app/gui/services.hpp"
#include "core/base/files.hpp"
#include "core/experiment/descriptor.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/methodslibrary.hpp"
#include "widgets/rooms/samples.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace vitrine {

namespace {

enum Role { RoomRole = Qt::UserRole + 1, NameRole, SummaryRole, FileRole, GroupRole, SearchRole };

class SampleDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {Theme::px(240), Theme::px(62)};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const ThemeTokens& t = Theme::tokens();
        painter->save();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, t.selection);
        else if (option.state & QStyle::State_MouseOver)
            painter->fillRect(option.rect, t.hover);
        const QRect inside = option.rect.adjusted(Space::m(), Space::s(), -Space::m(), -Space::xs());
        painter->setFont(Theme::font(TextSize::Caption));
        painter->setPen(t.secondary);
        const QString group = index.data(GroupRole).toString();
        const int groupWidth = painter->fontMetrics().horizontalAdvance(group);
        painter->drawText(inside, Qt::AlignTop | Qt::AlignRight, group);
        painter->setFont(Theme::font(TextSize::Body, QFont::Medium));
        painter->setPen(t.text);
        painter->drawText(inside, Qt::AlignTop,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                            inside.width() - groupWidth - Space::s()));
        painter->setFont(Theme::font(TextSize::Caption));
        painter->setPen(t.secondary);
        painter->drawText(inside.adjusted(0, Theme::px(18), 0, 0), Qt::TextWordWrap,
                          index.data(SummaryRole).toString());
        painter->restore();
    }
};

} // namespace

SampleGallery::SampleGallery(const Services& services, QWidget* parent)
    : QDialog(parent), m_list(new QListView), m_model(new QStandardItemModel(this)),
      m_filter(new QSortFilterProxyModel(this)) {
    setWindowTitle(tr("Sample gallery"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(Theme::px(880), Theme::px(560));
    for (const auto& method : services.library.registry().all()) {
        for (const Sample& sample : samplesOf(qtext(method->descriptor().id), services.language)) {
            auto* item = new QStandardItem(sample.title);
            item->setEditable(false);
            item->setData(sample.room, RoomRole);
            item->setData(sample.name, NameRole);
            item->setData(sample.summary, SummaryRole);
            item->setData(sample.file, FileRole);
            item->setData(sample.group, GroupRole);
            item->setData(QString(sample.title + QLatin1Char(' ') + sample.summary + QLatin1Char(' ') + sample.name +
                                  QLatin1Char(' ') + sample.group),
                          SearchRole);
            item->setToolTip(sample.summary);
            m_model->appendRow(item);
        }
    }
    m_filter->setSourceModel(m_model);
    m_filter->setFilterRole(SearchRole);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    auto* search = new SearchLine(tr("Find a sample"));
    m_list->setModel(m_filter);
    m_list->setItemDelegate(new SampleDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Samples"));
    auto* preview = new QPlainTextEdit;
    preview->setReadOnly(true);
    preview->setFont(Theme::mono());
    preview->setFrameShape(QFrame::NoFrame);
    preview->setLineWrapMode(QPlainTextEdit::NoWrap);
    preview->setAccessibleName(tr("Text of the sample"));
    auto* split = new QSplitter;
    split->addWidget(m_list);
    split->addWidget(preview);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setSizes({Theme::px(420), Theme::px(460)});
    auto* open = new QPushButton(tr("Open sample"));
    setButtonRole(open, ButtonRole::Primary);
    open->setDefault(true);
    auto* cancel = new QPushButton(tr("Close"));
    setButtonRole(cancel, ButtonRole::Plain);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(open);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Space::l(), Space::l(), Space::l(), Space::l());
    column->setSpacing(Space::m());
    column->addWidget(search);
    column->addWidget(split, 1);
    column->addLayout(buttons);
    connect(search, &SearchLine::searched, this, [this](const QString& text) {
        m_filter->setFilterFixedString(text);
        m_list->setCurrentIndex(m_filter->index(0, 0));
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [preview, open](const QModelIndex& index) {
                open->setEnabled(index.isValid());
                const auto text = readFile(utf8(index.data(FileRole).toString()), 1 << 16);
                preview->setPlainText(text.ok() ? qtext(text.value()) : QString());
            });
    connect(m_list, &QListView::activated, this, &SampleGallery::openCurrent);
    connect(open, &QPushButton::clicked, this, &SampleGallery::openCurrent);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_list->setCurrentIndex(m_filter->index(0, 0));
    search->setFocus();
}

void SampleGallery::openCurrent() {
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid()) return;
    Q_EMIT sampleRequested(index.data(RoomRole).toString(), index.data(NameRole).toString());
    accept();
}

} // namespace vitrine
