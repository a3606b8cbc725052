// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"
#include "widgets/editor/codeeditor_p.hpp"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>
#include <QRegularExpression>
#include <QScrollBar>
#include <QTextBlock>

#include <algorithm>

/// Keys of the editor: completion, indenting, comments, find and replace.
namespace vitrine {

namespace {
constexpr int LeastPrefix = 2;

bool isWordCharacter(QChar c) {
    return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char('@') || c.isSurrogate() ||
           c == QLatin1Char('\'');
}
// Of the first few entries: measuring all of a long program's names would take longer than a key press may.
int listWidth(const QCompleter& completer) {
    const QAbstractItemModel* words = completer.completionModel();
    const QFontMetrics metrics = completer.popup()->fontMetrics();
    int widest = Theme::px(120);
    for (int row = 0; row < std::min(words->rowCount(), 50); ++row)
        widest = std::max(widest, metrics.horizontalAdvance(words->index(row, 0).data().toString()));
    return widest + completer.popup()->verticalScrollBar()->sizeHint().width() + Theme::px(24);
}
} // namespace

QString CodeEditor::wordBeforeCursor() const {
    const QTextCursor cursor = textCursor();
    const QString line = cursor.block().text().left(cursor.positionInBlock());
    qsizetype start = line.size();
    while (start > 0 && isWordCharacter(line[start - 1])) --start;
    return line.mid(start);
}

void CodeEditor::updateCompletion(bool isForced) {
    QCompleter* completer = m_impl->completer;
    const QString prefix = wordBeforeCursor();
    if (!isForced && prefix.size() < LeastPrefix) return completer->popup()->hide();
    completer->setCompletionPrefix(prefix);
    const bool isSaidAlready = completer->completionCount() == 1 && completer->currentCompletion() == prefix;
    if (completer->completionCount() == 0 || isSaidAlready) return completer->popup()->hide();
    completer->popup()->setCurrentIndex(completer->completionModel()->index(0, 0));
    QRect at = cursorRect();
    at.translate(gutterWidth(), Theme::px(2));
    at.setWidth(listWidth(*completer));
    completer->complete(at);
}

void CodeEditor::complete() {
    updateCompletion(true);
}

void CodeEditor::insertCompletion(const QString& completion) {
    QTextCursor cursor = textCursor();
    cursor.movePosition(QTextCursor::Left, QTextCursor::KeepAnchor, static_cast<int>(wordBeforeCursor().size()));
    cursor.insertText(completion);
    setTextCursor(cursor);
}

void CodeEditor::indentSelection(bool deeper) {
    QTextCursor cursor = textCursor();
    const int first = document()->findBlock(cursor.selectionStart()).blockNumber(),
              last = document()->findBlock(cursor.selectionEnd()).blockNumber();
    cursor.beginEditBlock();
    for (int line = first; line <= last; ++line) {
        QTextCursor at(document()->findBlockByNumber(line));
        if (deeper)
            at.insertText(QStringLiteral("    "));
        else
            for (int i = 0; i < 4 && at.block().text().startsWith(QLatin1Char(' ')); ++i) at.deleteChar();
    }
    cursor.endEditBlock();
}

void CodeEditor::toggleComment() {
    QTextCursor cursor = textCursor();
    const int first = document()->findBlock(cursor.selectionStart()).blockNumber(),
              last = document()->findBlock(cursor.selectionEnd()).blockNumber();
    bool areComments = true;
    for (int line = first; line <= last; ++line) {
        const QString text = document()->findBlockByNumber(line).text().trimmed();
        areComments = areComments && (text.isEmpty() || text.startsWith(QLatin1Char('#')));
    }
    cursor.beginEditBlock();
    for (int line = first; line <= last; ++line) {
        QTextCursor at(document()->findBlockByNumber(line));
        const QString text = at.block().text();
        if (!areComments) {
            if (!text.trimmed().isEmpty()) at.insertText(QStringLiteral("# "));
            continue;
        }
        const qsizetype mark = text.indexOf(QLatin1Char('#'));
        if (mark < 0) continue;
        at.setPosition(at.block().position() + static_cast<int>(mark));
        at.deleteChar();
        if (mark + 1 < text.size() && text[mark + 1] == QLatin1Char(' ')) at.deleteChar();
    }
    cursor.endEditBlock();
}

void CodeEditor::keyPressEvent(QKeyEvent* event) {
    QCompleter* completer = m_impl->completer;
    const bool isListOpen = completer->popup()->isVisible();
    const bool control = event->modifiers() & Qt::ControlModifier;
    if (isListOpen) switch (event->key()) {
        case Qt::Key_Enter:
        case Qt::Key_Return:
        case Qt::Key_Tab: {
            const QModelIndex index = completer->popup()->currentIndex();
            if (control || !index.isValid()) break;
            completer->popup()->hide();
            return insertCompletion(index.data().toString());
        }
        case Qt::Key_Escape:
            return completer->popup()->hide();
        case Qt::Key_Up:
        case Qt::Key_Down:
            return event->ignore();
        default:
            break;
        }
    if (control && event->key() == Qt::Key_Space) return updateCompletion(true);
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if ((control && event->key() == Qt::Key_Period) || (event->modifiers() == Qt::AltModifier && isEnter))
        return openFixes();
    if (control && event->key() == Qt::Key_Slash) return toggleComment();
    if (control && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter))
        return event->ignore(); // evaluate: the room's
    if (control && (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal)) return setZoom(zoom() + 10);
    if (control && event->key() == Qt::Key_Minus) return setZoom(zoom() - 10);
    if (control && event->key() == Qt::Key_0 && event->modifiers() & Qt::AltModifier) return setZoom(100);
    if (event->key() == Qt::Key_F8) return goToNextDiagnostic(!(event->modifiers() & Qt::ShiftModifier));
    if (event->key() == Qt::Key_F1) return event->ignore();
    if (event->key() == Qt::Key_Tab && textCursor().hasSelection()) return indentSelection(true);
    if (event->key() == Qt::Key_Backtab) return indentSelection(false);
    if (event->key() == Qt::Key_Tab) return insertPlainText(QStringLiteral("    "));
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !control) { // keep the indent of the line
        const QString line = textCursor().block().text();
        qsizetype blanks = 0;
        while (blanks < line.size() && blanks < textCursor().positionInBlock() && line[blanks] == QLatin1Char(' '))
            ++blanks;
        QPlainTextEdit::keyPressEvent(event);
        if (blanks > 0) insertPlainText(QString(blanks, QLatin1Char(' ')));
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
    const bool isWord = !event->text().isEmpty() && isWordCharacter(event->text().front()) && !control;
    if (isWord)
        updateCompletion(false);
    else if (isListOpen) {
        if (event->key() == Qt::Key_Backspace)
            updateCompletion(false);
        else if (!event->text().isEmpty() || event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)
            completer->popup()->hide();
    }
}

