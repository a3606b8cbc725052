// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/checker.hpp"

#include <QHash>
#include <QString>
#include <QStringList>
#include <QVector>

#include <functional>
#include <memory>
#include <stop_token>

/// What a check of a program means for the editor: everything in lines and UTF-16 columns, made on the worker.
namespace vitrine {

/// Half-open place in the text; lines from 0, columns in UTF-16 units from 0.
struct TextSpan {
    int line = 0, column = 0, endLine = 0, endColumn = 0;
};

struct EditorFix {
    QString label;
    TextSpan span;
    QString text; ///< replaces the span
};

struct EditorDiagnostic {
    Severity severity = Severity::Error;
    QString code, message;
    TextSpan span;
    QStringList notes; ///< "size 3 here (line 1)"
    QVector<EditorFix> fixes;
};

/// What is painted on one line over the text itself.
struct LineMarks {
    struct Sum {
        int column = 0; ///< the sign stands before this column
        QString sign, variables;
        friend bool operator==(const Sum&, const Sum&) = default;
    };
    QHash<QString, int> indexColors; ///< variable name to colour number
    QVector<Sum> sums;
    friend bool operator==(const LineMarks&, const LineMarks&) = default;
};

struct CheckedText {
    int revision = 0;
    std::shared_ptr<const tl::Program> program;
    QVector<EditorDiagnostic> diagnostics;
    QVector<LineMarks> lines;
    QStringList names; ///< tensors and variables, for completion
    int errors = 0, warnings = 0;
};

using CheckFunction = std::function<tl::Checked(tl::Source, const tl::CheckOptions&)>;

/// Runs a check and turns its findings into lines and columns. For a worker. \param name  of the file, for messages
[[nodiscard]] std::shared_ptr<const CheckedText> checkText(const CheckFunction& check, const QString& name,
                                                           const QString& text, const QString& folder, int revision,
                                                           std::stop_token stop);

} // namespace vitrine
