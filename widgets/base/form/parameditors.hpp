// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/schema.hpp"

#include <QAbstractSpinBox>

#include <functional>
#include <map>

class QLabel;

namespace vitrine {

/// A control for the value of one knob. It shows what the document holds and sends what the user makes of it.
class ParamEditor : public QWidget {
    Q_OBJECT
  public:
    using QWidget::QWidget;
    virtual void setValue(const Json& value) = 0; ///< does not emit `edited`
    virtual void setWrong(bool isWrong);          ///< red border
    /// Wide editors stand below their label over the whole width.
    [[nodiscard]] virtual bool isWide() const { return false; }

  Q_SIGNALS:
    void edited(const vitrine::Json& value);

  protected:
    /// Makes `control` the whole editor: layout, focus proxy, accessible name of the spec.
    void hold(QWidget* control, const ParamSpec& spec);
    QWidget* m_control = nullptr;
};

/// Which editor a knob gets: by its own id, else by kind. Rooms replace single ones.
class ParamEditorRegistry {
  public:
    using Maker = std::function<ParamEditor*(const ParamSpec&)>;
    ParamEditorRegistry(); ///< with an editor for every kind
    void setKind(ParamKind kind, Maker maker) { m_kinds[kind] = std::move(maker); }
    void setParam(const std::string& id, Maker maker) { m_params[id] = std::move(maker); }
    [[nodiscard]] ParamEditor* make(const ParamSpec& spec) const; ///< never null

  private:
    std::map<ParamKind, Maker> m_kinds;
    std::map<std::string, Maker> m_params;
};

/// A spin box for whole numbers of 64 bits and for reals: typed text is kept until it is a number, steps follow the
/// range's scale, digits are grouped, the C and the local spelling are understood.
class NumberBox final : public QAbstractSpinBox {
    Q_OBJECT
  public:
    NumberBox(ParamKind kind, std::optional<Range> range, QWidget* parent = nullptr);
    void setUnit(const QString& unit); ///< stands in the box, behind the number
    void setNumber(const Json& value);
    [[nodiscard]] Json number() const; ///< text that is no number stays text
    void stepBy(int steps) override;
    void fixup(QString&) const override {}
    QValidator::State validate(QString&, int&) const override { return QValidator::Acceptable; }

  Q_SIGNALS:
    void numberEdited();

  protected:
    StepEnabled stepEnabled() const override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    [[nodiscard]] double stepped(double value, int steps) const;
    [[nodiscard]] QString textOf(const Json& value) const;

    ParamKind m_kind;
    std::optional<Range> m_range;
    QLabel* m_unit = nullptr;
};

} // namespace vitrine
