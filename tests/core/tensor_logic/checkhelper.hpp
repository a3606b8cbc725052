// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/checker.hpp"

#include <QString>
#include <QStringList>

/// What the checker's tests say of a program, as text.
namespace vitrine::tl::test {

inline Checked checkText(const std::string& text) {
    return check(Source("t.tl", text), {});
}

inline QString placeOf(const Program& program, ByteRange range) {
    const Source::Position at = program.source.position(range.begin);
    return QStringLiteral("%1:%2").arg(at.line).arg(at.column);
}

/// "LINE:COL CODE" of every finding of a severity, in order, joined by ", ".
inline QString findings(const std::string& text, Severity severity = Severity::Error) {
    const Checked checked = checkText(text);
    QStringList result;
    for (const Diagnostic& found : checked.diagnostics)
        if (found.severity == severity)
            result << placeOf(*checked.program, found.range) + QLatin1Char(' ') + QString::fromStdString(found.code);
    return result.join(QStringLiteral(", "));
}

inline QString messageOf(const Diagnostic& diagnostic) {
    return QString::fromStdString(fillIn(diagnostic.message, diagnostic.arguments));
}

/// "3" or "{A B}" or "?" (sized later).
inline QString domainText(const Program& program, DomainId id) {
    const Domain& domain = program.domains[id];
    if (domain.isDeferred) return QStringLiteral("?");
    if (domain.symbols.empty()) return QString::number(domain.size);
    QStringList names;
    for (const Cell cell : domain.symbols) names << QString::fromStdString(program.dictionary->text(cell));
    return QLatin1Char('{') + names.join(QLatin1Char(' ')) + QLatin1Char('}');
}

/// "2 x {A B}" of a tensor; its errors when there are any.
inline QString shapeOf(const std::string& text, const std::string& tensor) {
    const Checked checked = checkText(text);
    if (hasErrors(checked.diagnostics)) return findings(text);
    const auto id = checked.program->find(tensor);
    if (!id) return QStringLiteral("no tensor");
    QStringList sizes;
    for (const DomainId axis : checked.program->tensors[*id].axes) sizes << domainText(*checked.program, axis);
    return sizes.isEmpty() ? QStringLiteral("scalar") : sizes.join(QStringLiteral(" x "));
}

/// The last equation as it is computed; errors when there are any.
inline QString desugared(const std::string& text) {
    const Checked checked = checkText(text);
    if (hasErrors(checked.diagnostics)) return findings(text);
    const auto& equations = checked.program->marks.equations;
    return equations.empty() ? QStringLiteral("no equation") : QString::fromStdString(equations.back().text);
}

/// Strata in execution order: "data E; rules P; equations Y; recursive X Z".
inline QString strataOf(const std::string& text) {
    const Checked checked = checkText(text);
    if (hasErrors(checked.diagnostics)) return findings(text);
    const char* kinds[] = {"data", "rules", "equations", "recursive"};
    QStringList result;
    for (const Stratum& stratum : checked.program->strata) {
        QString line = QString::fromLatin1(kinds[static_cast<int>(stratum.kind)]);
        for (const TensorId id : stratum.tensors)
            line += QLatin1Char(' ') + QString::fromStdString(checked.program->tensors[id].name);
        result << line;
    }
    return result.join(QStringLiteral("; "));
}

} // namespace vitrine::tl::test
