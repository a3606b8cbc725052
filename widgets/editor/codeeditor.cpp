// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/editor/codeeditor.hpp"

#include "widgets/base/hovercard.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/editor/codeeditor_p.hpp"
#include "widgets/editor/highlighter.hpp"

#include <QAbstractItemView>
#include <QCompleter>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>
#include <QScrollBar>
#include <QTextBlock>
#include <QTimer>
#include <QtConcurrent>

#include <algorithm>

namespace vitrine {

namespace {
constexpr int CheckDelayMs = 200, HoverDelayMs = 350;

class Gutter final : public QWidget {
  public:
    explicit Gutter(CodeEditor* editor) : QWidget(editor), m_editor(editor) { setAttribute(Qt::WA_OpaquePaintEvent); }
    QSize sizeHint() const override { return {m_editor->gutterWidth(), 0}; }

  protected:
    void paintEvent(QPaintEvent* event) override { m_editor->paintGutter(event); }

  private:
    CodeEditor* m_editor;
};
} // namespace

CodeEditor::CodeEditor(CheckFunction check, QWidget* parent)
    : QPlainTextEdit(parent), m_impl(std::make_unique<Impl>()) {
    Impl& d = *m_impl;
    d.check = std::move(check);
    d.gutter = new Gutter(this);
    d.card = new HoverCard(viewport());
    setFrameShape(QFrame::NoFrame);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(false);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setCursorWidth(2);
    document()->setDocumentMargin(0); // the current line's ground runs from the gutter to the right edge
    d.baseSize = Theme::mono().pixelSize();
    setZoom(100);
    d.highlighter = new Highlighter(document());
    d.checkTimer.setSingleShot(true);
    d.checkTimer.setInterval(CheckDelayMs);
    connect(&d.checkTimer, &QTimer::timeout, this, &CodeEditor::startCheck);
    d.hoverTimer.setSingleShot(true);
    d.hoverTimer.setInterval(HoverDelayMs);
    connect(&d.hoverTimer, &QTimer::timeout, this, [this] {
        const int position = cursorForPosition(m_impl->hoverAt).position();
        const QRect cell = cursorRect(cursorForPosition(m_impl->hoverAt));
        if (!cell.adjusted(-fontMetrics().averageCharWidth() * 2, 0, fontMetrics().averageCharWidth() * 2, 0)
                 .contains(m_impl->hoverAt))
            return;
        const QString html = hoverTextAt(position);
        if (html.isEmpty())
            m_impl->card->hide();
        else
            m_impl->card->showAt(html, cell.bottomLeft());
    });
    // A change of formats alone is a contentsChange too: only a new revision of the text asks for a check.
    connect(document(), &QTextDocument::contentsChange, this, [this](int, int removed, int added) {
        if (removed == added && document()->revision() == m_impl->seenRevision) return;
        m_impl->seenRevision = document()->revision();
        m_impl->stop.request_stop();
        m_impl->card->hide();
        m_impl->checkTimer.start();
    });
    connect(this, &QPlainTextEdit::blockCountChanged, this, [this] { setViewportMargins(gutterWidth(), 0, 0, 0); });
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& area, int dy) {
        if (dy != 0)
            m_impl->gutter->scroll(0, dy);
        else
            m_impl->gutter->update(0, area.y(), m_impl->gutter->width(), area.height());
    });
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, [this] {
        refreshSelections();
        m_impl->gutter->update();
    });
    d.completer = new QCompleter(&d.words, this);
    d.completer->setWidget(this);
    d.completer->setCompletionMode(QCompleter::PopupCompletion);
    d.completer->setCaseSensitivity(Qt::CaseInsensitive);
    d.completer->setModelSorting(QCompleter::CaseInsensitivelySortedModel);
    connect(d.completer, qOverload<const QString&>(&QCompleter::activated), this, &CodeEditor::insertCompletion);
    setViewportMargins(gutterWidth(), 0, 0, 0);
    refreshSelections();
    setAccessibleName(tr("Program"));
}

CodeEditor::~CodeEditor() {
    m_impl->stop.request_stop();
}

void CodeEditor::setFileName(const QString& name) {
    m_impl->name = name;
}
void CodeEditor::setFolder(const QString& folder) {
    m_impl->folder = folder;
    m_impl->checkTimer.start();
}
std::shared_ptr<const CheckedText> CodeEditor::checked() const {
    return m_impl->checked;
}
bool CodeEditor::isCheckCurrent() const {
    return m_impl->checked && m_impl->checked->revision == document()->revision();
}
void CodeEditor::checkNow() {
    m_impl->checkTimer.stop();
    startCheck();
}
void CodeEditor::setHoverText(HoverText hover) {
    m_impl->hover = std::move(hover);
}
QCompleter* CodeEditor::completer() const {
    return m_impl->completer;
}
int CodeEditor::zoom() const {
    return m_impl->zoom;
}

