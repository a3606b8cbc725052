// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/editor/highlighter.hpp"

#include "core/methods/tensor_logic/parser.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QElapsedTimer>
#include <QFontMetricsF>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>

#include <algorithm>
#include <array>

namespace vitrine {

namespace {

constexpr int SliceMs = 5;
enum State { Plain = 0, InComment = 1 }; // of a line's end; -1 is "never looked at"

QTextCharFormat formatOf(tl::TokenKind kind) {
    const ThemeTokens& t = Theme::tokens();
    QTextCharFormat format;
    switch (kind) {
    case tl::TokenKind::Comment:
        format.setForeground(t.secondary);
        break;
    case tl::TokenKind::Number:
        format.setForeground(Theme::hue(Hue::Teal));
        break;
    case tl::TokenKind::String:
        format.setForeground(Theme::hue(Hue::Green));
        break;
    case tl::TokenKind::Directive:
        format.setForeground(Theme::hue(Hue::Rose));
        break;
    case tl::TokenKind::Function:
        format.setForeground(Theme::hue(Hue::Teal));
        break;
    case tl::TokenKind::Error:
        format.setForeground(t.bad);
        break;
    case tl::TokenKind::Variable:
        format.setForeground(t.accent);
        break;
    case tl::TokenKind::Name:
    case tl::TokenKind::Operator:
    case tl::TokenKind::Bracket:
        format.setForeground(t.text);
        break;
    }
    return format;
}

/// UTF-16 column of each byte of a line (and of its end).
std::vector<int> columnsOf(const std::string& line) {
    std::vector<int> columns(line.size() + 1);
    int column = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const auto byte = static_cast<unsigned char>(line[i]);
        columns[i] = column;
        if ((byte & 0xC0) == 0x80) columns[i] = column; // inside a character
        const bool isLast = i + 1 == line.size() || (static_cast<unsigned char>(line[i + 1]) & 0xC0) != 0x80;
        if (!isLast) continue;
        std::size_t start = i;
        while (start > 0 && (static_cast<unsigned char>(line[start]) & 0xC0) == 0x80) --start;
        column += (static_cast<unsigned char>(line[start]) & 0xF8) == 0xF0 ? 2 : 1;
    }
    columns[line.size()] = column;
    return columns;
}

QFont signFont(const QFont& font) {
    QFont small = font;
    small.setPixelSize(std::max(8, font.pixelSize() * 3 / 4));
    return small;
}

} // namespace

LineData* LineData::of(const QTextBlock& block, bool create) {
    auto* data = static_cast<LineData*>(block.userData());
    if (!data && create) {
        data = new LineData;
        QTextBlock(block).setUserData(data);
    }
    return data;
}

double Highlighter::signWidth(const QFont& font, const LineMarks::Sum& sum) {
    return QFontMetricsF(font).horizontalAdvance(sum.sign) +
           QFontMetricsF(signFont(font)).horizontalAdvance(sum.variables) + 4;
}

QColor Highlighter::indexColor(int number) {
    constexpr std::array hues{Hue::Blue, Hue::Violet, Hue::Amber, Hue::Teal, Hue::Rose, Hue::Green};
    return Theme::hue(hues[static_cast<std::size_t>(number) % hues.size()]);
}

Highlighter::Highlighter(QTextDocument* document) : QObject(document), m_document(document) {
    m_timer.setSingleShot(true);
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &Highlighter::work);
    connect(document, &QTextDocument::contentsChange, this, &Highlighter::onContentsChange);
}

void Highlighter::onContentsChange(int position, int removed, int added) {
    if (m_isApplying) return;
    QTextBlock block = m_document->findBlock(position);
    QTextBlock last = m_document->findBlock(position + added);
    if (!last.isValid()) last = m_document->lastBlock();               // a whole text counts its closing separator too
    if (LineData* data = LineData::of(block); data && block == last) { // marks move with the text around them
        const int column = position - block.position();
        auto& sums = data->marks.sums;
        sums.removeIf([&](const auto& sum) { return sum.column > column && sum.column < column + removed; });
        for (auto& sum : sums)
            if (sum.column > column) sum.column += added - removed;
        sums.removeIf([&](const auto& sum) { return sum.column < 0 || sum.column > block.length(); });
    }
    QElapsedTimer timer;
    timer.start();
    bool isChanged = true;
    while (block.isValid()) {
        isChanged = colour(block);
        const bool isInside = block.blockNumber() < last.blockNumber();
        if (!isInside && !isChanged) return;
        block = block.next();
        if (timer.elapsed() >= SliceMs) break;
    }
    if (block.isValid()) continueFrom(block.blockNumber());
    if (block.isValid()) m_until = std::max(m_until, last.blockNumber());
}

