// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/editor/codeeditor.hpp"

#include <QAbstractListModel>
#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;

namespace vitrine {

/// Findings of the newest check, worst first within their order of appearance.
class DiagnosticsModel final : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;
    void setDiagnostics(const QVector<EditorDiagnostic>& diagnostics);
    [[nodiscard]] const EditorDiagnostic& at(int row) const { return m_rows[row]; }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    QVector<EditorDiagnostic> m_rows;
};

/// The editor with its name, state line, find bar and list of findings.
class EditorPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit EditorPanel(CheckFunction check, QWidget* parent = nullptr);

    [[nodiscard]] CodeEditor* editor() const { return m_editor; }
    void setTitle(const QString& fileName);
    void openFind(bool withReplace);
    void closeFind();
    [[nodiscard]] DiagnosticsModel* diagnostics() const { return m_model; }
    [[nodiscard]] QString stateText() const; ///< "no problems", "2 errors, 1 warning"
    /// Findings of a run, shown with those of the check until the text changes.
    void setRuntimeDiagnostics(const QVector<EditorDiagnostic>& diagnostics);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void buildFindBar();
    void refreshDiagnostics();
    void retranslate();
    CodeEditor* m_editor;
    DiagnosticsModel* m_model;
    QListView* m_list;
    QLabel *m_title, *m_state, *m_count;
    QWidget *m_findBar, *m_replaceRow;
    QLineEdit *m_find, *m_replace;
    QVector<EditorDiagnostic> m_runtime;
};

} // namespace vitrine
