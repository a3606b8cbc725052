// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "widgets/editor/checkedtext.hpp"

#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

/// The session's summary of an evaluation, read once.
namespace vitrine {

/// A tuple of a relation or a cell of a tensor, by name.
struct TupleRef {
    QString tensor;
    QStringList cells;
    friend bool operator==(const TupleRef&, const TupleRef&) = default;
    [[nodiscard]] bool isEmpty() const { return tensor.isEmpty(); }
};

struct RoundView {
    std::uint32_t round = 0;
    qint64 delta = 0, total = 0, joined = 0;
    double seconds = 0;
    QString engine;
};

struct TensorView {
    QString name, type, storage, why; ///< why: the reason of the storage, translated
    QStringList columns;
    QVector<qint64> shape;
    QVector<bool> isSymbolic; ///< per axis
    double low = 0, high = 1; ///< of a dense tensor
    bool isComputed = false;  ///< by a rule or an equation
    bool isRelation = false, isLearned = false, hasGradient = false, isEvaluated = false;
    qint64 rows = 0;
    int line = 0;
    QVector<RoundView> rounds; ///< non-empty deltas, ascending
    [[nodiscard]] int arity() const { return static_cast<int>(columns.size()); }
    [[nodiscard]] bool isMatrix() const { return shape.size() >= 2 && isEvaluated; }
    [[nodiscard]] QString signature() const; ///< "Ancestor(x, z)", "Count[x, z]"
};

struct RuleView {
    int line = 0;
    QString head, join, einsum;
};

struct AnswerView {
    int line = 0;
    QString heading;
    QStringList lines;
    qint64 count = 0;
    bool isCut = false;
};

struct LogicSummary {
    bool isOk = false, isRefused = false, isPartial = false, wasCancelled = false;
    double seconds = 0;
    QVector<TensorView> tensors;
    QVector<RuleView> rules;
    QVector<AnswerView> answers;
    QVector<EditorDiagnostic> diagnostics;
    QVector<double> lossSteps, losses;
    qint64 subgoals = 0, demanded = 0;

    [[nodiscard]] const TensorView* find(const QString& name) const;
    /// What a reader most likely wants to see first: the relation with the most rounds, else a computed tensor.
    [[nodiscard]] QString mostInteresting() const;
};

[[nodiscard]] LogicSummary readSummary(const Json& json);
/// "Ancestor(Alice, Dan)" to its parts; nothing when it is no tuple with constant arguments.
[[nodiscard]] std::optional<TupleRef> parseTuple(const QString& text);
[[nodiscard]] QString tupleText(const TupleRef& tuple, bool isRelation);

} // namespace vitrine
