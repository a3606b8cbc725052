// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme/tokens.hpp"
#include "widgets/plot/plotdata.hpp"

#include <QWidget>

#include <memory>
#include <optional>

class QAbstractItemModel;
class QMenu;

namespace vitrine {

enum class AxisScale { Linear, Log };
enum class PlotFormat { Png, PngDouble, Svg, Pdf, Csv };

/// How one curve looks. It keeps this for life; colour alone never tells curves apart.
struct CurveStyle {
    QString name;
    int colorIndex = -1;    ///< of the palette of runs; -1: the order of adding
    std::optional<Hue> hue; ///< instead of colorIndex
    Qt::PenStyle dash = Qt::SolidLine;
    double strength = 1; ///< below 1: mixed with the panel, for one of a family that has a curve for all
    bool isBars = false; ///< a bar from zero at each step, with its value above
};

/// One chart: axes left and below, a title that is a sentence, curves or bars with everything a reader may do to them.
/// Takes data only; knows no runs. Cheap to append to: changes are drawn once per event loop turn, and not while
/// hidden.
class PlotView final : public QWidget {
    Q_OBJECT
  public:
    explicit PlotView(QWidget* parent = nullptr);
    ~PlotView() override;

    // What is shown.
    void setTitle(const QString& sentence);
    void setSubtitle(const QString& line);                     ///< the computed answer, or empty
    void setAxisTitles(const QString& x, const QString& y);    ///< with the unit: "seconds", "loss (nats)"
    void setEmptyText(const QString& text);                    ///< shown while there is no point
    void setCurve(const QString& id, const CurveStyle& style); ///< adds or restyles
    void setSamples(const QString& id, plot::Samples samples);
    void appendSamples(const QString& id, const plot::Samples& samples);
    void removeCurve(const QString& id);
    void clear();
    [[nodiscard]] QStringList curves() const;
    [[nodiscard]] const plot::Samples* samples(const QString& id) const; ///< null for an unknown curve

    // How it is shown.
    void setXScale(AxisScale scale);
    void setYScale(AxisScale scale);
    void setXMode(plot::XMode mode);
    void setSmoothing(double weight); ///< 0 to 0.999
    void setPinnedY(std::optional<std::pair<double, double>> range);
    void setCurveShown(const QString& id, bool isShown);
    void solo(const QString& id);                  ///< only this one; again: all
    void setHighlightedX(std::optional<double> x); ///< the bar or the point that the rest of the room speaks of
    void resetView();
    [[nodiscard]] bool isCurveShown(const QString& id) const;
    [[nodiscard]] AxisScale yScale() const;
    [[nodiscard]] double smoothing() const;
    [[nodiscard]] std::pair<double, double> xRange() const;
    [[nodiscard]] std::pair<double, double> yRange() const;
    [[nodiscard]] QString note() const; ///< "3 values at or below zero are not shown", or empty

    // What leaves it.
    /// Writes the whole file or nothing. \return empty, or a sentence that says what went wrong
    [[nodiscard]] QString exportTo(const QString& path, PlotFormat format);
    void copyImage();
    void copyData();
    void showAsTable();
    [[nodiscard]] std::unique_ptr<QAbstractItemModel> tableModel() const;
    [[nodiscard]] QMenu* menu();

    /// For tests of the drawing rules: widest pen used on a curve with more than 2000 points on screen, 0 without one.
    [[nodiscard]] double widestBusyPen() const;
    /// Puts the crosshair on the sample nearest to x, as the arrow keys do.
    void setCursor(double x);
    [[nodiscard]] QString cursorText() const; ///< of the card, without markup; empty when it is hidden

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void pointActivated(const QString& curve, double x); ///< clicked or Enter on the cursor
    void viewChanged();                                  ///< zoom, scale, mode, smoothing or shown curves

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void placeSubtitle();
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace vitrine
