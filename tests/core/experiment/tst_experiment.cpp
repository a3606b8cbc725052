// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/descriptor.hpp"
#include "core/experiment/events.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>

#include <cmath>
#include <set>

using namespace vitrine;

namespace {

ParamSpec param(const char* id, ParamKind kind, Json defaultValue) {
    ParamSpec spec;
    spec.id = id;
    spec.kind = kind;
    spec.defaultValue = std::move(defaultValue);
    return spec;
}

std::vector<ParamSpec> sampleParams() {
    std::vector<ParamSpec> params{
        param("steps", ParamKind::Int, 10),       param("lr", ParamKind::Real, 0.1),
        param("verbose", ParamKind::Bool, false), param("method", ParamKind::Choice, "sgd"),
        param("note", ParamKind::Text, ""),       param("sizes", ParamKind::IntList, Json::array())};
    params[0].range = Range{1, 1000};
    params[0].unit = "steps";
    params[1].range = Range{0, 1};
    params[1].shownWhen = Condition{"method", {"sgd"}};
    params[3].options = {{"sgd", "SGD"}, {"adam", "Adam"}};
    params[5].range = Range{1, 8};
    return params;
}

const ParamSpec& sampleParam(const std::string& id) {
    static const std::vector<ParamSpec> params = sampleParams();
    for (const ParamSpec& spec : params)
        if (spec.id == id) return spec;
    return params.front();
}

} // namespace

class TestExperiment : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void check_manyProblems_allReported();
    void check_defaults_fine();
    void shown_condition_followed();
    void parse_texts_asExpected_data();
    void parse_texts_asExpected();
    void config_throughJson_same();
    void config_hostile_refused_data();
    void config_hostile_refused();
    void states_table_exact();
    void states_names_roundTrip();
    void events_allKinds_roundTrip_data();
    void events_allKinds_roundTrip();
    void events_hostile_refused_data();
    void events_hostile_refused();
};

void TestExperiment::check_manyProblems_allReported() {
    Config config;
    config.values = {{"steps", 0}, {"lr", std::nan("")},   {"verbose", 1}, {"method", "lbfgs"},
                     {"note", 3},  {"sizes", {1, 9, 100}}, {"unknown", 1}};
    const Validation found = checkAgainst(sampleParams(), config);
    std::map<std::string, std::string> codes;
    for (const Problem& problem : found.problems) codes[problem.param] = problem.code;
    QCOMPARE(found.problems.size(), std::size_t{7}); // one a knob
    const std::map<std::string, std::string> expected{
        {"steps", "VIT-EXP-005"}, {"lr", "VIT-EXP-005"},    {"verbose", "VIT-EXP-004"}, {"method", "VIT-EXP-006"},
        {"note", "VIT-EXP-004"},  {"sizes", "VIT-EXP-005"}, {"unknown", "VIT-EXP-003"}};
    QCOMPARE(codes, expected);
    QVERIFY(!found.ok());
}

void TestExperiment::check_defaults_fine() {
    const Config complete = withDefaults(sampleParams(), {});
    QCOMPARE(complete.values.size(), sampleParams().size());
    QVERIFY(checkAgainst(sampleParams(), complete).problems.empty());
}

void TestExperiment::shown_condition_followed() {
    Config complete = withDefaults(sampleParams(), {});
    QVERIFY(isShown(sampleParam("lr"), complete));
    complete.values["method"] = "adam";
    QVERIFY(!isShown(sampleParam("lr"), complete));
    QVERIFY(isShown(sampleParam("steps"), complete));
}

void TestExperiment::parse_texts_asExpected_data() {
    QTest::addColumn<std::string>("id");
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("json"); // empty: refused
    const auto row = [](const char* id, const char* text, const char* json) {
        QTest::newRow((std::string(id) + "=" + text).c_str())
            << std::string(id) << std::string(text) << std::string(json);
    };
    row("steps", "12", "12");
    row("steps", " +12 ", "12");
    row("steps", "1e2", "100");
    row("steps", "1.5", "");
    row("steps", "0", "");
    row("steps", "1001", "");
    row("steps", "99999999999999999999", "");
    row("steps", "", "");
    row("steps", "12x", "");
    row("lr", "1e-3", "0.001");
    row("lr", "nan", "");
    row("lr", "inf", "");
    row("lr", "1,5", "");
    row("verbose", "yes", "true");
    row("verbose", "off", "false");
    row("verbose", "maybe", "");
    row("method", "adam", "\"adam\"");
    row("method", "Adam", "");
    row("note", " 한글 ", "\" 한글 \"");
    row("sizes", "1, 2 3", "[1,2,3]");
    row("sizes", "[4,5]", "[4,5]");
    row("sizes", "1,x", "");
    row("sizes", "1,9", "");
}

void TestExperiment::parse_texts_asExpected() {
    QFETCH(std::string, id);
    QFETCH(std::string, text);
    QFETCH(std::string, json);
    const Result<Json> value = parseValue(sampleParam(id), text);
    QCOMPARE(value.ok(), !json.empty());
    if (value.ok())
        QCOMPARE(writeJsonLine(*value), json);
    else
        QCOMPARE(value.error().code, std::string("VIT-EXP-001"));
}

void TestExperiment::config_throughJson_same() {
    Config config;
    config.experiment = "walk";
    config.version = 3;
    config.preset = "lesson.one";
    config.seed = 18446744073709551615ULL;
    config.device = "cuda:1";
    config.values = {{"lr", 0.1}, {"sizes", {1, 2}}};
    const Config back = *Config::fromJson(*parseJson(writeJsonLine(config.toJson())));
    QVERIFY(back.toJson() == config.toJson());
    QCOMPARE(back.seed, config.seed);
}

