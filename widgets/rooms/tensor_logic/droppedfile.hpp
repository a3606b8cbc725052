// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

/// Files that a reader brings. Nothing is trusted: neither size, nor kind, nor what is in them.
namespace vitrine {

struct DroppedText {
    QString text;    ///< a program, or the line that reads a data file
    QString problem; ///< a sentence instead of the text, or empty
};

/// A program for the editor: a regular file of at most 16 MB in UTF-8, no line of which is longer than an editor shows.
[[nodiscard]] DroppedText programIn(const QString& path);
/// 'Edges(x, y) = "/home/me/edges.csv"': the relation is called as the file is, and has as many arguments as the first
/// row has columns. \cost the first 100 lines are read
[[nodiscard]] DroppedText lineThatReads(const QString& path);
/// "*.csv", "*.edges": what lineThatReads takes.
[[nodiscard]] QStringList dataPatterns();

} // namespace vitrine
