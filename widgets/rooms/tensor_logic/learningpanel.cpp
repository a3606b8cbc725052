// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/learningpanel.hpp"

#include "widgets/base/emptystate.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
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

QWidget* captioned(const QString& caption, MatrixView* view) {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(asSecondary(new QLabel(caption), TextSize::Caption));
    column->addWidget(view, 1);
    return box;
}
} // namespace

LearningPanel::LearningPanel(LogicClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_plot(new PlotView(this)),
      m_title(new PanelTitle(tr("What was learned?"), this)), m_chooser(new QComboBox(this)),
      m_values(new MatrixView(this)), m_gradients(new MatrixView(this)), m_valueTiles(new DenseTiles(this)),
      m_gradientTiles(new DenseTiles(this)), m_stack(new QStackedWidget(this)) {
    m_plot->setObjectName(QStringLiteral("lossPlot"));
    m_plot->setTitle(tr("Loss"));
    m_plot->setAxisTitles(tr("step"), tr("loss"));
    CurveStyle style;
    style.name = tr("loss");
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
    auto* maps = new QHBoxLayout;
    maps->addWidget(captioned(tr("values"), m_values), 1);
    maps->addWidget(captioned(tr("gradient"), m_gradients), 1);
    auto* right = new QVBoxLayout;
    right->addWidget(m_title);
    right->addLayout(maps, 1);
    auto* both = new QWidget(this);
    auto* row = new QHBoxLayout(both);
    row->setContentsMargins(Space::l(), Space::s(), Space::l(), Space::s());
    row->setSpacing(Space::l());
    row->addWidget(m_plot, 1);
    row->addLayout(right, 1);
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
    m_plot->setSubtitle(
        tr("Step %1 of %2.")
            .arg(groupedInteger(static_cast<qint64>(step)), groupedInteger(static_cast<qint64>(steps))));
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
    m_plot->setTitle(last < first
                         ? tr("The loss fell from %1 to %2").arg(plot::shortNumber(first), plot::shortNumber(last))
                         : tr("The loss went from %1 to %2").arg(plot::shortNumber(first), plot::shortNumber(last)));
    m_plot->setSubtitle(tr("%n step(s).", nullptr, static_cast<int>(samples.x.back())));
    for (const TensorView& tensor : summary->tensors)
        if (tensor.isLearned && tensor.isEvaluated) m_chooser->addItem(tensor.signature(), tensor.name);
    if (m_chooser->count() > 0) showTensor(m_chooser->itemData(0).toString());
}

void LearningPanel::showTensor(const QString& name) {
    const auto fill = [this](const QString& request, const QString& tensor, MatrixView* view, DenseTiles* tiles) {
        m_client.ask(request, Json{{"request", utf8(request)}, {"tensor", utf8(tensor)}}, this,
                     [this, view, tiles, request, tensor](const Reply& reply) {
                         const auto* values = std::get_if<TensorSnapshot>(&reply.value);
                         tiles->show(values ? *values : TensorSnapshot{});
                         const auto [low, high] = tiles->range();
                         const double most = std::max({std::abs(low), std::abs(high), 1e-12});
                         view->setValueRange(-most, most);
                         if (!values || request != QLatin1String("tensor")) return;
                         m_title->setAnswer(
                             tr("%1: %n value(s) between %2 and %3.", nullptr, static_cast<int>(values->elements()))
                                 .arg(tensor, plot::shortNumber(low), plot::shortNumber(high)));
                     });
    };
    fill(QStringLiteral("tensor"), name, m_values, m_valueTiles);
    fill(QStringLiteral("gradient"), name, m_gradients, m_gradientTiles);
}

} // namespace vitrine
