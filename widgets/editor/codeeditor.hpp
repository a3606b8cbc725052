// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/editor/checkedtext.hpp"

#include <QPlainTextEdit>
#include <QPointer>

#include <memory>

class QCompleter;
class QMenu;

namespace vitrine {

class Highlighter;
class HoverCard;

/// Editor of Tensor Logic programs: line numbers, current line, brackets, colours, sum signs drawn where a sum is
/// meant, squiggles, margin marks, hover, completion, quick fixes. Checks run on a worker 200 ms after the last change,
/// against a revision; a result that comes too late is dropped. Typing never waits for any of it.
class CodeEditor final : public QPlainTextEdit {
    Q_OBJECT
  public:
    explicit CodeEditor(CheckFunction check, QWidget* parent = nullptr);
    ~CodeEditor() override;

    void setFileName(const QString& name); ///< for messages
    void setFolder(const QString& folder); ///< where the program's data files are looked for
    [[nodiscard]] std::shared_ptr<const CheckedText>
    checked() const;                           ///< the newest that fits the text, or an older one
    [[nodiscard]] bool isCheckCurrent() const; ///< no change since checked()
    void checkNow();

    /// Rich text for what lies at a place; empty: no card. Called after the editor's own diagnostics.
    using HoverText = std::function<QString(int line, int column)>;
    void setHoverText(HoverText hover);
    [[nodiscard]] QString hoverTextAt(int position) const; ///< position in the document; what the card would say
    void showHover();                                      ///< at the text cursor, for the keyboard

    void goTo(const TextSpan& span); ///< selects and centres
    void goToNextDiagnostic(bool forwards);
    [[nodiscard]] QVector<EditorFix> fixesAtCursor() const;
    void applyFix(const EditorFix& fix); ///< one step of undo
    void openFixes();
    void complete(); ///< opens the list at once
    [[nodiscard]] QCompleter* completer() const;
    void setZoom(int percent); ///< 50 to 300
    [[nodiscard]] int zoom() const;
    /// Marks a line from outside: where a round stands, which rule a proof uses. -1: none.
    void setMarkedLine(int line);

    // Find and replace.
    struct Find {
        QString text;
        bool matchesCase = false, isRegular = false;
    };
    int setFind(const Find& find); ///< highlights all matches, returns how many
    bool findNext(bool forwards = true);
    bool replaceOne(const QString& with);
    int replaceAll(const QString& with); ///< one step of undo

    [[nodiscard]] int gutterWidth() const;
    void paintGutter(QPaintEvent* event);
    /// Rectangles of the sum signs of a line in viewport coordinates, for tests.
    [[nodiscard]] QVector<QRectF> signRects(int line) const;

  Q_SIGNALS:
    void checkFinished(); ///< checked() is new
    void zoomChanged(int percent);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    struct Impl;
    void startCheck();
    void take(std::shared_ptr<const CheckedText> result);
    void refreshSelections();
    void matchBracket(QList<QTextEdit::ExtraSelection>& out) const;
    void paintSigns(QPainter& painter);
    void paintSquiggles(QPainter& painter, const QRect& area);
    [[nodiscard]] QString wordBeforeCursor() const;
    void updateCompletion(bool isForced);
    void insertCompletion(const QString& completion);
    [[nodiscard]] QTextCursor cursorOf(const TextSpan& span) const;
    [[nodiscard]] const EditorDiagnostic* diagnosticAt(int position) const;
    void indentSelection(bool deeper);
    void toggleComment();
    std::unique_ptr<Impl> m_impl;

  Q_SIGNALS:
    void filesDropped(const QStringList& paths); ///< data files and programs let go over the editor
};

} // namespace vitrine
