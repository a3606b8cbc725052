// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QAbstractItemModel;
class QItemSelectionModel;
class QTableView;

/// What leaves a table: the model with all its digits, not what the view shows of it.
namespace vitrine::tableexport {

/// Role that models answer with the raw value (number or text) that sorts and exports.
inline constexpr int SortRole = Qt::UserRole + 1;

[[nodiscard]] QString toCsv(const QAbstractItemModel& model);       ///< RFC 4180, UTF-8, C locale
[[nodiscard]] QString toJsonLines(const QAbstractItemModel& model); ///< one object a row, keys from the header
/// The selected cells as tab-separated text and as an HTML table, on the clipboard.
void copySelection(const QItemSelectionModel& selection);
/// Writes whole or not at all. \return empty, or a sentence that says what went wrong
[[nodiscard]] QString writeFile(const QString& path, const QString& content);
/// Ctrl+C copies the selection; rows of 26 px, hairline header, no grid: the look of every table.
void dress(QTableView* view);

} // namespace vitrine::tableexport
