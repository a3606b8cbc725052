// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/wholefile.hpp"
#include "widgets/plot/plotview_p.hpp"

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QDialog>
#include <QHeaderView>
#include <QMimeData>
#include <QPdfWriter>
#include <QSortFilterProxyModel>
#include <QSvgGenerator>
#include <QTableView>

namespace vitrine {

namespace {

QImage paintImage(plot::Figure& figure, const QString& title, const QString& subtitle, double ratio) {
    const QSize size = figure.size();
    QImage image(size * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(Theme::tokens().panel);
    QCPPainter painter(&image);
    figure.paintTo(&painter, size, title, subtitle);
    painter.end();
    return image;
}

QByteArray paintSvg(plot::Figure& figure, const QString& title, const QString& subtitle) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(figure.size());
    generator.setViewBox(QRect(QPoint(), figure.size()));
    generator.setTitle(title);
    QCPPainter painter;
    painter.begin(&generator);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    figure.paintTo(&painter, figure.size(), title, subtitle);
    painter.end();
    return buffer.data();
}

QByteArray paintPdf(plot::Figure& figure, const QString& title, const QString& subtitle) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(96);
    writer.setTitle(title);
    writer.setPageSize(QPageSize(QSizeF(figure.size()) / 96.0, QPageSize::Inch));
    writer.setPageMargins(QMarginsF());
    QCPPainter painter;
    painter.begin(&writer);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    figure.paintTo(&painter, figure.size(), title, subtitle);
    painter.end();
    return buffer.data();
}

QByteArray pngBytes(const QImage& image) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

} // namespace

QString PlotView::exportTo(const QString& path, PlotFormat format) {
    Impl& d = *m_impl;
    d.figure->apply();
    const QString title = d.title->text(), subtitle = d.subtitle->text();
    QByteArray content;
    switch (format) {
    case PlotFormat::Png:
        content = pngBytes(paintImage(*d.figure, title, subtitle, 1));
        break;
    case PlotFormat::PngDouble:
        content = pngBytes(paintImage(*d.figure, title, subtitle, 2));
        break;
    case PlotFormat::Svg:
        content = paintSvg(*d.figure, title, subtitle);
        break;
    case PlotFormat::Pdf:
        content = paintPdf(*d.figure, title, subtitle);
        break;
    case PlotFormat::Csv:
        content = plot::SamplesTable(d.parts()).text(',');
        break;
    }
    const QString why = writeWhole(path, content);
    return why.isEmpty() ? QString() : tr("The plot was not written to %1: %2. Choose another folder.").arg(path, why);
}

void PlotView::copyImage() {
    m_impl->figure->apply();
    QApplication::clipboard()->setImage(
        paintImage(*m_impl->figure, m_impl->title->text(), m_impl->subtitle->text(), 2));
}

void PlotView::copyData() {
    QApplication::clipboard()->setText(QString::fromUtf8(plot::SamplesTable(m_impl->parts()).text('\t')));
}

std::unique_ptr<QAbstractItemModel> PlotView::tableModel() const {
    return std::make_unique<plot::SamplesTable>(m_impl->parts());
}

void PlotView::showAsTable() {
    auto* dialog = new QDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("plotTable"));
    dialog->setWindowTitle(m_impl->title->text().isEmpty() ? tr("Plot as table") : m_impl->title->text());
    dialog->resize(Theme::px(560), Theme::px(420));
    auto* sorted = new QSortFilterProxyModel(dialog);
    sorted->setSortRole(plot::SamplesTable::SortRole);
    sorted->setSourceModel(new plot::SamplesTable(m_impl->parts(), dialog));
    auto* table = new QTableView(dialog);
    table->setAccessibleName(tr("Samples of the plot"));
    table->setModel(sorted);
    table->setSortingEnabled(true);
    table->sortByColumn(-1, Qt::AscendingOrder);
    table->setShowGrid(false);
    table->verticalHeader()->setDefaultSectionSize(Theme::px(22));
    table->horizontalHeader()->setStretchLastSection(true);
    auto* box = new QVBoxLayout(dialog);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(table);
    dialog->open();
}

} // namespace vitrine
