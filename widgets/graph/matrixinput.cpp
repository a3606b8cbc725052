// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/hovercard.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/graph/matrixview.hpp"
#include "widgets/plot/plotdata.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

/// Moving about in a matrix: drag, wheel, keys, hover.
namespace vitrine {

void MatrixView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_isFitted) return fit();
    measureMargins();
    clampOffset();
    requestTiles();
}

void MatrixView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    requestTiles();
}

void MatrixView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) setColorMap(m_map);
    QWidget::changeEvent(event);
}

void MatrixView::wheelEvent(QWheelEvent* event) {
    const double notches = (event->angleDelta().y() + event->angleDelta().x()) / 120.0;
    if (notches != 0) zoomBy(std::pow(1.2, notches), event->position());
    event->accept();
}

void MatrixView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_pressed = m_last = event->pos();
    m_isDragging = false;
}

void MatrixView::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) {
        if (!m_isDragging && (event->pos() - m_pressed).manhattanLength() < 4) return;
        m_isDragging = true;
        setCursor(Qt::ClosedHandCursor);
        m_card->hide();
        m_offset -= QPointF(event->pos() - m_last) / m_scale;
        m_last = event->pos();
        m_isFitted = false;
        clampOffset();
        requestTiles();
        return update();
    }
    const auto cell = cellAt(event->pos());
    if (cell == m_hover) return;
    m_hover = cell;
    if (cell) {
        showCard(*cell, event->pos());
        Q_EMIT hovered(*cell);
    } else
        m_card->hide();
    update();
}

void MatrixView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    unsetCursor();
    if (!m_isDragging)
        if (const auto cell = cellAt(event->pos())) setCurrent(cell);
    m_isDragging = false;
}

void MatrixView::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto cell = cellAt(event->pos());
    if (!cell) return fit();
    setCurrent(cell);
    Q_EMIT activated(*cell);
}

void MatrixView::leaveEvent(QEvent* event) {
    m_hover.reset();
    m_card->hide();
    update();
    QWidget::leaveEvent(event);
}

void MatrixView::keyPressEvent(QKeyEvent* event) {
    if (!m_source) return QWidget::keyPressEvent(event);
    const MatrixCell here =
        m_current.value_or(MatrixCell{static_cast<qint64>(m_offset.y()), static_cast<qint64>(m_offset.x())});
    const qint64 stride = event->modifiers() & Qt::ControlModifier ? 10 : 1;
    const auto go = [&](qint64 down, qint64 right) {
        if (!m_current)
            setCurrent(here);
        else
            setCurrent(MatrixCell{std::clamp<qint64>(here.row + down, 0, m_source->rows() - 1),
                                  std::clamp<qint64>(here.column + right, 0, m_source->columns() - 1)});
        if (m_current) showCard(*m_current, cellRect(*m_current).bottomRight());
    };
    const QPointF centre = m_current ? QPointF(cellRect(*m_current).center()) : QPointF(body().center());
    switch (event->key()) {
    case Qt::Key_Left:
        return go(0, -stride);
    case Qt::Key_Right:
        return go(0, stride);
    case Qt::Key_Up:
        return go(-stride, 0);
    case Qt::Key_Down:
        return go(stride, 0);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomBy(1.25, centre);
    case Qt::Key_Minus:
        return zoomBy(0.8, centre);
    case Qt::Key_Home:
    case Qt::Key_0:
        return fit();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current) Q_EMIT activated(*m_current);
        return;
    case Qt::Key_Escape:
        if (!m_card->isVisible()) break;
        return m_card->hide();
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void MatrixView::showCard(const MatrixCell& cell, const QPoint& at) {
    const TileKey key{0, static_cast<int>(cell.row / TileKey::Extent), static_cast<int>(cell.column / TileKey::Extent)};
    const Entry* entry = m_tiles.object(key);
    double value = std::nan("");
    std::uint32_t round = 0;
    if (entry) {
        const auto index =
            static_cast<std::size_t>((cell.row - key.top()) * entry->tile->width + cell.column - key.left());
        if (index < entry->tile->values.size()) value = static_cast<double>(entry->tile->values[index]);
        if (index < entry->tile->rounds.size()) round = entry->tile->rounds[index];
    }
    if (m_describe) return m_card->showAt(m_describe(cell, value, round), at);
    const auto name = [](const Label& label, qint64 index) {
        return (label ? label(index) : QString::number(index)).toHtmlEscaped();
    };
    m_card->showAt(HoverCard::pairs({{m_rowAxis.toHtmlEscaped(), name(m_rowLabel, cell.row)},
                                     {m_columnAxis.toHtmlEscaped(), name(m_columnLabel, cell.column)},
                                     {tr("value"), std::isnan(value) ? tr("reading…") : plot::longNumber(value)}}),
                   at);
}

} // namespace vitrine
