// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/form/paramrow.hpp"

#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/parameditors.hpp"
#include "widgets/base/theme/stylepaint.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QGridLayout>
#include <QIcon>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace vitrine {

namespace {

// The mark of a changed value; it keeps its place while hidden, so that labels stay aligned.
class Dot final : public QWidget {
  public:
    Dot() { setFixedSize(Theme::px(8), Theme::px(8)); }
    bool isOn = false;

  protected:
    void paintEvent(QPaintEvent*) override {
        if (!isOn) return;
        QPainter painter(this);
        stylepaint::roundedBox(&painter, QRectF(rect()).adjusted(1, 1, -1, -1), Theme::tokens().accent, {},
                               width() / 2.0);
    }
};

QString problemText(const Problem& problem, const ParamSpec& spec) {
    std::vector<std::string> arguments = problem.arguments;
    for (std::string& argument : arguments)
        if (argument == spec.id) argument = utf8(coreText(spec.label));
    return coreText(problem.message, arguments);
}

} // namespace

QString ParamRow::helpText(const ParamSpec& spec) {
    QStringList lines;
    lines << QStringLiteral("<b>%1</b>").arg(coreText(spec.label).toHtmlEscaped());
    if (!spec.help.empty()) lines << coreText(spec.help).toHtmlEscaped();
    if (spec.range) {
        const QString unit = spec.unit.empty() ? QString() : QLatin1Char(' ') + coreText(spec.unit);
        lines << tr("From %1 to %2%3", "low, high, unit")
                     .arg(fullNumber(spec.range->low), fullNumber(spec.range->high), unit);
    } else if (!spec.unit.empty()) {
        lines << tr("In %1", "unit").arg(coreText(spec.unit));
    }
    if (!spec.source.empty()) lines << tr("Source: %1").arg(coreText(spec.source)).toHtmlEscaped();
    lines << QStringLiteral("<code>%1</code>").arg(qtext(spec.id));
    return QStringLiteral("<qt>%1</qt>").arg(lines.join(QLatin1String("<br>")));
}

ParamRow::ParamRow(ConfigDocument& document, const ParamSpec& spec, const ParamEditorRegistry& editors, QWidget* parent)
    : QWidget(parent), m_document(document), m_spec(spec), m_dot(new Dot), m_label(new QLabel(coreText(spec.label))),
      m_editor(editors.make(spec)), m_reset(new QToolButton), m_problem(new QLabel) {
    const QString help = helpText(spec);
    m_label->setBuddy(m_editor);
    m_label->setToolTip(help);
    m_label->setWordWrap(true);
    m_editor->setToolTip(help);
    m_reset->setIcon(themeIcon(QStringLiteral("reset")));
    m_reset->setToolTip(tr("Back to the preset's value"));
    m_reset->setAccessibleName(tr("Reset %1").arg(coreText(spec.label)));
    setButtonRole(m_reset, ButtonRole::Quiet);
    m_reset->setFixedSize(Theme::px(22), Theme::px(22));
    auto keeps = m_reset->sizePolicy();
    keeps.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(keeps);
    m_problem->setFont(Theme::font(TextSize::Caption));
    m_problem->setForegroundRole(QPalette::BrightText); // "bad" of the tokens
    m_problem->setWordWrap(true);
    m_problem->hide();

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(Space::xs());
    grid->setVerticalSpacing(Theme::px(2));
    grid->setColumnStretch(1, 1);
    grid->addWidget(m_dot, 0, 0, Qt::AlignVCenter);
    grid->addWidget(m_label, 0, 1);
    grid->addWidget(m_reset, 0, 2);
    if (m_editor->isWide()) {
        grid->addWidget(m_editor, 1, 1, 1, 3);
    } else {
        m_editor->setFixedWidth(Theme::px(132));
        grid->addWidget(m_editor, 0, 3);
    }
    grid->addWidget(m_problem, 2, 1, 1, 3);
    const bool isNumber = spec.kind == ParamKind::Int || spec.kind == ParamKind::Real;
    if (!spec.unit.empty() && !isNumber)
        m_label->setText(tr("%1, %2", "label, unit").arg(coreText(spec.label), coreText(spec.unit)));

    connect(m_editor, &ParamEditor::edited, this, [this](const Json& value) { m_document.setValue(m_spec.id, value); });
    connect(m_reset, &QToolButton::clicked, this, [this] {
        m_document.reset(m_spec.id);
        m_editor->setFocus();
    });
    refreshValue();
    refreshProblems();
}

void ParamRow::refreshValue() {
    m_editor->setValue(m_document.value(m_spec.id));
    const bool isChanged = m_document.isChanged(m_spec.id);
    static_cast<Dot*>(m_dot)->isOn = isChanged;
    m_dot->update();
    m_dot->setToolTip(isChanged ? tr("Differs from the preset") : QString());
    m_reset->setVisible(isChanged);
}

void ParamRow::refreshProblems() {
    QStringList texts;
    for (const Problem& problem : m_document.problemsOf(m_spec.id)) texts << problemText(problem, m_spec);
    m_problem->setText(texts.join(QLatin1Char('\n')));
    m_problem->setVisible(!texts.isEmpty());
    m_editor->setWrong(!texts.isEmpty());
    m_editor->setAccessibleDescription(texts.join(QLatin1String(". ")));
}

bool ParamRow::hasProblem() const {
    return !m_problem->isHidden();
}

} // namespace vitrine
