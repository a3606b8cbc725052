// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <QString>

#include <string>
#include <vector>

/// Values to words: core's message ids in the user's language, numbers, sizes and times through the locale.
namespace vitrine {

[[nodiscard]] inline QString qtext(const std::string& utf8) {
    return QString::fromStdString(utf8);
}
[[nodiscard]] inline std::string utf8(const QString& text) {
    return text.toStdString();
}

/// A message id of core, translated in the context "core", with %1..%9 filled in.
[[nodiscard]] QString coreText(const std::string& id, const std::vector<std::string>& arguments = {});
/// What happened, in one sentence; and what to do, or empty.
[[nodiscard]] QString happened(const Error& error);
[[nodiscard]] QString whatToDo(const Error& error);
/// Code, place and the chain of causes, for "Details" and for reports.
[[nodiscard]] QString causeChain(const Error& error);

/// Three significant digits; thin spaces in thousands; k, M, G beyond 100 000. NaN and infinities by name.
[[nodiscard]] QString shortNumber(double value);
/// All digits that a double holds, in the locale.
[[nodiscard]] QString fullNumber(double value);
[[nodiscard]] QString groupedInteger(long long value); ///< "100 000" with thin spaces
[[nodiscard]] QString bytesText(long long bytes);      ///< "410 MB", decimal units
[[nodiscard]] QString secondsText(double seconds);     ///< "38 s", "1 min 50 s", "2 h 12 min"
/// A number as people type it: the locale's and C's decimal point, spaces, thousands. \return false when it is none.
[[nodiscard]] bool parseNumber(const QString& text, double& value);

} // namespace vitrine
