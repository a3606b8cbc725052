// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/logicsummary.hpp"

#include "widgets/base/words.hpp"

#include <QCoreApplication>

namespace vitrine {

namespace {

QString textOf(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_string() ? qtext(at->get<std::string>()) : QString();
}
qint64 integerOf(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_number() ? at->get<qint64>() : 0;
}
bool flagOf(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_boolean() && at->get<bool>();
}
const Json& listOf(const Json& json, const char* key) {
    static const Json none = Json::array();
    const auto at = json.find(key);
    return at != json.end() && at->is_array() ? *at : none;
}
std::vector<std::string> stringsOf(const Json& json, const char* key) {
    std::vector<std::string> out;
    for (const Json& each : listOf(json, key))
        if (each.is_string()) out.push_back(each.get<std::string>());
    return out;
}

TensorView tensorOf(const Json& json) {
    TensorView out;
    out.name = textOf(json, "name");
    out.type = textOf(json, "type");
    out.storage = textOf(json, "storage");
    out.isEvaluated = !out.storage.isEmpty() && out.storage != QLatin1String("none");
    for (const std::string& name : stringsOf(json, "columns")) out.columns << qtext(name);
    for (const Json& axis : listOf(json, "axes")) out.isSymbolic.append(flagOf(axis, "isSymbolic"));
    for (const Json& extent : listOf(json, "shape")) out.shape.append(extent.is_number() ? extent.get<qint64>() : 0);
    if (out.shape.isEmpty())
        for (const Json& axis : listOf(json, "axes")) out.shape.append(integerOf(axis, "size"));
    out.isRelation = flagOf(json, "isRelation");
    out.isLearned = flagOf(json, "isLearned");
    out.isComputed = flagOf(json, "isComputed");
    if (json.contains("low") && json.contains("high")) {
        out.low = numberFromJson(json["low"]);
        out.high = numberFromJson(json["high"]);
    }
    out.hasGradient = flagOf(json, "hasGradient");
    out.rows = integerOf(json, "rows");
    out.line = static_cast<int>(integerOf(json, "line"));
    if (const auto choice = json.find("choice"); choice != json.end() && choice->is_object())
        out.why = coreText(textOf(*choice, "reason").toStdString(), stringsOf(*choice, "arguments"));
    return out;
}

TextSpan spanOf(const Json& json) {
    return {static_cast<int>(integerOf(json, "line")), static_cast<int>(integerOf(json, "column")),
            static_cast<int>(integerOf(json, "endLine")), static_cast<int>(integerOf(json, "endColumn"))};
}

EditorDiagnostic diagnosticOf(const Json& json) {
    EditorDiagnostic out;
    const QString severity = textOf(json, "severity");
    out.severity = severity == QLatin1String("error")     ? Severity::Error
                   : severity == QLatin1String("warning") ? Severity::Warning
                                                          : Severity::Note;
    out.code = textOf(json, "code");
    out.message = coreText(textOf(json, "message").toStdString(), stringsOf(json, "arguments"));
    out.span = spanOf(json);
    for (const Json& note : listOf(json, "notes"))
        out.notes << coreText(textOf(note, "message").toStdString(), stringsOf(note, "arguments"));
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
    out.isOk = flagOf(json, "isOk");
    out.isRefused = flagOf(json, "isRefused");
    out.isPartial = flagOf(json, "isPartial");
    out.wasCancelled = flagOf(json, "wasCancelled");
    if (const auto seconds = json.find("seconds"); seconds != json.end()) out.seconds = numberFromJson(*seconds);
    for (const Json& each : listOf(json, "tensors")) out.tensors.append(tensorOf(each));
    for (const Json& each : listOf(json, "rounds"))
        for (TensorView& tensor : out.tensors)
            if (tensor.name == textOf(each, "relation"))
                tensor.rounds.append({static_cast<std::uint32_t>(integerOf(each, "round")), integerOf(each, "delta"),
                                      integerOf(each, "total"), integerOf(each, "joined"),
                                      each.contains("seconds") ? numberFromJson(each["seconds"]) : 0,
                                      textOf(each, "engine")});
    for (const Json& each : listOf(json, "rules"))
        out.rules.append({static_cast<int>(integerOf(each, "line")), textOf(each, "head"), textOf(each, "join"),
                          textOf(each, "einsum")});
    for (const Json& each : listOf(json, "answers"))
        out.answers.append({static_cast<int>(integerOf(each, "line")), textOf(each, "heading"),
                            textOf(each, "lines").split(QLatin1Char('\n'), Qt::SkipEmptyParts),
                            integerOf(each, "count"), flagOf(each, "isCut")});
    for (const Json& each : listOf(json, "diagnostics")) out.diagnostics.append(diagnosticOf(each));
    for (const Json& each : listOf(json, "losses")) {
        out.lossSteps.append(static_cast<double>(integerOf(each, "step")));
        out.losses.append(each.contains("loss") ? numberFromJson(each["loss"]) : 0);
    }
    if (const auto demanded = json.find("demanded"); demanded != json.end() && demanded->is_object()) {
        out.subgoals = integerOf(*demanded, "subgoals");
        out.demanded = integerOf(*demanded, "tuples");
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
