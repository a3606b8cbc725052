// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/editor/checkedtext.hpp"

#include "widgets/base/words.hpp"

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <set>

namespace vitrine {

namespace {

TextSpan spanOf(const tl::Source& source, const tl::ByteRange& range) {
    const auto size = static_cast<std::uint32_t>(source.text().size());
    const auto begin = source.position(std::min(range.begin, size)),
               end = source.position(std::min(std::max(range.begin, range.end), size));
    return {begin.line - 1, begin.utf16Column, end.line - 1, end.utf16Column};
}

EditorDiagnostic diagnosticOf(const tl::Source& source, const tl::Diagnostic& found) {
    EditorDiagnostic out;
    out.severity = found.severity;
    out.code = qtext(found.code);
    out.message = coreText(found.message, found.arguments);
    out.span = spanOf(source, found.range);
    for (const auto& note : found.notes)
        out.notes << QCoreApplication::translate("vitrine::CodeEditor", "%1 (line %2)")
                         .arg(coreText(note.message, note.arguments))
                         .arg(spanOf(source, note.range).line + 1);
    for (const auto& fix : found.fixes)
        out.fixes.append({coreText(fix.label, fix.arguments), spanOf(source, fix.range), qtext(fix.text)});
    return out;
}

QString signOf(const tl::Marks::Sum& sum) {
    if (sum.isMean) return QStringLiteral("avg");
    switch (sum.op) {
    case tl::ProjectOp::Sum:
        return QString(QChar(0x2211));
    case tl::ProjectOp::Product:
        return QString(QChar(0x220F));
    case tl::ProjectOp::Max:
        return QStringLiteral("max");
    case tl::ProjectOp::Min:
        return QStringLiteral("min");
    case tl::ProjectOp::Average:
        return QStringLiteral("avg");
    }
    return {};
}

/// One colour for each pair of variable name and index class, in order of appearance.
void colourIndices(const tl::Program& program, const tl::Source& source, CheckedText& out) {
    std::map<std::pair<std::string_view, tl::DomainId>, int> colours;
    std::vector<tl::Marks::IndexUse> uses = program.marks.indices;
    std::sort(uses.begin(), uses.end(), [](const auto& a, const auto& b) { return a.range.begin < b.range.begin; });
    const std::string_view text = source.text();
    for (const auto& use : uses) {
        if (use.range.end > text.size() || use.range.begin >= use.range.end) continue;
        const std::string_view name = text.substr(use.range.begin, use.range.end - use.range.begin);
        const int colour = colours.try_emplace({name, use.domain}, static_cast<int>(colours.size())).first->second;
        const TextSpan span = spanOf(source, use.range);
        if (span.line < out.lines.size())
            out.lines[span.line].indexColors.insert(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())),
                                                    colour);
    }
}

} // namespace

std::shared_ptr<const CheckedText> checkText(const CheckFunction& check, const QString& name, const QString& text,
                                             const QString& folder, int revision, std::stop_token stop) {
    auto out = std::make_shared<CheckedText>();
    out->revision = revision;
    tl::CheckOptions options;
    options.folder = utf8(folder);
    options.stop = std::move(stop);
    const tl::Source source(utf8(name), utf8(text));
    const tl::Checked checked = check(source, options);
    out->program = checked.program;
    for (const tl::Diagnostic& found : checked.diagnostics) {
        out->diagnostics.append(diagnosticOf(source, found));
        if (found.severity == Severity::Error) ++out->errors;
        if (found.severity == Severity::Warning) ++out->warnings;
    }
    out->lines.resize(source.lineCount());
    if (!checked.program) return out;
    colourIndices(*checked.program, source, *out);
    for (const auto& sum : checked.program->marks.sums) {
        const TextSpan at = spanOf(source, {sum.at, sum.at});
        if (at.line < out->lines.size())
            out->lines[at.line].sums.append({at.column, signOf(sum), qtext(sum.variables)});
    }
    for (LineMarks& line : out->lines)
        std::sort(line.sums.begin(), line.sums.end(), [](const auto& a, const auto& b) { return a.column < b.column; });
    std::set<std::string> names;
    for (const auto& tensor : checked.program->tensors) names.insert(tensor.name);
    for (const auto& use : checked.program->marks.indices)
        if (use.range.end <= source.text().size() && use.range.begin < use.range.end)
            names.insert(source.text().substr(use.range.begin, use.range.end - use.range.begin));
    for (const std::string& each : names) out->names << qtext(each);
    return out;
}

} // namespace vitrine
