// SPDX-License-Identifier: GPL-3.0-or-later
// Korean is complete: every text of the window, every message id of core, every text of a descriptor, every error code.
#include "core/base/files.hpp"
#include "core/experiment/descriptor.hpp"
#include "core/methods/registry.hpp"
#include "tests/support/testlog.hpp"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace vitrine;

namespace {

struct Entry {
    QString context, source, translation;
    bool isUnfinished = false;
};

QList<Entry> entriesOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    QList<Entry> entries;
    QXmlStreamReader xml(&file);
    Entry entry;
    QString context;
    while (!xml.atEnd()) {
        const auto token = xml.readNext();
        if (token == QXmlStreamReader::StartElement) {
            if (xml.name() == QLatin1String("name"))
                context = xml.readElementText();
            else if (xml.name() == QLatin1String("message"))
                entry = Entry{context, {}, {}, false};
            else if (xml.name() == QLatin1String("source"))
                entry.source = xml.readElementText();
            else if (xml.name() == QLatin1String("translation")) {
                entry.isUnfinished = xml.attributes().value(QLatin1String("type")) == QLatin1String("unfinished");
                entry.translation = xml.readElementText(QXmlStreamReader::IncludeChildElements);
            }
        } else if (token == QXmlStreamReader::EndElement && xml.name() == QLatin1String("message")) {
            entries.append(entry);
        }
    }
    return entries;
}

QSet<QString> placeholders(const QString& text) {
    static const QRegularExpression pattern(QStringLiteral("%[0-9n]"));
    QSet<QString> found;
    for (auto match = pattern.globalMatch(text); match.hasNext();) found.insert(match.next().captured());
    return found;
}

QString root() {
    return qEnvironmentVariable("VITRINE_SOURCE_DIR");
}
QString catalogue(const char* name) {
    return root() + QStringLiteral("/translations/") + QLatin1String(name);
}

QString literal(QString text) {
    return text.replace(QLatin1String("\\\""), QLatin1String("\"")).replace(QLatin1String("\\\\"), QLatin1String("\\"));
}

// Literals that follow a code: "VIT-RUN-001", "text" "more text".
QSet<QString> messagesOfCore() {
    static const QRegularExpression afterCode(
        QStringLiteral("\"(?:VIT-[A-Z]+-\\d+|[EW]-[A-Z0-9-]+)\"\\s*,\\s*((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*)+)"));
    static const QRegularExpression piece(QStringLiteral("\"((?:[^\"\\\\]|\\\\.)*)\""));
    QSet<QString> found;
    QDirIterator files(root() + QStringLiteral("/core"), {QStringLiteral("*.cpp")}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly)) continue;
        const QString source = QString::fromUtf8(file.readAll());
        for (auto match = afterCode.globalMatch(source); match.hasNext();) {
            QString text;
            const QString pieces = match.next().captured(1);
            for (auto part = piece.globalMatch(pieces); part.hasNext();) text += literal(part.next().captured(1));
            if (text.contains(QLatin1Char(' '))) found.insert(text);
        }
    }
    return found;
}

// Whatever else reads like a sentence or a phrase of three words: reasons of engines and storage, what a parser
// expects, hints, notes. Left out: reports of experiments (files in English), formats ({}), SQL, and pieces that end in
// a blank.
QSet<QString> sentencesOfCore() {
    static const QRegularExpression literals(QStringLiteral("(?:\"(?:[^\"\\\\\n]|\\\\.)*\"\\s*)+"));
    static const QRegularExpression piece(QStringLiteral("\"((?:[^\"\\\\\n]|\\\\.)*)\""));
    static const QRegularExpression comment(QStringLiteral("//[^\n]*"));
    static const QRegularExpression raw(QStringLiteral("R\"\\(.*?\\)\""),
                                        QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression sentence(QStringLiteral("^[A-Za-z%`][^{}]*[^ \"]$"));
    static const QRegularExpression other(QStringLiteral(
        "\\\\n|^\\w(, \\w+)+$|\\b(SELECT|INSERT|CREATE|UPDATE|DELETE|PRAGMA|ORDER BY|WHERE|VACUUM)\\b|%Y-%m-%d"));
    static const QSet<QString> internal{QStringLiteral("illegal transition of a run's state"), // an assertion
                                        QStringLiteral("no tuple kernels in the module"),      // of the self-check
                                        QStringLiteral("no temporary folder")};                // as above
    QSet<QString> found;
    QDirIterator files(root() + QStringLiteral("/core"), {QStringLiteral("*.cpp")}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.fileName().contains(QLatin1String("/experiments/")) || !file.open(QIODevice::ReadOnly)) continue;
        QString source = QString::fromUtf8(file.readAll());
        source.remove(comment).replace(raw, QStringLiteral("0"));
        for (auto match = literals.globalMatch(source); match.hasNext();) {
            QString text;
            const QString pieces = match.next().captured();
            for (auto part = piece.globalMatch(pieces); part.hasNext();) text += literal(part.next().captured(1));
            if (text.count(QLatin1Char(' ')) >= 2 && sentence.match(text).hasMatch() && !other.match(text).hasMatch() &&
                !internal.contains(text))
                found.insert(text);
        }
    }
    return found;
}

