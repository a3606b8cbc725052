// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/editor/checkedtext.hpp"

#include <QObject>
#include <QTextBlockUserData>
#include <QTimer>

class QTextBlock;
class QTextDocument;

namespace vitrine {

/// What the editor remembers of a line.
class LineData final : public QTextBlockUserData {
  public:
    LineMarks marks;
    [[nodiscard]] static LineData* of(const QTextBlock& block, bool create = false);
};

/// Colours a program line by line: an edited line at once, the lines that follow from it in slices of a few
/// milliseconds, so that no keystroke waits for a long document. Makes room in the layout for the sum signs.
class Highlighter final : public QObject {
    Q_OBJECT
  public:
    explicit Highlighter(QTextDocument* document);
    void applyMarks(const QVector<LineMarks>& lines); ///< of a check of the document as it is now
    void recolour();                                  ///< palette or font changed
    [[nodiscard]] bool isIdle() const { return m_next < 0; }

    /// Width of a sum sign with its indices at the document's font.
    [[nodiscard]] static double signWidth(const QFont& font, const LineMarks::Sum& sum);
    [[nodiscard]] static QColor indexColor(int number);

  private:
    void onContentsChange(int position, int removed, int added);
    void continueFrom(int line);
    void work();
    bool colour(QTextBlock& block); ///< true when the line's end state changed

    QTextDocument* m_document;
    QTimer m_timer;
    int m_next = -1, m_until = -1; ///< lines still to do
    bool m_isApplying = false;
};

} // namespace vitrine
