// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/runtypes.hpp"

namespace vitrine {

QString RunInfo::title() const {
    if (!name.isEmpty()) return name;
    const QString preset = QString::fromStdString(config.preset);
    const QString tail = preset.mid(preset.indexOf(QLatin1Char('.')) + 1);
    return QStringLiteral("%1 %2").arg(tail.isEmpty() ? experiment() : tail, id.left(4));
}

void addToCurves(RunCurves& curves, const Event& event) {
    if (const auto* scalar = std::get_if<Scalar>(&event.body)) {
        curves[QString::fromStdString(scalar->metric)].push_back(
            {static_cast<double>(scalar->step), scalar->value, event.timeMs});
        return;
    }
    const auto* change = std::get_if<StateChanged>(&event.body);
    if (!change || !change->resumedFrom) return;
    // The checkpoint of step n was taken after the scalars of step n.
    const auto last = static_cast<double>(change->resumedFrom->step);
    for (auto& points : curves) std::erase_if(points, [last](const ScalarPoint& point) { return point.step > last; });
}

} // namespace vitrine
