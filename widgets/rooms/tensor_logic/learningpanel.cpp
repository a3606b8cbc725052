// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/learningpanel.hpp"

#include "widgets/base/emptystate.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/graph/colorbar.hpp"
#include "widgets/graph/matrixview.hpp"
#include "widgets/plot/plotview.hpp"
#include "widgets/rooms/tensor_logic/logicclient.hpp"
#include "widgets/rooms/tensor_logic/sessiontiles.hpp"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>

namespace vitrine {

namespace {
const QString Loss = QStringLiteral("loss");

QWidget* captioned(QLabel* caption, MatrixView* view, ColorBar* bar) {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Space::xs());
    column->addWidget(asSecondary(caption, TextSize::Caption));
    auto* row = new QHBoxLayout;
    row->setSpacing(Space::s());
    row->addWidget(view, 1);
    row->addWidget(bar);
    column->addLayout(row, 1);
    return box;
}
} // namespace

LearningPanel::LearningPanel(LogicClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_plot(new PlotView(this)),
      m_title(new PanelTitle(tr("What was learned?"), this)), m_chooser(new QComboBox(this)),
      m_values(new MatrixView(this)), m_gradients(new MatrixView(this)), m_valueBar(new ColorBar(this)),
      m_gradientBar(new ColorBar(this)), m_valueTiles(new DenseTiles(this)), m_gradientTiles(new DenseTiles(this)),
      m_stack(new QStackedWidget(this)), m_valueCaption(new QLabel), m_gradientCaption(new QLabel) {
    m_plot->setObjectName(QStringLiteral("lossPlot"));
    setProperty("help", QStringLiteral("tensor_logic#learning"));
    m_plot->setTitle(tr("Loss"));
    m_plot->setAxisTitles(tr("step"), {});
    m_plot->setMinimumWidth(Theme::px(150));
    CurveStyle style;
    style.hue = Hue::Blue;
    m_plot->setCurve(Loss, style);
    m_chooser->setAccessibleName(tr("Learned tensor"));
    m_title->addAction(m_chooser);
    for (auto& [view, tiles, name] : {std::tuple{m_values, m_valueTiles, tr("Parameters")},
                                      std::tuple{m_gradients, m_gradientTiles, tr("Gradient of the last step")}}) {
        view->setSource(tiles);
        view->setColorMap(ColorMap::Diverging);
        view->setAccessibleName(name);
        view->setLabels([](qint64 i) { return QString::number(i); }, [](qint64 i) { return QString::number(i); });
    }
    m_gradients->setEmptyText(tr("No gradient was kept."));
    for (MatrixView* view : {m_values, m_gradients}) view->setMinimumSize(Theme::px(90), Theme::px(84));
    auto* both = new QWidget(this);
    auto* body = new QVBoxLayout(both);
    body->setContentsMargins(0, 0, 0, Space::s());
    body->setSpacing(0);
    body->addWidget(m_title);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(Space::l(), 0, Space::l(), 0);
    row->setSpacing(Space::l());
    row->addWidget(m_plot, 6);
    row->addWidget(captioned(m_valueCaption, m_values, m_valueBar), 5);
    row->addWidget(captioned(m_gradientCaption, m_gradients, m_gradientBar), 5);
    body->addLayout(row, 1);
    m_stack->addWidget(new EmptyState(
        QStringLiteral("chart"), tr("Nothing is learned here"),
        tr("Name parameters with @learn and a loss with @minimize: the loss and the parameters appear here."), this));
    m_stack->addWidget(both);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    connect(m_chooser, &QComboBox::activated, this,
            [this](int index) { showTensor(m_chooser->itemData(index).toString()); });
}

void LearningPanel::clearLoss() {
    m_plot->setSamples(Loss, {});
}

void LearningPanel::addLoss(double step, double steps, double loss) {
    m_stack->setCurrentIndex(1);
    plot::Samples samples;
    samples.x.append(step);
    samples.y.append(loss);
    m_plot->appendSamples(Loss, samples);
    m_title->setQuestion(tr("What is being learned?"));
    m_title->setAnswer(tr("Step %1 of %2: loss %3.")
                           .arg(groupedInteger(static_cast<qint64>(step)), groupedInteger(static_cast<qint64>(steps)),
                                plot::shortNumber(loss)));
}

void LearningPanel::show(const LogicSummary* summary) {
    m_chooser->clear();
    if (!summary || summary->losses.isEmpty()) return m_stack->setCurrentIndex(0);
    m_stack->setCurrentIndex(1);
    plot::Samples samples;
    samples.x = summary->lossSteps;
    samples.y = summary->losses;
    m_plot->setSamples(Loss, samples);
    const double first = samples.y.front(), last = samples.y.back();
    const bool spansPowers = *std::min_element(samples.y.begin(), samples.y.end()) > 0 && first > 30 * last;
    m_plot->setYScale(spansPowers ? AxisScale::Log : AxisScale::Linear);
    const auto steps = static_cast<int>(samples.x.back());
    const QString from = plot::shortNumber(first), to = plot::shortNumber(last);
    m_title->setQuestion(last < first ? tr("The loss fell from %1 to %2 in %n step(s)", nullptr, steps).arg(from, to)
                                      : tr("The loss went from %1 to %2 in %n step(s)", nullptr, steps).arg(from, to));
    for (const TensorView& tensor : summary->tensors)
        if (tensor.isLearned && tensor.isEvaluated) m_chooser->addItem(tensor.signature(), tensor.name);
    if (m_chooser->count() > 0) showTensor(m_chooser->itemData(0).toString());
}

void LearningPanel::showTensor(const QString& name) {
    m_valueCaption->setText(tr("%1, values").arg(name));
    m_gradientCaption->setText(tr("%1, last gradient").arg(name));
    m_title->setAnswer({});
    const auto fill = [this](const QString& request, const QString& tensor, MatrixView* view, DenseTiles* tiles,
                             ColorBar* bar) {
        m_client.ask(request, Json{{"request", utf8(request)}, {"tensor", utf8(tensor)}}, this,
                     [this, view, tiles, bar, request, tensor](const Reply& reply) {
                         const auto* values = std::get_if<TensorSnapshot>(&reply.value);
                         tiles->show(values ? *values : TensorSnapshot{});
                         const auto [low, high] = tiles->range();
                         const double most = std::max({std::abs(low), std::abs(high), 1e-12});
                         view->setValueRange(-most, most);
                         bar->setRange(-most, most);
                         bar->setVisible(values != nullptr);
                         if (!values) return;
                         const QString said = m_title->answer();
                         m_title->setAnswer(request == QLatin1String("tensor")
                                                ? tr("%1: %n value(s) between %2 and %3.", nullptr,
                                                     static_cast<int>(values->elements()))
                                                      .arg(tensor, plot::shortNumber(low), plot::shortNumber(high))
                                                : said + QLatin1Char(' ') +
                                                      tr("Its last gradient reaches %1.").arg(plot::shortNumber(most)));
                     });
    };
    fill(QStringLiteral("tensor"), name, m_values, m_valueTiles, m_valueBar);
    fill(QStringLiteral("gradient"), name, m_gradients, m_gradientTiles, m_gradientBar);
}

} // namespace vitrine
