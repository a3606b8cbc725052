// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/editor/codeeditor.hpp"

#include <QHash>
#include <QStringListModel>
#include <QTimer>

#include <stop_token>

/// Private to widgets/editor.
namespace vitrine {

struct CodeEditor::Impl {
    CheckFunction check;
    HoverText hover;
    QString name = QStringLiteral("program.tl"), folder;
    std::shared_ptr<const CheckedText> checked;
    QHash<int, Severity> lineMarks; ///< the gravest of each line of `checked`
    std::stop_source stop;
    QTimer checkTimer, hoverTimer;
    QPoint hoverAt;
    Highlighter* highlighter = nullptr;
    HoverCard* card = nullptr;
    QWidget* gutter = nullptr;
    QCompleter* completer = nullptr;
    QStringListModel words;
    Find find;
    int zoom = 100, baseSize = 13, seenRevision = -1, markedLine = -1;
};

} // namespace vitrine
