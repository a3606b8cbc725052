// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"
#include "widgets/plot/plotview_p.hpp"

#include <QActionGroup>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QToolTip>
#include <QWidgetAction>

namespace vitrine {

namespace {

void addChoice(QMenu* menu, QActionGroup* group, const QString& text, bool isOn, const std::function<void()>& chosen) {
    QAction* action = menu->addAction(text);
    action->setCheckable(true);
    action->setChecked(isOn);
    group->addAction(action);
    QObject::connect(action, &QAction::triggered, menu, chosen);
}

void addScales(PlotView& view, QMenu& menu, const plot::Figure& figure) {
    const auto scale = [&](const QString& title, AxisScale now, void (PlotView::*set)(AxisScale)) {
        QMenu* sub = menu.addMenu(title);
        auto* group = new QActionGroup(sub);
        addChoice(sub, group, PlotView::tr("Linear"), now == AxisScale::Linear,
                  [&view, set] { (view.*set)(AxisScale::Linear); });
        addChoice(sub, group, PlotView::tr("Logarithmic"), now == AxisScale::Log,
                  [&view, set] { (view.*set)(AxisScale::Log); });
        return sub;
    };
    scale(PlotView::tr("&Vertical axis"), figure.yScale, &PlotView::setYScale);
    QMenu* x = scale(PlotView::tr("&Horizontal axis"), figure.xScale, &PlotView::setXScale);
    x->addSeparator();
    auto* group = new QActionGroup(x);
    const auto mode = [&](const QString& text, plot::XMode value) {
        addChoice(x, group, text, figure.xMode == value, [&view, value] { view.setXMode(value); });
    };
    mode(PlotView::tr("Step"), plot::XMode::Step);
    mode(PlotView::tr("Time since start"), plot::XMode::Relative);
    mode(PlotView::tr("Time of day"), plot::XMode::Wall);
}

void addSmoothing(PlotView& view, QMenu& menu) {
    QMenu* sub = menu.addMenu(PlotView::tr("&Smoothing"));
    auto* slider = new QSlider(Qt::Horizontal, sub);
    slider->setRange(0, 999);
    slider->setValue(static_cast<int>(view.smoothing() * 1000));
    slider->setMinimumWidth(Theme::px(180));
    slider->setAccessibleName(PlotView::tr("Smoothing weight"));
    auto* action = new QWidgetAction(sub);
    action->setDefaultWidget(slider);
    sub->addAction(action);
    QObject::connect(slider, &QSlider::valueChanged, &view, [&view, slider](int value) {
        view.setSmoothing(value / 1000.0);
        QToolTip::showText(QCursor::pos(), QLocale().toString(value / 1000.0, 'f', 3), slider);
    });
    for (const double weight : {0.0, 0.6, 0.9, 0.99})
        QObject::connect(sub->addAction(weight == 0 ? PlotView::tr("None") : QLocale().toString(weight)),
                         &QAction::triggered, &view, [&view, weight] { view.setSmoothing(weight); });
}

void askForRange(PlotView& view) {
    auto* dialog = new QDialog(view.window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("plotRange"));
    dialog->setWindowTitle(PlotView::tr("Vertical range"));
    auto* form = new QFormLayout(dialog);
    auto* low = new QLineEdit(QString::number(view.yRange().first, 'g', 6), dialog);
    auto* high = new QLineEdit(QString::number(view.yRange().second, 'g', 6), dialog);
    form->addRow(PlotView::tr("&Lowest"), low);
    form->addRow(PlotView::tr("&Highest"), high);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    QPushButton* pin = buttons->addButton(PlotView::tr("Pin range"), QDialogButtonBox::AcceptRole);
    form->addRow(buttons);
    const auto numbers = [low, high]() -> std::optional<std::pair<double, double>> {
        const auto read = [](const QString& text, bool& ok) {
            double value = QLocale::c().toDouble(text, &ok);
            return ok ? value : QLocale().toDouble(text, &ok);
        };
        bool a = false, b = false;
        const double from = read(low->text(), a), to = read(high->text(), b);
        if (!a || !b || !(from < to)) return std::nullopt;
        return std::pair{from, to};
    };
    const auto check = [pin, numbers] { pin->setEnabled(numbers().has_value()); };
    QObject::connect(low, &QLineEdit::textChanged, dialog, check);
    QObject::connect(high, &QLineEdit::textChanged, dialog, check);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, [dialog, numbers, &view] {
        view.setPinnedY(numbers());
        dialog->accept();
    });
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    dialog->open();
}

void addRange(PlotView& view, QMenu& menu, const plot::Figure& figure) {
    QAction* pin = menu.addAction(PlotView::tr("&Pin the vertical range shown"));
    pin->setCheckable(true);
    pin->setChecked(figure.pinnedY.has_value());
    QObject::connect(pin, &QAction::toggled, &view,
                     [&view](bool isOn) { view.setPinnedY(isOn ? std::optional(view.yRange()) : std::nullopt); });
    QObject::connect(menu.addAction(PlotView::tr("Set the vertical &range…")), &QAction::triggered, &view,
                     [&view] { askForRange(view); });
    QAction* reset = menu.addAction(PlotView::tr("R&eset the view"));
    reset->setShortcut(Qt::Key_Home);
    reset->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(reset, &QAction::triggered, &view, &PlotView::resetView);
}

void addCurves(PlotView& view, QMenu& menu, const plot::Figure& figure) {
    if (figure.curves.size() < 2) return;
    QMenu* sub = menu.addMenu(PlotView::tr("&Curves"));
    QMenu* alone = sub->addMenu(PlotView::tr("Show &alone"));
    sub->addSeparator();
    for (const auto& curve : figure.curves) {
        const QString id = curve->id, name = curve->style.name.isEmpty() ? id : curve->style.name;
        QAction* show = sub->addAction(name);
        show->setCheckable(true);
        show->setChecked(curve->isShown);
        QObject::connect(show, &QAction::toggled, &view, [&view, id](bool isOn) { view.setCurveShown(id, isOn); });
        QObject::connect(alone->addAction(name), &QAction::triggered, &view, [&view, id] { view.solo(id); });
    }
}

void askForFile(PlotView& view, PlotFormat format, const QString& filter, const QString& suffix) {
    auto* dialog = new QFileDialog(view.window(), PlotView::tr("Export plot"), QString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    QObject::connect(dialog, &QFileDialog::fileSelected, &view, [&view, format](const QString& path) {
        const QString problem = view.exportTo(path, format);
        if (!problem.isEmpty())
            QToolTip::showText(view.mapToGlobal(view.rect().center()), problem, &view, QRect(), 15000);
    });
    dialog->open();
}

void addExports(PlotView& view, QMenu& menu) {
    QMenu* sub = menu.addMenu(PlotView::tr("E&xport"));
    const auto entry = [&](const QString& text, PlotFormat format, const QString& filter, const QString& suffix) {
        QObject::connect(sub->addAction(text), &QAction::triggered, &view,
                         [&view, format, filter, suffix] { askForFile(view, format, filter, suffix); });
    };
    const QString png = PlotView::tr("PNG image (*.png)");
    entry(PlotView::tr("PNG…"), PlotFormat::Png, png, QStringLiteral("png"));
    entry(PlotView::tr("PNG, twice the size…"), PlotFormat::PngDouble, png, QStringLiteral("png"));
    entry(PlotView::tr("SVG…"), PlotFormat::Svg, PlotView::tr("SVG drawing (*.svg)"), QStringLiteral("svg"));
    entry(PlotView::tr("PDF…"), PlotFormat::Pdf, PlotView::tr("PDF document (*.pdf)"), QStringLiteral("pdf"));
    entry(PlotView::tr("CSV…"), PlotFormat::Csv, PlotView::tr("CSV table (*.csv)"), QStringLiteral("csv"));
}

} // namespace

void fillPlotMenu(PlotView& view, QMenu& menu, plot::Figure& figure) {
    menu.clear();
    addScales(view, menu, figure);
    addSmoothing(view, menu);
    addRange(view, menu, figure);
    addCurves(view, menu, figure);
    menu.addSeparator();
    QObject::connect(menu.addAction(PlotView::tr("Show as &table")), &QAction::triggered, &view,
                     &PlotView::showAsTable);
    QObject::connect(menu.addAction(PlotView::tr("Copy &image")), &QAction::triggered, &view, &PlotView::copyImage);
    QObject::connect(menu.addAction(PlotView::tr("Copy &data")), &QAction::triggered, &view, &PlotView::copyData);
    addExports(view, menu);
}

} // namespace vitrine
