// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/tableexport.hpp"

#include "widgets/base/theme/theme.hpp"
#include "widgets/base/wholefile.hpp"

#include <QAbstractItemModel>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QTableView>

#include <cmath>

namespace vitrine::tableexport {

namespace {

QVariant raw(const QModelIndex& index) {
    const QVariant value = index.data(SortRole);
    return value.isValid() ? value : index.data(Qt::DisplayRole);
}

QString plain(const QVariant& value) {
    if (value.typeId() == QMetaType::Double) {
        const double number = value.toDouble();
        if (std::isnan(number)) return QStringLiteral("nan");
        if (std::isinf(number)) return number > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
        return QString::number(number, 'g', QLocale::FloatingPointShortest);
    }
    return value.toString();
}

QString quoted(const QString& text) {
    const bool needs = text.contains(QLatin1Char(',')) || text.contains(QLatin1Char('"')) ||
                       text.contains(QLatin1Char('\n')) || text.contains(QLatin1Char('\r'));
    return needs ? QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"')
                 : text;
}

QString header(const QAbstractItemModel& model, int column) {
    return model.headerData(column, Qt::Horizontal).toString();
}

} // namespace

QString toCsv(const QAbstractItemModel& model) {
    QStringList lines;
    for (int row = -1; row < model.rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells << quoted(row < 0 ? header(model, column) : plain(raw(model.index(row, column))));
        lines << cells.join(QLatin1Char(','));
    }
    return lines.join(QLatin1String("\r\n")) + QLatin1String("\r\n");
}

QString toJsonLines(const QAbstractItemModel& model) {
    QString text;
    for (int row = 0; row < model.rowCount(); ++row) {
        QJsonObject object;
        for (int column = 0; column < model.columnCount(); ++column) {
            const QVariant value = raw(model.index(row, column));
            const bool finite = value.typeId() != QMetaType::Double || std::isfinite(value.toDouble());
            object.insert(header(model, column), finite ? QJsonValue::fromVariant(value) : QJsonValue(plain(value)));
        }
        text += QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)) + QLatin1Char('\n');
    }
    return text;
}

void copySelection(const QItemSelectionModel& selection) {
    QModelIndexList cells = selection.selectedIndexes();
    if (cells.isEmpty()) return;
    std::sort(cells.begin(), cells.end());
    QString tsv;
    QString html = QStringLiteral("<table><tr>");
    int row = cells.first().row();
    bool isFirst = true;
    for (const QModelIndex& cell : cells) {
        if (cell.row() != row) {
            tsv += QLatin1Char('\n');
            html += QLatin1String("</tr><tr>");
            row = cell.row();
            isFirst = true;
        }
        const QString text = plain(raw(cell));
        if (!isFirst) tsv += QLatin1Char('\t');
        tsv += QString(text).replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' '));
        html += QStringLiteral("<td>%1</td>").arg(text.toHtmlEscaped());
        isFirst = false;
    }
    auto* mime = new QMimeData;
    mime->setText(tsv);
    mime->setHtml(html + QLatin1String("</tr></table>"));
    QApplication::clipboard()->setMimeData(mime);
}

QString writeFile(const QString& path, const QString& content) {
    const QString why = writeWhole(path, content.toUtf8());
    return why.isEmpty()
               ? QString()
               : QApplication::translate("vitrine::tableexport", "%1 could not be written: %2").arg(path, why);
}

void dress(QTableView* view) {
    view->setFrameShape(QFrame::NoFrame);
    view->setShowGrid(false);
    view->setAlternatingRowColors(false);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setWordWrap(false);
    view->setSortingEnabled(true);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(Theme::px(26));
    view->verticalHeader()->setMinimumSectionSize(Theme::px(22));
    view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setStretchLastSection(true);
    auto* copy = new QAction(QApplication::translate("vitrine::tableexport", "&Copy"), view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copy, &QAction::triggered, view, [view] { copySelection(*view->selectionModel()); });
    view->addAction(copy);
}

} // namespace vitrine::tableexport