void CodeEditor::startCheck() {
    Impl& d = *m_impl;
    if (!d.check) return;
    d.stop.request_stop();
    d.stop = std::stop_source();
    const int revision = document()->revision();
    QtConcurrent::run([check = d.check, name = d.name, text = toPlainText(), folder = d.folder, revision,
                       stop = d.stop.get_token()] {
        return checkText(check, name, text, folder, revision, stop);
    }).then(this, [this](std::shared_ptr<const CheckedText> result) { take(std::move(result)); });
}

void CodeEditor::take(std::shared_ptr<const CheckedText> result) {
    if (result->revision != document()->revision()) return; // the text has moved on; a newer check is under way
    Impl& d = *m_impl;
    d.checked = std::move(result);
    d.lineMarks.clear();
    for (const EditorDiagnostic& each : d.checked->diagnostics) {
        const auto at = d.lineMarks.find(each.span.line);
        if (at == d.lineMarks.end())
            d.lineMarks.insert(each.span.line, each.severity);
        else
            *at = std::max(*at, each.severity);
    }
    d.highlighter->applyMarks(d.checked->lines);
    d.seenRevision = document()->revision();
    static const QStringList fixed =
        QStringLiteral(
            "step sig sigmoid relu tanh exp log sqrt abs sign sin cos softmax lnorm concat gelu silu log_softmax not "
            "@domain @learn @freeze @minimize @maximize @seed @sparse @dense @iterate @mode")
            .split(QLatin1Char(' '));
    QStringList words = d.checked->names + fixed;
    words.sort(Qt::CaseInsensitive);
    if (words != d.words.stringList()) d.words.setStringList(words);
    refreshSelections();
    d.gutter->update();
    viewport()->update();
    Q_EMIT checkFinished();
}

void CodeEditor::setZoom(int percent) {
    m_impl->zoom = std::clamp(percent, 50, 300);
    QFont font = Theme::mono();
    font.setPixelSize(std::max(6, m_impl->baseSize * m_impl->zoom / 100));
    setFont(font);
    document()->setDefaultFont(font);
    setTabStopDistance(QFontMetricsF(font).horizontalAdvance(QLatin1Char(' ')) * 4);
    setViewportMargins(gutterWidth(), 0, 0, 0);
    if (m_impl->highlighter) m_impl->highlighter->recolour();
    Q_EMIT zoomChanged(m_impl->zoom);
}

void CodeEditor::setMarkedLine(int line) {
    if (m_impl->markedLine == line) return;
    m_impl->markedLine = line;
    refreshSelections();
}

QTextCursor CodeEditor::cursorOf(const TextSpan& span) const {
    const auto positionOf = [this](int line, int column) {
        const QTextBlock block = document()->findBlockByNumber(std::clamp(line, 0, document()->blockCount() - 1));
        return block.position() + std::clamp(column, 0, block.length() - 1);
    };
    QTextCursor cursor(document());
    cursor.setPosition(positionOf(span.line, span.column));
    cursor.setPosition(positionOf(span.endLine, span.endColumn), QTextCursor::KeepAnchor);
    return cursor;
}

void CodeEditor::goTo(const TextSpan& span) {
    setTextCursor(cursorOf(span));
    centerCursor();
    setFocus(Qt::OtherFocusReason);
}

const EditorDiagnostic* CodeEditor::diagnosticAt(int position) const {
    if (!isCheckCurrent()) return nullptr;
    for (const EditorDiagnostic& each : m_impl->checked->diagnostics) {
        const QTextCursor place = cursorOf(each.span);
        if (position >= place.selectionStart() &&
            position <= std::max(place.selectionEnd(), place.selectionStart() + 1))
            return &each;
    }
    return nullptr;
}

void CodeEditor::goToNextDiagnostic(bool forwards) {
    if (!m_impl->checked || m_impl->checked->diagnostics.isEmpty()) return;
    const int here = textCursor().selectionStart();
    const auto& all = m_impl->checked->diagnostics;
    const EditorDiagnostic* target = forwards ? &all.front() : &all.back();
    for (qsizetype i = 0; i < all.size(); ++i) {
        const EditorDiagnostic& each = all[forwards ? i : all.size() - 1 - i];
        const int start = cursorOf(each.span).selectionStart();
        if (forwards ? start <= here : start >= here) continue;
        target = &each;
        break;
    }
    goTo(target->span);
    showHover();
}