QSet<QString> textsOf(const ExperimentDescriptor& d) {
    QSet<QString> texts;
    const auto add = [&texts](const std::string& text) {
        if (!text.empty()) texts.insert(QString::fromStdString(text));
    };
    add(d.title);
    add(d.summary);
    for (const ParamSpec& spec : d.params) {
        for (const std::string& text : {spec.label, spec.help, spec.group, spec.unit}) add(text);
        for (const ChoiceOption& option : spec.options) add(option.label);
    }
    for (const MetricSpec& spec : d.metrics)
        for (const std::string& text : {spec.label, spec.help, spec.unit, spec.stepUnit}) add(text);
    for (const ArtifactSpec& spec : d.artifacts) add(spec.label);
    for (const Preset& preset : d.presets) {
        add(preset.label);
        add(preset.summary);
    }
    return texts;
}

} // namespace

class TestTranslations : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void catalogues_everyEntry_finishedWithItsPlaceholders_data() {
        QTest::addColumn<QString>("file");
        for (const char* name : {"vitrine_ko.ts", "vitrine_core_ko.ts", "vitrine_en.ts"})
            QTest::newRow(name) << catalogue(name);
    }
    void catalogues_everyEntry_finishedWithItsPlaceholders() {
        QFETCH(QString, file);
        const QList<Entry> entries = entriesOf(file);
        QVERIFY(!entries.isEmpty());
        for (const Entry& entry : entries) {
            QVERIFY2(!entry.isUnfinished && !entry.translation.isEmpty(), qPrintable(entry.source));
            QVERIFY2(placeholders(entry.source) == placeholders(entry.translation),
                     qPrintable(entry.source + QLatin1String(" -> ") + entry.translation));
        }
    }

    void window_sources_sayNothingUntranslated() {
        QString lupdate =
            QStandardPaths::findExecutable(QStringLiteral("lupdate"), {QStringLiteral("/usr/lib/qt6/bin")});
        if (lupdate.isEmpty()) QSKIP("lupdate is not installed");
        const QTemporaryDir folder;
        const QString copy = folder.filePath(QStringLiteral("vitrine_ko.ts"));
        QVERIFY(QFile::copy(catalogue("vitrine_ko.ts"), copy));
        QProcess process;
        process.setWorkingDirectory(root());
        process.start(lupdate, {QStringLiteral("-silent"), QStringLiteral("-I"), QStringLiteral("."),
                                QStringLiteral("-locations"), QStringLiteral("none"), QStringLiteral("-no-obsolete"),
                                QStringLiteral("app/gui"), QStringLiteral("widgets"), QStringLiteral("-ts"), copy});
        QVERIFY(process.waitForFinished(60000));
        QStringList fresh;
        for (const Entry& entry : entriesOf(copy))
            if (entry.isUnfinished) fresh << entry.context + QLatin1String(": ") + entry.source;
        QVERIFY2(fresh.isEmpty(), qPrintable(fresh.join(QLatin1Char('\n'))));
    }

    void core_everyMessage_hasKorean() {
        QSet<QString> known;
        for (const Entry& entry : entriesOf(catalogue("vitrine_core_ko.ts"))) known.insert(entry.source);
        QSet<QString> wanted = messagesOfCore();
        QVERIFY(wanted.size() > 50);
        wanted.unite(sentencesOfCore());
        for (const char* known :
             {"a numeric equation", "Tuples of %1 are joined on the GPU", "the end of the statement"})
            QVERIFY2(wanted.contains(QLatin1String(known)), known);
        MethodRegistry registry;
        registerMethods(registry);
        for (const auto& method : registry.all()) wanted.unite(textsOf(method->descriptor()));
        QStringList missing = (wanted - known).values();
        missing.sort();
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(QLatin1Char('\n'))));
    }

    void help_everyCode_isListedInBothLanguages() {
        static const QRegularExpression code(QStringLiteral("\"(VIT-[A-Z]+-\\d+)\""));
        QSet<QString> codes;
        QDirIterator files(root() + QStringLiteral("/core"), {QStringLiteral("*.cpp")}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (!file.open(QIODevice::ReadOnly)) continue;
            const QString source = QString::fromUtf8(file.readAll());
            for (auto match = code.globalMatch(source); match.hasNext();) codes.insert(match.next().captured(1));
        }
        for (const char* page : {"codes.en.md", "codes.ko.md"}) {
            QFile file(root() + QStringLiteral("/resources/help/") + QLatin1String(page));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            for (const QString& one : std::as_const(codes))
                QVERIFY2(text.contains(one), qPrintable(QLatin1String(page) + QLatin1String(": ") + one));
        }
    }
};

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