void Highlighter::continueFrom(int line) {
    m_next = m_next < 0 ? line : std::min(m_next, line);
    m_timer.start();
}

void Highlighter::work() {
    QElapsedTimer timer;
    timer.start();
    QTextBlock block = m_document->findBlockByNumber(m_next);
    while (block.isValid() && timer.elapsed() < SliceMs) {
        const bool isChanged = colour(block);
        const int number = block.blockNumber();
        block = block.next();
        if (!isChanged && number >= m_until) {
            block = QTextBlock();
            break;
        }
    }
    m_next = block.isValid() ? block.blockNumber() : -1;
    if (m_next >= 0)
        m_timer.start();
    else
        m_until = -1;
}

void Highlighter::recolour() {
    m_until = m_document->blockCount();
    continueFrom(0);
}

void Highlighter::applyMarks(const QVector<LineMarks>& lines) {
    QTextBlock block = m_document->firstBlock();
    int first = -1, last = -1;
    for (qsizetype i = 0; block.isValid(); ++i, block = block.next()) {
        const LineMarks empty;
        const LineMarks& marks = i < lines.size() ? lines[i] : empty;
        LineData* data = LineData::of(block, !(marks == empty));
        if (!data || data->marks == marks) continue;
        data->marks = marks;
        if (first < 0) first = static_cast<int>(i);
        last = static_cast<int>(i);
    }
    if (first < 0) return;
    m_until = std::max(m_until, last);
    continueFrom(first);
}

bool Highlighter::colour(QTextBlock& block) {
    const int before = block.previous().isValid() ? std::max(0, block.previous().userState()) : static_cast<int>(Plain);
    const QString text = block.text();
    const std::string prefix = before == InComment ? "/*" : "";
    const std::string bytes = prefix + text.toStdString();
    const std::vector<int> columns = columnsOf(bytes);
    const int shift = static_cast<int>(prefix.size());
    const LineData* data = LineData::of(block);
    QList<QTextLayout::FormatRange> formats;
    int state = Plain;
    for (const tl::HighlightToken& token : tl::highlightTokens(bytes)) {
        const auto begin = std::min<std::size_t>(token.range.begin, bytes.size()),
                   end = std::min<std::size_t>(token.range.end, bytes.size());
        QTextLayout::FormatRange range;
        range.start = std::max(0, columns[begin] - shift);
        range.length = columns[end] - shift - range.start;
        range.format = formatOf(token.kind);
        if (token.kind == tl::TokenKind::Variable && data) {
            const auto colour = data->marks.indexColors.constFind(text.mid(range.start, range.length));
            if (colour != data->marks.indexColors.constEnd()) range.format.setForeground(indexColor(*colour));
        }
        const std::string_view token_text = std::string_view(bytes).substr(begin, end - begin);
        const bool isOpen = token_text.starts_with("/*") && (token_text.size() < 4 || !token_text.ends_with("*/"));
        if (isOpen && end == bytes.size()) {
            state = InComment;
            range.format = formatOf(tl::TokenKind::Comment);
        }
        if (range.length > 0) formats.append(range);
    }
    if (data)
        for (const auto& sum : data->marks.sums) {
            if (sum.column <= 0 || sum.column > text.size()) continue;
            QTextLayout::FormatRange room; // the sign stands in widened space after the character before it
            room.start = sum.column - 1;
            room.length = 1;
            for (const auto& other : formats)
                if (other.start <= room.start && room.start < other.start + other.length) room.format = other.format;
            room.format.setFontLetterSpacingType(QFont::AbsoluteSpacing);
            room.format.setFontLetterSpacing(signWidth(m_document->defaultFont(), sum));
            formats.append(room);
        }
    m_isApplying = true;
    if (block.layout()->formats() != formats) {
        block.layout()->setFormats(formats);
        m_document->markContentsDirty(block.position(), block.length());
    }
    m_isApplying = false;
    const bool isChanged = block.userState() != state;
    block.setUserState(state);
    return isChanged;
}

} // namespace vitrine
