// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ids.hpp"
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "tests/support/testmain.hpp"

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace vitrine;
using namespace vitrine::tl;
namespace fs = std::filesystem;

namespace {

using Name = std::string;
using Pairs = std::set<std::pair<Name, Name>>;
using Triples = std::vector<std::array<Name, 3>>;

/// Where fetched data is kept between runs: the user's cache.
fs::path cacheFolder() {
    const QByteArray given = qgetenv("VITRINE_CACHE"), cache = qgetenv("XDG_CACHE_HOME");
    const fs::path folder = !given.isEmpty()   ? fs::path(given.toStdString())
                            : !cache.isEmpty() ? fs::path(cache.toStdString()) / "vitrine"
                                               : fs::path(QDir::homePath().toStdString()) / ".cache" / "vitrine";
    return folder / "data";
}

/// Runs a command of the shell in `folder`. \return what it said when it failed
QString shell(const QString& command, const fs::path& folder) {
    QProcess process;
    process.setWorkingDirectory(QString::fromStdString(folder.string()));
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("sh"), {QStringLiteral("-ec"), command});
    if (!process.waitForFinished(180'000)) {
        process.kill();
        process.waitForFinished(5000);
        return QStringLiteral("time is up");
    }
    return process.exitCode() == 0 ? QString() : QString::fromUtf8(process.readAll()).right(400);
}

/// Fetches what is not there yet, whole or not at all. \return why it is not there
QString fetch(const fs::path& target, const QString& command) {
    if (fs::exists(target)) return {};
    const fs::path work = target.parent_path() / (".fetching-" + newUuid());
    std::error_code problem;
    fs::create_directories(work, problem);
    if (problem) return QString::fromStdString(problem.message());
    QString said = shell(command, work);
    if (said.isEmpty()) {
        fs::rename(work / "out", target, problem);
        if (problem && !fs::exists(target)) said = QString::fromStdString(problem.message());
    }
    fs::remove_all(work, problem);
    return said;
}

struct Done {
    std::shared_ptr<const Program> program;
    std::shared_ptr<const Evaluation> evaluation;
    QString problem;

    /// A relation's tuples, each with its columns joined by a tab.
    [[nodiscard]] std::set<Name> tuples(const std::string& relation) const {
        std::set<Name> all;
        evaluation->forEachRow(*program->find(relation), [&](const Row& row) {
            Name text;
            for (const Cell cell : row.cells) {
                const Value value = program->dictionary->value(cell);
                text += (text.empty() ? "" : "\t") + std::string(value.symbol);
            }
            all.insert(text);
            return true;
        });
        return all;
    }
};

Done evaluated(const std::string& text, const fs::path& folder, Engine engine = Engine::Automatic) {
    CheckOptions checking;
    checking.folder = folder;
    const Checked checked = check(Source("real.tl", text), checking);
    Done done;
    done.program = checked.program;
    for (const Diagnostic& each : checked.diagnostics)
        if (each.severity == Severity::Error)
            done.problem = QString::fromStdString(render(each, checked.program->source));
    if (!done.problem.isEmpty()) return done;
    EvaluateOptions options;
    options.engine = engine;
    const Evaluated result = evaluate(checked.program, options);
    for (const Diagnostic& each : result.diagnostics)
        if (each.severity == Severity::Error)
            done.problem = QString::fromStdString(render(each, checked.program->source));
    done.evaluation = result.evaluation;
    return done;
}

/// Everything that is reached by one step or more: a search from each node.
Pairs closureOf(const std::map<Name, std::vector<Name>>& next) {
    Pairs all;
    for (const auto& [start, first] : next) {
        std::set<Name> seen;
        std::vector<Name> open = first;
        while (!open.empty()) {
            const Name at = open.back();
            open.pop_back();
            if (!seen.insert(at).second) continue;
            all.emplace(start, at);
            if (const auto found = next.find(at); found != next.end())
                open.insert(open.end(), found->second.begin(), found->second.end());
        }
    }
    return all;
}

std::set<Name> joined(const Pairs& pairs, const Name& front = {}) {
    std::set<Name> all;
    for (const auto& [a, b] : pairs) all.insert(front + a + "\t" + b);
    return all;
}

Triples triplesOf(const fs::path& file) {
    Triples triples;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        std::istringstream words(line);
        std::array<Name, 3> one;
        for (Name& word : one) std::getline(words, word, '\t');
        triples.push_back(one);
    }
    return triples;
}

} // namespace

/// Real graphs through the whole language: reading, checking, evaluation, against searches made here. The data is
/// fetched once into the user's cache and never kept in the tree.
class TestRealGraphs : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void triples_closuresOfRelations_data();
    void triples_closuresOfRelations();
    void wordnet_hypernyms_closure();
};

void TestRealGraphs::triples_closuresOfRelations_data() {
    QTest::addColumn<std::string>("name");
    QTest::addColumn<std::vector<int>>("counts"); ///< train, valid, test
    QTest::newRow("Nations") << std::string("nations") << std::vector<int>{1592, 199, 201};
    QTest::newRow("UMLS") << std::string("umls") << std::vector<int>{5216, 652, 661};
}