QString CodeEditor::hoverTextAt(int position) const {
    QString html;
    if (const EditorDiagnostic* found = diagnosticAt(position)) {
        html = QStringLiteral("<b>%1</b> %2").arg(found->code.toHtmlEscaped(), found->message.toHtmlEscaped());
        for (const QString& note : found->notes) html += QStringLiteral("<br>") + note.toHtmlEscaped();
        if (!found->fixes.isEmpty())
            html += QStringLiteral("<br>") + tr("Ctrl+. offers: %1").arg(found->fixes.front().label.toHtmlEscaped());
    }
    if (!m_impl->hover || !isCheckCurrent()) return html;
    const QTextBlock block = document()->findBlock(position);
    const QString more = m_impl->hover(block.blockNumber(), position - block.position());
    if (html.isEmpty() || more.isEmpty()) return html + more;
    return html + QStringLiteral("<hr>") + more;
}

void CodeEditor::showHover() {
    const QString html = hoverTextAt(textCursor().position());
    if (!html.isEmpty()) m_impl->card->showAt(html, cursorRect().bottomLeft());
}

QVector<EditorFix> CodeEditor::fixesAtCursor() const {
    const EditorDiagnostic* found = diagnosticAt(textCursor().position());
    if (found && !found->fixes.isEmpty()) return found->fixes;
    if (!isCheckCurrent()) return {};
    QVector<EditorFix> fixes; // else those of the line
    for (const EditorDiagnostic& each : m_impl->checked->diagnostics)
        if (each.span.line == textCursor().blockNumber()) fixes += each.fixes;
    return fixes;
}

void CodeEditor::applyFix(const EditorFix& fix) {
    QTextCursor cursor = cursorOf(fix.span);
    cursor.insertText(fix.text);
    setTextCursor(cursor);
    checkNow();
}

void CodeEditor::openFixes() {
    const QVector<EditorFix> fixes = fixesAtCursor();
    if (fixes.isEmpty()) return showHover();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("fixes"));
    for (const EditorFix& fix : fixes)
        connect(menu->addAction(fix.label), &QAction::triggered, this, [this, fix] { applyFix(fix); });
    menu->popup(viewport()->mapToGlobal(cursorRect().bottomLeft()));
    menu->setActiveAction(menu->actions().constFirst());
}

void CodeEditor::contextMenuEvent(QContextMenuEvent* event) {
    QMenu* menu = createStandardContextMenu(event->pos());
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QVector<EditorFix> fixes = fixesAtCursor();
    if (!fixes.isEmpty()) menu->addSeparator();
    for (const EditorFix& fix : fixes)
        connect(menu->addAction(fix.label), &QAction::triggered, this, [this, fix] { applyFix(fix); });
    menu->popup(event->globalPos());
}

void CodeEditor::mouseMoveEvent(QMouseEvent* event) {
    if ((event->pos() - m_impl->hoverAt).manhattanLength() > 3) {
        m_impl->card->hide();
        m_impl->hoverAt = event->pos();
        m_impl->hoverTimer.start();
    }
    QPlainTextEdit::mouseMoveEvent(event);
}
void CodeEditor::leaveEvent(QEvent* event) {
    m_impl->hoverTimer.stop();
    m_impl->card->hide();
    QPlainTextEdit::leaveEvent(event);
}
void CodeEditor::focusOutEvent(QFocusEvent* event) {
    m_impl->card->hide();
    QPlainTextEdit::focusOutEvent(event);
}
void CodeEditor::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    const QRect area = contentsRect();
    m_impl->gutter->setGeometry(QRect(area.left(), area.top(), gutterWidth(), area.height()));
}
void CodeEditor::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange && m_impl->highlighter) {
        m_impl->highlighter->recolour();
        refreshSelections();
    }
    QPlainTextEdit::changeEvent(event);
}
void CodeEditor::wheelEvent(QWheelEvent* event) {
    if (!(event->modifiers() & Qt::ControlModifier)) return QPlainTextEdit::wheelEvent(event);
    setZoom(zoom() + (event->angleDelta().y() > 0 ? 10 : -10));
    event->accept();
}

void CodeEditor::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
    else
        QPlainTextEdit::dragEnterEvent(event);
}
void CodeEditor::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) paths << url.toLocalFile();
    if (paths.isEmpty()) return QPlainTextEdit::dropEvent(event);
    event->acceptProposedAction();
    Q_EMIT filesDropped(paths);
}

} // namespace vitrine
