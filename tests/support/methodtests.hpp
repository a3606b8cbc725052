// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"
#include "core/experiment/factory.hpp"

#include <QObject>
#include <QTemporaryDir>

#include <functional>
#include <string>
#include <vector>

namespace vitrine::test {

/// The tests that every method gets for free. A method's test program derives one class from this, gives the method and
/// its factory, and is run with VITRINE_CORE_TEST:
///
///     class TestMyMethod : public vitrine::test::MethodTests {
///         Q_OBJECT
///       protected:
///         const Method& method() const override;
///         const MethodFactory& factory() const override;
///     };
class MethodTests : public QObject {
    Q_OBJECT

  protected:
    [[nodiscard]] virtual const Method& method() const = 0;
    [[nodiscard]] virtual const MethodFactory& factory() const = 0;
    /// A configuration that runs for about a second and, where the method can resume, saves several checkpoints.
    [[nodiscard]] virtual Config quickConfig() const;
    /// Runs that are timed and weighed against estimate(); the default is quickConfig().
    [[nodiscard]] virtual std::vector<std::pair<std::string, Config>> measuredConfigs() const;
    /// False for metrics that measure time; the default looks at the unit.
    [[nodiscard]] virtual bool isRepeatable(const MetricSpec& metric) const;

  private Q_SLOTS:
    void init();
    void descriptor_texts_complete();
    void descriptor_knobs_complete();
    void descriptor_presets_allFourScales();
    void descriptor_json_writable();
    void presets_each_validates_data();
    void presets_each_validates();
    void presets_each_estimateSane_data();
    void presets_each_estimateSane();
    void validate_manyProblems_allReported();
    void run_sameSeeds_sameFirst20Scalars();
    void run_events_legalAndFinishedLast();
    void run_resumed_equalsUninterrupted();
    void run_cancelled_withinHalfASecond();
    void estimate_measured_withinAFactorOfTwo_data();
    void estimate_measured_withinAFactorOfTwo();

  private:
    struct Seen;
    [[nodiscard]] Seen runOnce(const Config& config, const std::filesystem::path& folder,
                               int stopAfterScalars = -1) const;
    void presetRows();

    QTemporaryDir m_dir;
};

} // namespace vitrine::test
