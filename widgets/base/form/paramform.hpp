// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

#include <functional>

class QVBoxLayout;

namespace vitrine {

class ConfigDocument;
class FoldGroup;
class ParamEditorRegistry;
class ParamRow;

/// The parameters of an experiment, made from its descriptor: groups in the order of the knobs, advanced ones folded.
class ParamForm final : public QScrollArea {
    Q_OBJECT
  public:
    /// \param document  outlives the form
    /// \param elsewhere  knobs that another view edits; they get no row
    ParamForm(ConfigDocument& document, const ParamEditorRegistry& editors, const QStringList& elsewhere = {},
              QWidget* parent = nullptr);

    [[nodiscard]] ParamRow* row(const QString& id) const; ///< null for an unknown knob
    void showParam(const QString& id);                    ///< unfolds, scrolls to and focuses it
    void addBelow(QWidget* widget);                       ///< what a room puts under its knobs

  private:
    struct Group {
        QString title;
        QWidget* heading = nullptr;
        QList<ParamRow*> basic, advanced;
        FoldGroup* fold = nullptr;
    };
    void build(const ParamEditorRegistry& editors, const QStringList& elsewhere);
    void placeGroup(Group& group, QVBoxLayout* column);
    void refreshShown();
    void refreshProblems();

    ConfigDocument& m_document;
    QList<Group> m_groups;
    QVBoxLayout* m_column;
};

} // namespace vitrine
