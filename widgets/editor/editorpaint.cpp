// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"
#include "widgets/editor/codeeditor_p.hpp"
#include "widgets/editor/highlighter.hpp"

#include <QPainter>
#include <QPainterPath>
#include <QRegularExpression>
#include <QTextBlock>

#include <algorithm>

/// What the editor draws around and over the text.
namespace vitrine {

namespace {
constexpr int BracketReach = 400; ///< lines looked at on either side

QColor severityColor(Severity severity) {
    const ThemeTokens& t = Theme::tokens();
    return severity == Severity::Error ? t.bad : severity == Severity::Warning ? t.warning : t.secondary;
}
} // namespace

int CodeEditor::gutterWidth() const {
    int digits = 2;
    for (int count = blockCount(); count >= 100; count /= 10) ++digits;
    return fontMetrics().horizontalAdvance(QLatin1Char('9')) * digits + Theme::px(30);
}

void CodeEditor::paintGutter(QPaintEvent* event) {
    const ThemeTokens& t = Theme::tokens();
    QPainter painter(m_impl->gutter);
    painter.fillRect(event->rect(), t.panel);
    QFont font = this->font();
    font.setPixelSize(std::max(6, font.pixelSize() - Theme::px(2)));
    painter.setFont(font);
    const QHash<int, Severity>& marks = m_impl->lineMarks;
    const int width = m_impl->gutter->width();
    QTextBlock block = firstVisibleBlock();
    double top = blockBoundingGeometry(block).translated(contentOffset()).top();
    while (block.isValid() && top <= event->rect().bottom()) {
        const double height = blockBoundingRect(block).height();
        const int line = block.blockNumber();
        if (block.isVisible() && top + height >= event->rect().top()) {
            if (line == textCursor().blockNumber())
                painter.fillRect(QRectF(0, top, width, height), mix(t.accent, t.panel, t.dark ? 0.16 : 0.07));
            painter.setPen(line == textCursor().blockNumber() ? t.text : t.secondary);
            painter.drawText(QRectF(0, top, width - Theme::px(14), height), Qt::AlignRight | Qt::AlignVCenter,
                             QString::number(line + 1));
            if (const auto mark = marks.constFind(line);
                mark != marks.constEnd()) { // shape and colour: error is a disc, warning a triangle
                painter.setRenderHint(QPainter::Antialiasing);
                painter.setPen(Qt::NoPen);
                painter.setBrush(severityColor(*mark));
                const QPointF centre(Theme::px(9), top + height / 2);
                const double r = Theme::px(4);
                if (*mark == Severity::Error)
                    painter.drawEllipse(centre, r, r);
                else
                    painter.drawPolygon(QPolygonF(
                        {centre + QPointF(0, -r), centre + QPointF(r, r * 0.8), centre + QPointF(-r, r * 0.8)}));
            }
        }
        block = block.next();
        top += height;
    }
}

void CodeEditor::refreshSelections() {
    const ThemeTokens& t = Theme::tokens();
    QList<QTextEdit::ExtraSelection> all;
    const auto fullLine = [&](const QTextCursor& at, const QColor& color) {
        QTextEdit::ExtraSelection line;
        line.format.setBackground(color);
        line.format.setProperty(QTextFormat::FullWidthSelection, true);
        line.cursor = at;
        line.cursor.clearSelection();
        all.append(line);
    };
    if (m_impl->markedLine >= 0)
        fullLine(QTextCursor(document()->findBlockByNumber(m_impl->markedLine)),
                 mix(Theme::hue(Hue::Orange), t.panel, 0.12));
    fullLine(textCursor(), mix(t.accent, t.panel, t.dark ? 0.16 : 0.07));
    if (!m_impl->find.text.isEmpty()) { // matches in view only: all of them would be too many
        const QTextBlock first = firstVisibleBlock();
        QTextBlock block = first;
        const QRegularExpression pattern(
            m_impl->find.isRegular ? m_impl->find.text : QRegularExpression::escape(m_impl->find.text),
            m_impl->find.matchesCase ? QRegularExpression::NoPatternOption : QRegularExpression::CaseInsensitiveOption);
        for (int i = 0; i < 200 && block.isValid() && pattern.isValid(); ++i, block = block.next()) {
            auto matches = pattern.globalMatch(block.text());
            while (matches.hasNext()) {
                const auto match = matches.next();
                if (match.capturedLength() == 0) continue;
                QTextEdit::ExtraSelection found;
                found.format.setBackground(mix(t.warning, t.panel, 0.3));
                found.cursor = QTextCursor(block);
                found.cursor.setPosition(block.position() + static_cast<int>(match.capturedStart()));
                found.cursor.setPosition(block.position() + static_cast<int>(match.capturedEnd()),
                                         QTextCursor::KeepAnchor);
                all.append(found);
            }
        }
    }
    matchBracket(all);
    setExtraSelections(all);
}

namespace {
const QString Opening = QStringLiteral("([{"), Closing = QStringLiteral(")]}");

/// Where the bracket at `start` is closed or opened, or -1. Goes by whole lines: asking the document for one character
/// after the other takes as long as a key press may.
int partnerOf(const QTextDocument& document, int start, bool isOpening) {
    QTextBlock block = document.findBlock(start);
    const int step = isOpening ? 1 : -1;
    int at = start - block.position(), depth = 0;
    for (int line = 0; line < BracketReach && block.isValid(); ++line) {
        const QString text = block.text();
        if (line > 0) at = isOpening ? 0 : static_cast<int>(text.size()) - 1;
        for (; at >= 0 && at < text.size(); at += step) {
            if (Opening.contains(text[at])) depth += step;
            if (Closing.contains(text[at])) depth -= step;
            if (depth == 0) return block.position() + at;
        }
        block = isOpening ? block.next() : block.previous();
    }
    return -1;
}
} // namespace

void CodeEditor::matchBracket(QList<QTextEdit::ExtraSelection>& out) const {
    const int position = textCursor().position();
    const auto charAt = [this](int at) { return at >= 0 ? document()->characterAt(at) : QChar(); };
    int start = position;
    if (!Opening.contains(charAt(start)) && !Closing.contains(charAt(start))) start = position - 1;
    const QChar here = charAt(start);
    const bool isOpening = !here.isNull() && Opening.contains(here);
    if (here.isNull() || (!isOpening && !Closing.contains(here))) return;
    const int other = partnerOf(*document(), start, isOpening);
    const ThemeTokens& t = Theme::tokens();
    const bool matches = other >= 0 && (isOpening ? Opening.indexOf(here) == Closing.indexOf(charAt(other))
                                                  : Closing.indexOf(here) == Opening.indexOf(charAt(other)));
    for (const int at : {start, other}) {
        if (at < 0) continue;
        QTextEdit::ExtraSelection mark;
        mark.format.setBackground(mix(matches ? t.accent : t.bad, t.panel, 0.25));
        mark.cursor = QTextCursor(document());
        mark.cursor.setPosition(at);
        mark.cursor.setPosition(at + 1, QTextCursor::KeepAnchor);
        out.append(mark);
    }
}

QVector<QRectF> CodeEditor::signRects(int line) const {
    QVector<QRectF> rects;
    const QTextBlock block = document()->findBlockByNumber(line);
    const LineData* kept = LineData::of(block);
    if (!kept || !block.layout()->lineCount()) return rects;
    const QPointF origin = blockBoundingGeometry(block).translated(contentOffset()).topLeft();
    for (const auto& sum : kept->marks.sums) {
        if (sum.column <= 0 || sum.column > block.length() - 1) continue;
        const QTextLine text = block.layout()->lineForTextPosition(sum.column);
        const double width = Highlighter::signWidth(font(), sum), x = text.cursorToX(sum.column);
        rects.append(QRectF(origin.x() + x - width, origin.y() + text.y(), width, text.height()));
    }
    return rects;
}

void CodeEditor::paintSigns(QPainter& painter) {
    QFont small = font();
    small.setPixelSize(std::max(8, font().pixelSize() * 3 / 4));
    painter.setPen(Theme::hue(Hue::Amber));
    QTextBlock block = firstVisibleBlock();
    double top = blockBoundingGeometry(block).translated(contentOffset()).top();
    while (block.isValid() && top <= viewport()->height()) {
        const LineData* kept = LineData::of(block);
        const QVector<QRectF> rects = kept ? signRects(block.blockNumber()) : QVector<QRectF>();
        for (qsizetype i = 0; i < rects.size(); ++i) {
            const auto& sum = kept->marks.sums[i];
            painter.setFont(font());
            painter.drawText(rects[i], Qt::AlignLeft | Qt::AlignVCenter, sum.sign);
            const double used = QFontMetricsF(font()).horizontalAdvance(sum.sign);
            painter.setFont(small);
            painter.drawText(rects[i].adjusted(used, font().pixelSize() * 0.35, 4, font().pixelSize() * 0.35),
                             Qt::AlignLeft | Qt::AlignVCenter, sum.variables);
        }
        top += blockBoundingRect(block).height();
        block = block.next();
    }
}

void CodeEditor::paintSquiggles(QPainter& painter, const QRect& area) {
    if (!isCheckCurrent()) return;
    const int first = firstVisibleBlock().blockNumber();
    const int last = first + area.height() / std::max(1, fontMetrics().lineSpacing()) + 2;
    painter.setRenderHint(QPainter::Antialiasing);
    for (const EditorDiagnostic& each : m_impl->checked->diagnostics) {
        if (each.span.line > last || each.span.endLine < first) continue;
        const QTextBlock block = document()->findBlockByNumber(each.span.line);
        if (!block.isValid() || !block.layout()->lineCount()) continue;
        const QPointF origin = blockBoundingGeometry(block).translated(contentOffset()).topLeft();
        const QTextLine line = block.layout()->lineAt(0);
        const int from = std::min(each.span.column, block.length() - 1);
        const int to =
            each.span.endLine > each.span.line ? block.length() - 1 : std::min(each.span.endColumn, block.length() - 1);
        const double x0 = origin.x() + line.cursorToX(from);
        const double x1 = std::max(origin.x() + line.cursorToX(to), x0 + fontMetrics().averageCharWidth());
        const double y = origin.y() + line.y() + line.height() - 1;
        QPainterPath wave(QPointF(x0, y));
        for (double x = x0; x < x1; x += 4) {
            wave.quadTo(QPointF(x + 1, y - 2.5), QPointF(x + 2, y - 1));
            wave.quadTo(QPointF(x + 3, y + 0.5), QPointF(x + 4, y - 1));
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(severityColor(each.severity), 1.2));
        painter.drawPath(wave);
    }
}

void CodeEditor::paintEvent(QPaintEvent* event) {
    QPlainTextEdit::paintEvent(event);
    QPainter painter(viewport());
    painter.setClipRect(event->rect());
    paintSigns(painter);
    paintSquiggles(painter, viewport()->rect());
}

} // namespace vitrine
