// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/logicsummary.hpp"

#include "core/base/jsonmembers.hpp"
#include "widgets/base/words.hpp"

#include <QCoreApplication>

namespace vitrine {

namespace {

QString wordsOf(const Json& json, const char* key) {
    return qtext(textOr(json, key));
}

TensorView tensorOf(const Json& json) {
    TensorView out;
    out.name = wordsOf(json, "name");
    out.type = wordsOf(json, "type");
    out.storage = wordsOf(json, "storage");
    out.isEvaluated = !out.storage.isEmpty() && out.storage != QLatin1String("none");
    for (const std::string& name : textsOr(json, "columns")) out.columns << qtext(name);
    for (const Json& axis : listOr(json, "axes")) out.isSymbolic.append(boolOr(axis, "isSymbolic"));
    for (const Json& extent : listOr(json, "shape")) out.shape.append(extent.is_number() ? extent.get<qint64>() : 0);
    if (out.shape.isEmpty())
        for (const Json& axis : listOr(json, "axes")) out.shape.append(integerOr(axis, "size"));
    out.isRelation = boolOr(json, "isRelation");
    out.isLearned = boolOr(json, "isLearned");
    out.isComputed = boolOr(json, "isComputed");
    if (json.contains("low") && json.contains("high")) {
        out.low = numberFromJson(json["low"]);
        out.high = numberFromJson(json["high"]);
    }
    out.hasGradient = boolOr(json, "hasGradient");
    out.rows = integerOr(json, "rows");
    out.line = static_cast<int>(integerOr(json, "line"));
    if (const auto choice = json.find("choice"); choice != json.end() && choice->is_object())
        out.why = coreText(textOr(*choice, "reason"), textsOr(*choice, "arguments"));
    return out;
}

TextSpan spanOf(const Json& json) {
    return {static_cast<int>(integerOr(json, "line")), static_cast<int>(integerOr(json, "column")),
            static_cast<int>(integerOr(json, "endLine")), static_cast<int>(integerOr(json, "endColumn"))};
}

EditorDiagnostic diagnosticOf(const Json& json) {
    EditorDiagnostic out;
    const QString severity = wordsOf(json, "severity");
    out.severity = severity == QLatin1String("error")     ? Severity::Error
                   : severity == QLatin1String("warning") ? Severity::Warning
                                                          : Severity::Note;
    out.code = wordsOf(json, "code");
    out.message = coreText(textOr(json, "message"), textsOr(json, "arguments"));
    out.span = spanOf(json);
    for (const Json& note : listOr(json, "notes"))
        out.notes << coreText(textOr(note, "message"), textsOr(note, "arguments"));
    return out;
}

} // namespace

QString TensorView::signature() const {
    if (columns.isEmpty()) return name;
    return name + (isRelation ? QLatin1Char('(') : QLatin1Char('[')) + columns.join(QStringLiteral(", ")) +
           (isRelation ? QLatin1Char(')') : QLatin1Char(']'));
}

const TensorView* LogicSummary::find(const QString& name) const {
    for (const TensorView& tensor : tensors)
        if (tensor.name == name) return &tensor;
    return nullptr;
}

QString LogicSummary::mostInteresting() const {
    const TensorView* best = nullptr;
    const auto rank = [](const TensorView& tensor) {
        return std::pair(tensor.rounds.size(), (tensor.isComputed ? 2 : 0) + (tensor.isMatrix() ? 1 : 0));
    };
    for (const TensorView& tensor : tensors)
        if (tensor.isEvaluated && (!best || rank(tensor) > rank(*best))) best = &tensor;
    return best ? best->name : QString();
}

LogicSummary readSummary(const Json& json) {
    LogicSummary out;
    out.isOk = boolOr(json, "isOk");
    out.isRefused = boolOr(json, "isRefused");
    out.isPartial = boolOr(json, "isPartial");
    out.wasCancelled = boolOr(json, "wasCancelled");
    if (const auto seconds = json.find("seconds"); seconds != json.end()) out.seconds = numberFromJson(*seconds);
    for (const Json& each : listOr(json, "tensors")) out.tensors.append(tensorOf(each));
    for (const Json& each : listOr(json, "rounds"))
        for (TensorView& tensor : out.tensors)
            if (tensor.name == wordsOf(each, "relation"))
                tensor.rounds.append({static_cast<std::uint32_t>(integerOr(each, "round")), integerOr(each, "delta"),
                                      integerOr(each, "total"), integerOr(each, "joined"),
                                      each.contains("seconds") ? numberFromJson(each["seconds"]) : 0,
                                      wordsOf(each, "engine")});
    for (const Json& each : listOr(json, "rules"))
        out.rules.append({static_cast<int>(integerOr(each, "line")), wordsOf(each, "head"), wordsOf(each, "join"),
                          wordsOf(each, "einsum")});
    for (const Json& each : listOr(json, "answers"))
        out.answers.append({static_cast<int>(integerOr(each, "line")), wordsOf(each, "heading"),
                            wordsOf(each, "lines").split(QLatin1Char('\n'), Qt::SkipEmptyParts),
                            integerOr(each, "count"), boolOr(each, "isCut")});
    for (const Json& each : listOr(json, "diagnostics")) out.diagnostics.append(diagnosticOf(each));
    for (const Json& each : listOr(json, "losses")) {
        out.lossSteps.append(static_cast<double>(integerOr(each, "step")));
        out.losses.append(each.contains("loss") ? numberFromJson(each["loss"]) : 0);
    }
    if (const auto demanded = json.find("demanded"); demanded != json.end() && demanded->is_object()) {
        out.subgoals = integerOr(*demanded, "subgoals");
        out.demanded = integerOr(*demanded, "tuples");
    }
    return out;
}

std::optional<TupleRef> parseTuple(const QString& text) {
    const QString line = text.trimmed();
    qsizetype open = line.indexOf(QLatin1Char('('));
    const qsizetype square = line.indexOf(QLatin1Char('['));
    const bool isSquare = square >= 0 && (open < 0 || square < open);
    if (isSquare) open = square;
    const qsizetype close = line.indexOf(isSquare ? QLatin1Char(']') : QLatin1Char(')'), open);
    if (open <= 0 || close < 0) return std::nullopt;
    TupleRef out{line.left(open), line.mid(open + 1, close - open - 1).split(QStringLiteral(", "))};
    return out;
}

QString tupleText(const TupleRef& tuple, bool isRelation) {
    return tuple.tensor + (isRelation ? QLatin1Char('(') : QLatin1Char('[')) + tuple.cells.join(QStringLiteral(", ")) +
           (isRelation ? QLatin1Char(')') : QLatin1Char(']'));
}

} // namespace vitrine