namespace {
QRegularExpression patternOf(const CodeEditor::Find& find) {
    return QRegularExpression(find.isRegular ? find.text : QRegularExpression::escape(find.text),
                              find.matchesCase ? QRegularExpression::NoPatternOption
                                               : QRegularExpression::CaseInsensitiveOption);
}
} // namespace

int CodeEditor::setFind(const Find& find) {
    m_impl->find = find;
    refreshSelections();
    const QRegularExpression pattern = patternOf(find);
    if (find.text.isEmpty() || !pattern.isValid()) return 0;
    int count = 0;
    for (QTextBlock block = document()->firstBlock(); block.isValid(); block = block.next()) {
        auto matches = pattern.globalMatch(block.text());
        while (matches.hasNext()) count += matches.next().capturedLength() > 0 ? 1 : 0;
    }
    return count;
}

bool CodeEditor::findNext(bool forwards) {
    const QRegularExpression pattern = patternOf(m_impl->find);
    if (m_impl->find.text.isEmpty() || !pattern.isValid()) return false;
    const auto flags = (forwards ? QTextDocument::FindFlags() : QTextDocument::FindBackward) |
                       (m_impl->find.matchesCase ? QTextDocument::FindCaseSensitively : QTextDocument::FindFlags());
    QTextCursor found = document()->find(pattern, textCursor(), flags);
    if (found.isNull()) { // round the end
        QTextCursor edge(document());
        if (!forwards) edge.movePosition(QTextCursor::End);
        found = document()->find(pattern, edge, flags);
    }
    if (found.isNull()) return false;
    setTextCursor(found);
    ensureCursorVisible();
    return true;
}

bool CodeEditor::replaceOne(const QString& with) {
    const QRegularExpression pattern = patternOf(m_impl->find);
    QTextCursor cursor = textCursor();
    const auto match = pattern.match(cursor.selectedText());
    if (cursor.hasSelection() && match.hasMatch() && match.capturedLength() == cursor.selectedText().size()) {
        QString text = cursor.selectedText();
        cursor.insertText(m_impl->find.isRegular ? text.replace(pattern, with) : with);
        setTextCursor(cursor);
    }
    return findNext();
}

int CodeEditor::replaceAll(const QString& with) {
    const QRegularExpression pattern = patternOf(m_impl->find);
    if (m_impl->find.text.isEmpty() || !pattern.isValid()) return 0;
    int count = 0;
    QTextCursor edit(document());
    edit.beginEditBlock();
    for (QTextBlock block = document()->firstBlock(); block.isValid(); block = block.next()) {
        const QString before = block.text();
        int here = 0;
        auto matches = pattern.globalMatch(before);
        while (matches.hasNext()) here += matches.next().capturedLength() > 0 ? 1 : 0;
        if (here == 0) continue;
        QString after = before;
        m_impl->find.isRegular ? after.replace(pattern, with)
                               : after.replace(m_impl->find.text, with,
                                               m_impl->find.matchesCase ? Qt::CaseSensitive : Qt::CaseInsensitive);
        edit.setPosition(block.position());
        edit.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        edit.insertText(after);
        block = edit.block();
        count += here;
    }
    edit.endEditBlock();
    return count;
}

} // namespace vitrine