void TestExperiment::config_hostile_refused_data() {
    QTest::addColumn<std::string>("text");
    for (const char* text :
         {"[]", "{}", R"({"experiment":3})", R"({"experiment":"a","seed":-1})", R"({"experiment":"a","seed":1.5})",
          R"({"experiment":"a","version":"x"})", R"({"experiment":"a","version":99999999999})",
          R"({"experiment":"a","values":[]})", R"({"experiment":"a","device":1})", R"({"experiment":"a","preset":[]})"})
        QTest::newRow(text) << std::string(text);
}

void TestExperiment::config_hostile_refused() {
    QFETCH(std::string, text);
    const Result<Config> config = Config::fromJson(*parseJson(text));
    QVERIFY(!config.ok());
    QCOMPARE(config.error().code, std::string("VIT-EXP-007"));
}

void TestExperiment::states_table_exact() {
    using enum RunState;
    const std::set<std::pair<RunState, RunState>> table{
        {Draft, Queued},      {Queued, Starting},    {Queued, Cancelled},   {Starting, Running},
        {Starting, Stopping}, {Starting, Failed},    {Running, Paused},     {Running, Stopping},
        {Running, Completed}, {Running, Failed},     {Paused, Running},     {Paused, Stopping},
        {Paused, Failed},     {Stopping, Cancelled}, {Stopping, Completed}, {Stopping, Failed}};
    for (int from = 0; from <= static_cast<int>(Interrupted); ++from)
        for (int to = 0; to <= static_cast<int>(Interrupted); ++to) {
            const std::pair step{static_cast<RunState>(from), static_cast<RunState>(to)};
            QCOMPARE(canBecome(step.first, step.second), table.count(step) == 1);
        }
}

void TestExperiment::states_names_roundTrip() {
    for (int value = 0; value <= static_cast<int>(RunState::Interrupted); ++value) {
        const auto state = static_cast<RunState>(value);
        QVERIFY(runStateFromString(toString(state)) == state);
        QVERIFY(!(isFinal(state) && isActive(state)));
    }
    QVERIFY(!runStateFromString("nonsense").has_value());
}

void TestExperiment::events_allKinds_roundTrip_data() {
    QTest::addColumn<int>("which");
    for (int i = 0; i < 12; ++i) QTest::addRow("%d", i) << i;
}

void TestExperiment::events_allKinds_roundTrip() {
    Finished failed{
        RunState::Failed, {{"loss", std::nan("")}, {"best", -HUGE_VAL}}, makeError("VIT-X-1", "a %1", {"b"})};
    const std::vector<EventBody> bodies{Progress{"train", 1, 10, 2.5},
                                        Progress{"train", 1, 10, std::nullopt},
                                        Scalar{"loss", 3, 0.1},
                                        Scalar{"loss", 3, std::nan("")},
                                        Scalar{"loss", -3, HUGE_VAL},
                                        Snapshot{"matrix", 4, "application/json", Json{{"a", {1, 2}}}, ""},
                                        Snapshot{"matrix", 4, "image/png", nullptr, "artifacts/m.png"},
                                        LogEvent{LogLevel::Warning, "bad %1", {"한글\n\"x\""}, "here:1"},
                                        CheckpointSaved{5, "checkpoints/5.ckpt", std::string(64, 'a'), 123},
                                        StateChanged{RunState::Running, RunState::Paused, "asked", std::nullopt},
                                        StateChanged{RunState::Queued, RunState::Starting, "", ResumePoint{1, 7, 40}},
                                        failed};
    QFETCH(int, which);
    const Event event{42, 1700000000000, bodies.at(static_cast<std::size_t>(which))};
    const std::string line = toJsonLine(event);
    QVERIFY(line.find('\n') == std::string::npos);
    const Result<Event> back = eventFromJson(line);
    QVERIFY(back.ok());
    QCOMPARE(back->sequence, event.sequence);
    QCOMPARE(back->timeMs, event.timeMs);
    QCOMPARE(back->body.index(), event.body.index());
    QCOMPARE(toJsonLine(*back), line);
    if (which == 3) QVERIFY(std::isnan(std::get<Scalar>(back->body).value));
    if (which == 4) QCOMPARE(std::get<Scalar>(back->body).value, HUGE_VAL);
}

void TestExperiment::events_hostile_refused_data() {
    QTest::addColumn<std::string>("line");
    for (const char* line :
         {"", "3", "{}", R"({"n":1,"t":2})", R"({"n":1,"t":2,"event":"bang"})", R"({"n":1,"t":2,"event":"scalar"})",
          R"({"n":1,"t":2,"event":"scalar","metric":"m","step":1.5,"value":1})",
          R"({"n":1,"t":2,"event":"scalar","metric":"m","step":1,"value":"x"})",
          R"({"n":1,"t":2,"event":"finished","outcome":"running"})",
          R"({"n":1,"t":2,"event":"finished","outcome":"failed","summary":[1]})",
          R"({"n":1,"t":2,"event":"state","from":"running","to":"flying"})",
          R"({"n":1,"t":2,"event":"log","level":"loud","message":"x"})",
          R"({"n":1,"t":2,"event":"log","level":"info","message":"x","arguments":{"a":1}})",
          R"({"n":"1","t":2,"event":"scalar","metric":"m","step":1,"value":1})",
          R"({"n":1,"t":2,"event":"scalar","metr)"})
        QTest::newRow(line) << std::string(line);
}

void TestExperiment::events_hostile_refused() {
    QFETCH(std::string, line);
    const Result<Event> event = eventFromJson(line);
    QVERIFY(!event.ok());
    QCOMPARE(event.error().code, std::string("VIT-EXP-010"));
}

VITRINE_CORE_TEST(TestExperiment)
#include "tst_experiment.moc"