void TestRealGraphs::triples_closuresOfRelations() {
    QFETCH(std::string, name);
    QFETCH(std::vector<int>, counts);
    const fs::path folder = cacheFolder() / "pykeen-1.11.1";
    const QString problem = fetch(
        folder, QStringLiteral("python3 -m pip download --quiet --no-deps --only-binary :all: --dest . pykeen==1.11.1\n"
                               "python3 - <<'END'\n"
                               "import glob, os, zipfile\n"
                               "with zipfile.ZipFile(glob.glob('pykeen-*.whl')[0]) as wheel:\n"
                               "    for name in ('nations', 'umls'):\n"
                               "        for part in ('train', 'valid', 'test'):\n"
                               "            os.makedirs('out/' + name, exist_ok=True)\n"
                               "            with open(f'out/{name}/{part}.tsv', 'wb') as file:\n"
                               "                file.write(wheel.read(f'pykeen/datasets/{name}/{part}.txt'))\n"
                               "END\n"));
    if (!problem.isEmpty()) QSKIP(qPrintable(QStringLiteral("NOT TESTED: pykeen cannot be fetched: ") + problem));
    const char* parts[] = {"train", "valid", "test"};
    std::set<Name> all;
    std::map<Name, std::map<Name, std::vector<Name>>> next; // relation, head -> tails
    for (std::size_t i = 0; i < 3; ++i) {
        const Triples triples = triplesOf(folder / name / (std::string(parts[i]) + ".tsv"));
        QCOMPARE(static_cast<int>(triples.size()), counts[i]);
        for (const auto& [head, relation, tail] : triples) {
            all.insert(head + "\t" + relation + "\t" + tail);
            next[relation][head].push_back(tail);
        }
    }
    std::set<Name> reached, inverse;
    for (const auto& [relation, edges] : next) {
        const Pairs closure = closureOf(edges);
        reached.merge(joined(closure, relation + "\t"));
        for (const auto& [head, tails] : edges)
            for (const Name& tail : tails)
                if (const auto back = edges.find(tail);
                    back != edges.end() &&
                    std::find(back->second.begin(), back->second.end(), head) != back->second.end())
                    inverse.insert(relation + "\t" + head + "\t" + tail);
    }
    for (const Engine engine : {Engine::Automatic, Engine::SemiNaive, Engine::Naive}) {
        const Done done = evaluated("Train(h, r, t) = \"train.tsv\"\nValid(h, r, t) = \"valid.tsv\"\n"
                                    "Test(h, r, t) = \"test.tsv\"\n"
                                    "T(h, r, t) <- Train(h, r, t)\nT(h, r, t) <- Valid(h, r, t)\n"
                                    "T(h, r, t) <- Test(h, r, t)\n"
                                    "Reach(r, x, z) <- T(x, r, z)\nReach(r, x, z) <- Reach(r, x, y), T(y, r, z)\n"
                                    "Both(r, x, y) <- T(x, r, y), T(y, r, x)\n",
                                    folder / name, engine);
        QVERIFY2(done.problem.isEmpty(), qPrintable(done.problem));
        QVERIFY(done.tuples("T") == all);
        QCOMPARE(done.tuples("Train").size(), static_cast<std::size_t>(counts[0]));
        QVERIFY(done.tuples("Reach") == reached);
        QVERIFY(done.tuples("Both") == inverse);
    }
    qInfo("%zu triples, %zu relations, %zu reached, %zu both ways", all.size(), next.size(), reached.size(),
          inverse.size());
}

/// WordNet 3.0: the tree of nouns and verbs, from each synset to all that it is a kind of.
void TestRealGraphs::wordnet_hypernyms_closure() {
    const fs::path folder = cacheFolder() / "wordnet-base";
    const QString problem =
        fetch(folder, QStringLiteral("apt-get download -q wordnet-base 2>/dev/null\nmkdir out\n"
                                     "for part in noun verb adj adv; do\n"
                                     "dpkg-deb --fsys-tarfile wordnet-base_*.deb | "
                                     "tar -xO ./usr/share/wordnet/data.$part > out/data.$part\ndone\n"));
    if (!problem.isEmpty()) QSKIP(qPrintable(QStringLiteral("NOT TESTED: wordnet-base cannot be fetched: ") + problem));
    const QTemporaryDir dir;
    const fs::path work = dir.path().toStdString();
    std::size_t synsets = 0, pointers = 0;
    std::map<Name, std::vector<Name>> next;
    std::ofstream edges(work / "hypernyms.tsv");
    for (const char* part : {"noun", "verb", "adj", "adv"}) { // wndb(5): the format of data files
        std::ifstream file(folder / (std::string("data.") + part));
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with("  ")) continue; // the licence
            ++synsets;
            std::istringstream words(line);
            Name offset, skipped, type, count, word;
            words >> offset >> skipped >> type >> count;
            for (int i = 2 * std::stoi(count, nullptr, 16); i > 0; --i) words >> word;
            int links = 0;
            words >> links;
            for (; links > 0; --links) {
                Name symbol, target, kind, ends;
                words >> symbol >> target >> kind >> ends;
                if (symbol != "@") continue;
                ++pointers;
                const Name from = part[0] + offset, to = kind + target;
                next[from].push_back(to);
                edges << from << '\t' << to << '\n';
            }
        }
    }
    edges.close();
    QCOMPARE(synsets, std::size_t{117'659});
    QCOMPARE(pointers, std::size_t{89'089});
    const std::set<Name> wanted = joined(closureOf(next));
    for (const char* step : {"Kind(x, z) <- Kind(x, y), Is(y, z)\n", "Kind(x, z) <- Is(x, y), Kind(y, z)\n"}) {
        QElapsedTimer clock;
        clock.start();
        const Done done = evaluated(std::string("Is(x, y) = \"hypernyms.tsv\"\nKind(x, y) <- Is(x, y)\n") + step, work);
        QVERIFY2(done.problem.isEmpty(), qPrintable(done.problem));
        qInfo("%zu pairs in %.2f s", wanted.size(), static_cast<double>(clock.elapsed()) / 1e3);
        QVERIFY(done.tuples("Kind") == wanted);
    }
}

VITRINE_CORE_TEST(TestRealGraphs)
#include "tst_real_graphs.moc"
