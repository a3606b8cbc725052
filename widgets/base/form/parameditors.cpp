// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/form/parameditors.hpp"

#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QTimer>
#include <QToolButton>
#include <QWheelEvent>

#include <cmath>

namespace vitrine {

void ParamEditor::hold(QWidget* control, const ParamSpec& spec) {
    m_control = control;
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Space::xs());
    row->addWidget(control, 1);
    setFocusProxy(control);
    control->setObjectName(QStringLiteral("param.") + qtext(spec.id));
    control->setAccessibleName(coreText(spec.label));
    control->setAccessibleDescription(coreText(spec.help));
}

void ParamEditor::setWrong(bool isWrong) {
    if (!m_control || m_control->property("problem").toBool() == isWrong) return;
    m_control->setProperty("problem", isWrong);
    m_control->update();
}

namespace {

class NumberEditor final : public ParamEditor {
  public:
    explicit NumberEditor(const ParamSpec& spec) : m_box(new NumberBox(spec.kind, spec.range)) {
        hold(m_box, spec);
        if (!spec.unit.empty()) m_box->setUnit(coreText(spec.unit));
        connect(m_box, &NumberBox::numberEdited, this, [this] { Q_EMIT edited(m_box->number()); });
    }
    void setValue(const Json& value) override {
        if (m_box->number() != value) m_box->setNumber(value);
    }

  private:
    NumberBox* m_box;
};

class BoolEditor final : public ParamEditor {
  public:
    explicit BoolEditor(const ParamSpec& spec) : m_box(new QCheckBox) {
        hold(m_box, spec);
        connect(m_box, &QCheckBox::clicked, this, [this](bool isOn) { Q_EMIT edited(Json(isOn)); });
    }
    void setValue(const Json& value) override { m_box->setChecked(value.is_boolean() && value.get<bool>()); }

  private:
    QCheckBox* m_box;
};

class ChoiceEditor final : public ParamEditor {
  public:
    explicit ChoiceEditor(const ParamSpec& spec) : m_box(new QComboBox) {
        for (const ChoiceOption& option : spec.options) m_box->addItem(coreText(option.label), qtext(option.id));
        m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        m_box->setMinimumContentsLength(6);
        m_box->setFocusPolicy(Qt::StrongFocus);
        hold(m_box, spec);
        m_box->installEventFilter(this);
        connect(m_box, &QComboBox::activated, this,
                [this] { Q_EMIT edited(Json(utf8(m_box->currentData().toString()))); });
    }
    void setValue(const Json& value) override {
        m_box->setCurrentIndex(value.is_string() ? m_box->findData(qtext(value.get<std::string>())) : -1);
    }
    // A wheel over the form scrolls the form, not the knob under the pointer.
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Wheel && !m_box->hasFocus()) {
            event->ignore();
            return true;
        }
        return ParamEditor::eventFilter(watched, event);
    }

  private:
    QComboBox* m_box;
};

QString lineTextOf(const Json& value) {
    if (value.is_string()) return qtext(value.get<std::string>());
    QStringList parts;
    if (value.is_array())
        for (const Json& entry : value) parts << qtext(entry.dump());
    return parts.join(QLatin1String(", "));
}

class LineEditor final : public ParamEditor {
  public:
    explicit LineEditor(const ParamSpec& spec) : m_spec(spec), m_line(new QLineEdit) {
        hold(m_line, spec);
        if (spec.kind == ParamKind::File) addBrowse();
        connect(m_line, &QLineEdit::textEdited, this, [this] { Q_EMIT edited(valueOf(m_line->text())); });
    }
    void setValue(const Json& value) override {
        if (valueOf(m_line->text()) != value || m_line->text().isEmpty()) m_line->setText(lineTextOf(value));
    }
    bool isWide() const override { return m_spec.kind == ParamKind::File; }

  private:
    [[nodiscard]] Json valueOf(const QString& text) const {
        if (auto value = parseValue(m_spec, utf8(text)); value.ok()) return std::move(value).value();
        return Json(utf8(text));
    }
    void addBrowse() {
        auto* button = new QToolButton;
        button->setIcon(themeIcon(QStringLiteral("folder")));
        button->setToolTip(ParamEditor::tr("Choose a file"));
        button->setAccessibleName(ParamEditor::tr("Choose a file for %1").arg(coreText(m_spec.label)));
        setButtonRole(button, ButtonRole::Quiet);
        layout()->addWidget(button);
        connect(button, &QToolButton::clicked, this, [this] {
            auto* dialog = new QFileDialog(window(), coreText(m_spec.label), QFileInfo(m_line->text()).path());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->setFileMode(QFileDialog::ExistingFile);
            if (!m_spec.fileFilter.empty())
                dialog->setNameFilters({ParamEditor::tr("Files it reads (%1)").arg(qtext(m_spec.fileFilter)),
                                        ParamEditor::tr("All files (*)")});
            connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
                m_line->setText(path);
                Q_EMIT edited(Json(utf8(path)));
            });
            dialog->open();
        });
    }

    ParamSpec m_spec;
    QLineEdit* m_line;
};

class ProgramEditor final : public ParamEditor {
  public:
    explicit ProgramEditor(const ParamSpec& spec) : m_text(new QPlainTextEdit) {
        m_text->setFont(Theme::mono());
        m_text->setTabChangesFocus(true);
        m_text->setFixedHeight(Theme::px(140));
        hold(m_text, spec);
        connect(m_text, &QPlainTextEdit::textChanged, this,
                [this] { Q_EMIT edited(Json(utf8(m_text->toPlainText()))); });
    }
    void setValue(const Json& value) override {
        const QString text = value.is_string() ? qtext(value.get<std::string>()) : QString();
        if (text == m_text->toPlainText()) return;
        const QSignalBlocker quiet(m_text);
        m_text->setPlainText(text);
    }
    bool isWide() const override { return true; }

