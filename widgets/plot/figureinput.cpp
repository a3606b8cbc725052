// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"
#include "widgets/plot/figure.hpp"

#include <cmath>

/// Pan by dragging, box zoom with Shift or the right hand's rubber band, wheel zoom, and all of it from the keyboard.
namespace vitrine::plot {

void Figure::edited() {
    isZoomed = true;
    replot(rpQueuedReplot);
    Q_EMIT rangeEdited();
}

void Figure::zoomBy(double factor, const QPointF& centre, bool horizontal, bool vertical) {
    if (isEmpty()) return;
    if (horizontal) xAxis->scaleRange(factor, xAxis->pixelToCoord(centre.x()));
    if (vertical && !pinnedY) yAxis->scaleRange(factor, yAxis->pixelToCoord(centre.y()));
    edited();
}

void Figure::panBy(const QPoint& pixels) {
    if (isEmpty()) return;
    const auto shift = [](QCPAxis* axis, double from, double to) {
        const double a = axis->pixelToCoord(from), b = axis->pixelToCoord(to);
        if (axis->scaleType() == QCPAxis::stLogarithmic) {
            if (b > 0) axis->setRange(axis->range().lower * a / b, axis->range().upper * a / b);
        } else
            axis->moveRange(a - b);
    };
    const QPoint centre = axisRect()->center();
    shift(xAxis, centre.x(), centre.x() + pixels.x());
    if (!pinnedY) shift(yAxis, centre.y(), centre.y() + pixels.y());
    edited();
}

void Figure::mousePressEvent(QMouseEvent* event) {
    setFocus(Qt::MouseFocusReason);
    if (event->button() != Qt::LeftButton || !axisRect()->rect().contains(event->pos())) return;
    m_pressed = m_last = event->pos();
    m_isDragged = false;
    m_isPanning = !(event->modifiers() & Qt::ShiftModifier);
    if (!m_isPanning) {
        m_band->setGeometry(QRect(m_pressed, QSize()));
        m_band->show();
    }
}

void Figure::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton && !m_pressed.isNull()) {
        if ((event->pos() - m_pressed).manhattanLength() > 3) m_isDragged = true;
        if (m_band->isVisible())
            m_band->setGeometry(QRect(m_pressed, event->pos()).normalized() & axisRect()->rect());
        else if (m_isPanning && m_isDragged) {
            panBy(event->pos() - m_last);
            m_last = event->pos();
        }
        return;
    }
    if (axisRect()->rect().adjusted(-4, -4, 4, 4).contains(event->pos()))
        setCursor(xAxis->pixelToCoord(event->pos().x()));
    else
        clearCursor();
}

void Figure::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_pressed.isNull()) return;
    m_pressed = QPoint();
    if (m_band->isVisible()) {
        m_band->hide();
        const QRect box = m_band->geometry();
        if (box.width() < 4 || box.height() < 4) return;
        const QCPRange across(xAxis->pixelToCoord(box.left()), xAxis->pixelToCoord(box.right()));
        const QCPRange up(yAxis->pixelToCoord(box.bottom()), yAxis->pixelToCoord(box.top()));
        xAxis->setRange(across);
        if (!pinnedY) yAxis->setRange(up);
        return edited();
    }
    if (m_isDragged || !m_cursor) return;
    if (const Curve* curve = nearestCurve(event->position())) Q_EMIT activated(curve->id, *m_cursor);
}

void Figure::mouseDoubleClickEvent(QMouseEvent*) {
    m_pressed = QPoint();
    resetRange();
    replot(rpQueuedReplot);
    Q_EMIT rangeEdited();
}

void Figure::wheelEvent(QWheelEvent* event) {
    // Plain scrolling belongs to the page unless the reader works in this plot.
    if (!hasFocus() && !(event->modifiers() & Qt::ControlModifier)) return event->ignore();
    const double notches = event->angleDelta().y() / 120.0;
    const bool onlyY = event->modifiers() & Qt::AltModifier, onlyX = event->modifiers() & Qt::ShiftModifier;
    if (notches != 0) zoomBy(std::pow(0.85, notches), event->position(), !onlyY, !onlyX);
    event->accept();
}

void Figure::leaveEvent(QEvent* event) {
    if (!hasFocus()) clearCursor();
    QCustomPlot::leaveEvent(event);
}

void Figure::keyPressEvent(QKeyEvent* event) {
    const QPointF centre = axisRect()->center();
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const int step = Theme::px(40);
    switch (event->key()) {
    case Qt::Key_Left:
        shift ? panBy({step, 0}) : stepCursor(event->modifiers() & Qt::ControlModifier ? -10 : -1);
        return;
    case Qt::Key_Right:
        shift ? panBy({-step, 0}) : stepCursor(event->modifiers() & Qt::ControlModifier ? 10 : 1);
        return;
    case Qt::Key_Up:
        panBy({0, step});
        return;
    case Qt::Key_Down:
        panBy({0, -step});
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(0.8, centre, true, true);
        return;
    case Qt::Key_Minus:
        zoomBy(1.25, centre, true, true);
        return;
    case Qt::Key_Home:
    case Qt::Key_0:
        resetRange();
        replot(rpQueuedReplot);
        Q_EMIT rangeEdited();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!m_cursor || curves.empty()) break;
        Q_EMIT activated(nearestCurve(QPointF(xAxis->coordToPixel(*m_cursor), centre.y()))->id, *m_cursor);
        return;
    case Qt::Key_Escape:
        if (!m_cursor) break;
        clearCursor();
        return;
    default:
        break;
    }
    QCustomPlot::keyPressEvent(event);
}

Curve* Figure::nearestCurve(const QPointF& at) const {
    Curve* best = nullptr;
    double distance = 0;
    for (const auto& curve : curves) {
        const qsizetype i = curve->isShown ? nearest(curve->x, xAxis->pixelToCoord(at.x())) : -1;
        if (i < 0) continue;
        const double here = std::isfinite(curve->y[i]) ? std::abs(yAxis->coordToPixel(curve->y[i]) - at.y()) : 1e9;
        if (!best || here < distance) {
            best = curve.get();
            distance = here;
        }
    }
    return best ? best : curves.empty() ? nullptr : curves.front().get();
}

} // namespace vitrine::plot