  private:
    QPlainTextEdit* m_text;
};

} // namespace

ParamEditorRegistry::ParamEditorRegistry() {
    const auto number = [](const ParamSpec& spec) { return new NumberEditor(spec); };
    const auto line = [](const ParamSpec& spec) { return new LineEditor(spec); };
    m_kinds = {{ParamKind::Int, number},
               {ParamKind::Real, number},
               {ParamKind::Bool, [](const ParamSpec& spec) { return new BoolEditor(spec); }},
               {ParamKind::Choice, [](const ParamSpec& spec) { return new ChoiceEditor(spec); }},
               {ParamKind::Text, line},
               {ParamKind::File, line},
               {ParamKind::Program, [](const ParamSpec& spec) { return new ProgramEditor(spec); }},
               {ParamKind::IntList, line}};
}

ParamEditor* ParamEditorRegistry::make(const ParamSpec& spec) const {
    if (const auto own = m_params.find(spec.id); own != m_params.end()) return own->second(spec);
    return m_kinds.at(spec.kind)(spec);
}

NumberBox::NumberBox(ParamKind kind, std::optional<Range> range, QWidget* parent)
    : QAbstractSpinBox(parent), m_kind(kind), m_range(range) {
    setFocusPolicy(Qt::StrongFocus);
    setMinimumWidth(Theme::px(80));
    connect(lineEdit(), &QLineEdit::textEdited, this, &NumberBox::numberEdited);
    connect(this, &QAbstractSpinBox::editingFinished, this, [this] { setNumber(number()); });
}

void NumberBox::setUnit(const QString& unit) {
    m_unit = asSecondary(new QLabel(unit, this), TextSize::Caption);
    m_unit->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_unit->adjustSize();
    lineEdit()->setTextMargins(0, 0, m_unit->width() + Space::xs(), 0);
}

void NumberBox::resizeEvent(QResizeEvent* event) {
    QAbstractSpinBox::resizeEvent(event);
    if (m_unit) m_unit->move(lineEdit()->geometry().right() - m_unit->width(), (height() - m_unit->height()) / 2);
}

QString NumberBox::textOf(const Json& value) const {
    if (value.is_number_integer()) return groupedInteger(value.get<long long>());
    if (value.is_number()) return fullNumber(value.get<double>());
    return value.is_string() ? qtext(value.get<std::string>()) : QString();
}

void NumberBox::setNumber(const Json& value) {
    lineEdit()->setText(textOf(value));
    lineEdit()->setCursorPosition(0);
}

Json NumberBox::number() const {
    ParamSpec spec;
    spec.kind = m_kind;
    QString plain = text().trimmed();
    for (const QChar space : {QChar(0x2009), QChar(0x202f), QChar(0x00a0), QChar(u' ')}) plain.remove(space);
    if (auto exact = parseValue(spec, utf8(plain)); exact.ok()) return std::move(exact).value();
    double value = 0;
    if (!parseNumber(text(), value)) return Json(utf8(text()));
    if (m_kind == ParamKind::Real) return Json(value);
    return std::floor(value) == value && std::fabs(value) < 9e15 ? Json(static_cast<std::int64_t>(value))
                                                                 : Json(utf8(text()));
}

double NumberBox::stepped(double value, int steps) const {
    if (m_range && m_range->scale == Scale::Log) {
        // 1, 2, 5, 10: the steps of a log scale.
        const double base = value > 0 ? value : m_range->low > 0 ? m_range->low : 1;
        const bool isUp = steps > 0;
        double result = base;
        for (int i = 0; i < std::abs(steps); ++i) {
            const double decade = std::pow(10, std::floor(std::log10(result * (isUp ? 1.0000001 : 0.9999999))));
            const double mantissa = result / decade;
            if (isUp)
                result = decade * (mantissa < 1.999999 ? 2 : mantissa < 4.999999 ? 5 : 10);
            else
                result = decade * (mantissa > 5.000001 ? 5 : mantissa > 2.000001 ? 2 : 1);
        }
        return result;
    }
    double step = m_range && m_range->step > 0 ? m_range->step : 0;
    if (step == 0) step = m_kind == ParamKind::Int ? 1 : m_range ? (m_range->high - m_range->low) / 100 : 0.1;
    return value + step * steps;
}

void NumberBox::stepBy(int steps) {
    const Json now = number();
    double value = now.is_number() ? now.get<double>() : m_range ? m_range->low : 0;
    value = stepped(value, steps);
    if (m_range) value = std::clamp(value, m_range->low, m_range->high);
    if (m_kind == ParamKind::Int)
        setNumber(Json(static_cast<std::int64_t>(std::llround(value))));
    else
        setNumber(Json(std::stod(QString::number(value, 'g', 12).toStdString())));
    Q_EMIT numberEdited();
}

QAbstractSpinBox::StepEnabled NumberBox::stepEnabled() const {
    const Json now = number();
    if (!now.is_number() || !m_range) return StepUpEnabled | StepDownEnabled;
    StepEnabled enabled = StepNone;
    if (now.get<double>() < m_range->high) enabled |= StepUpEnabled;
    if (now.get<double>() > m_range->low) enabled |= StepDownEnabled;
    return enabled;
}

void NumberBox::wheelEvent(QWheelEvent* event) {
    if (hasFocus())
        QAbstractSpinBox::wheelEvent(event);
    else
        event->ignore();
}

} // namespace vitrine
