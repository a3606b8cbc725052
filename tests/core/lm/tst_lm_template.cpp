// SPDX-License-Identifier: GPL-3.0-or-later
// Chat templates against jinja2 in transformers' set-up (tests/golden/lm/template/make_goldens.py).
#include "core/lm/template/chattemplate.hpp"
#include "tests/core/lm/goldens.hpp"
#include "tests/support/testmain.hpp"

#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace vitrine;
using namespace vitrine::lm;
using vitrine::test::goldenText;

namespace {

std::tm pinned() {
    std::tm time{}; // Sunday 9 March 2025, 08:05:07
    time.tm_year = 125;
    time.tm_mon = 2;
    time.tm_mday = 9;
    time.tm_hour = 8;
    time.tm_min = 5;
    time.tm_sec = 7;
    time.tm_wday = 0;
    time.tm_yday = 67;
    return time;
}

const OrderedJson& cases() {
    static const OrderedJson read = *parseOrderedJson(goldenText("template/cases.json"));
    return read;
}

std::string codeOf(const std::string& source, const ChatInputs& inputs = {}) {
    const auto parsed = ChatTemplate::parse(source);
    if (!parsed) return parsed.error().code;
    const auto rendered = parsed->render(inputs);
    return rendered ? "ok: " + rendered->text : rendered.error().code;
}

/// What the error says, or "".
std::string errorOf(const std::string& source, const ChatInputs& inputs = {}) {
    const auto parsed = ChatTemplate::parse(source, "t");
    if (!parsed) return toText(parsed.error());
    const auto rendered = parsed->render(inputs);
    return rendered ? "" : toText(rendered.error());
}

} // namespace

class TestLmTemplate : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void families_everyChat_sameTextAsReference_data() {
        QTest::addColumn<QByteArray>("name");
        for (const auto& [name, rows] : cases()["files"].items())
            QTest::newRow(name.c_str()) << QByteArray::fromStdString(name);
    }
    void families_everyChat_sameTextAsReference() {
        QFETCH(QByteArray, name);
        const OrderedJson& all = cases();
        const auto parsed = ChatTemplate::parse(goldenText("template/" + name.toStdString() + ".jinja"));
        QVERIFY2(parsed.ok(), parsed ? "" : toText(parsed.error()).c_str());
        int texts = 0;
        for (const OrderedJson& row : all["files"][name.toStdString()]) {
            ChatInputs inputs;
            const auto index = row["chat"].get<std::size_t>();
            inputs.messages = all["chats"][index];
            if (row["tools"].get<bool>()) inputs.tools = all["tools"];
            inputs.addGenerationPrompt = index % 2 == 0;
            inputs.variables = all["variables"];
            inputs.variables.update(row["extra"]);
            inputs.now = pinned;
            const auto rendered = parsed->render(inputs);
            if (row.contains("error")) {
                QVERIFY2(!rendered.ok(), row.dump().c_str());
                continue;
            }
            QVERIFY2(rendered.ok(), rendered ? "" : (row.dump() + toText(rendered.error())).c_str());
            QVERIFY2(rendered->text == row["text"].get<std::string>(),
                     (Json(rendered->text).dump() + " instead of " + row["text"].dump()).c_str());
            ++texts;
        }
        QVERIFY(texts > 5);
    }

    void constructs_sameTextAsReference() {
        for (const OrderedJson& row : cases()["snippets"]) {
            const std::string source = row["template"];
            const auto parsed = ChatTemplate::parse(source);
            QVERIFY2(parsed.ok(), parsed ? "" : (source + "\n" + toText(parsed.error())).c_str());
            ChatInputs inputs;
            inputs.variables = row["variables"];
            inputs.now = pinned;
            const auto rendered = parsed->render(inputs);
            if (row.contains("error")) {
                QVERIFY2(!rendered.ok(), source.c_str());
                continue;
            }
            QVERIFY2(rendered.ok(), rendered ? "" : (source + "\n" + toText(rendered.error())).c_str());
            QVERIFY2(rendered->text == row["text"].get<std::string>(),
                     (source + "\n" + rendered->text + "\n" + row["text"].get<std::string>()).c_str());
        }
    }

    void failing_asInTheReference_isAnErrorWithItsPlace() {
        for (const OrderedJson& each : cases()["failing"]) {
            const std::string source = each, error = errorOf(source);
            QVERIFY2(!error.empty(), source.c_str());
            const bool names = error.find("Line 1, column ") != std::string::npos || error.find("VIT-TPL-005") == 0;
            QVERIFY2(names, (source + "\n" + error).c_str());
        }
    }

    void outsideTheSubset_isRefusedByName_data() {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QByteArray>("named");
        const auto row = [](const char* source, const char* named) {
            QTest::newRow(source) << QByteArray(source) << QByteArray(named);
        };
        row("{% include 'x' %}", "{% include %}");
        row("{% raw %}{% endraw %}", "{% raw %}");
        row("{% block a %}{% endblock %}", "{% block %}");
        row("{% import 'x' as y %}", "{% import %}");
        row("{% call f() %}{% endcall %}", "{% call %}");
        row("{{ x|e }}", "the filter e");
        row("{{ x|sort }}", "the filter sort");
        row("{{ x is sameas 1 }}", "the test sameas");
        row("{{ 'x'.format(1) }}", "the method format of str");
        row("{{ [1].append(2) }}", "the method append of list");
        row("{{ '%s' % 1 }}", "formatting with %");
        row("{{ f(*x) }}", "an argument with *");
        row("{% for x in [1] %}{{ loop.cycle(1, 2) }}{% endfor %}", "loop.cycle");
        row("{% set x | upper %}a{% endset %}", "{% set name | filter %}");
        row("{{ 99999999999999999999 }}", "a number beyond 64 bits");
        row("{{ 0x10 }}", "a number written 0x");
        row("{% for x in y recursive %}{% endfor %}", "a recursive loop");
        row("{{ strftime_now('%Q') }}", "the time format %Q");
        row("{% set n = namespace() %}{{ [n] }}", "a namespace in a list");
    }
    void outsideTheSubset_isRefusedByName() {
        QFETCH(QByteArray, source);
        QFETCH(QByteArray, named);
        const std::string error = errorOf(source.toStdString());
        QVERIFY2(error.find("VIT-TPL-002") == 0 && error.find(named.toStdString()) != std::string::npos, error.c_str());
    }

    void sandbox_andLimits() {
        QCOMPARE(codeOf("{{ 'x'.__class__ }}"), std::string("VIT-TPL-007"));
        QCOMPARE(codeOf("{{ messages._x }}"), std::string("VIT-TPL-007"));
        QElapsedTimer timer;
        timer.start();
        const std::string loops = "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
        QCOMPARE(codeOf(loops), std::string("VIT-TPL-006"));
        QCOMPARE(codeOf("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"), std::string("VIT-TPL-006"));
        QCOMPARE(
            codeOf(
                "{% set n = namespace(x='aaaaaaaa') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}"),
            std::string("VIT-TPL-006"));
        QCOMPARE(codeOf("{% set n = namespace(x=[]) %}{% for i in range(999) %}{% set n.x = [n.x] %}{% endfor %}"),
                 std::string("VIT-TPL-006"));
        const auto grow = [](const std::string& step) {
            return "{% set n = namespace(x=[1]) %}{% for i in range(90) %}{% set n.x = " + step +
                   " %}{% endfor %}{{ n.x }}";
        };
        QCOMPARE(codeOf(grow("[n.x, n.x]")), std::string("VIT-TPL-006"));
        QCOMPARE(codeOf(grow("{'a': n.x, 'b': n.x}")), std::string("VIT-TPL-006"));
        QCOMPARE(
            codeOf("{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = [n.x.append] %}{% endfor %}"),
            std::string("VIT-TPL-006"));
        QCOMPARE(codeOf("{{ 'x' * 99999999999 }}"), std::string("VIT-TPL-006"));
        QCOMPARE(codeOf("{{ range(99999999)|length }}"), std::string("VIT-TPL-006"));
        QCOMPARE(codeOf("{{ " + std::string(5000, '(') + "1" + std::string(5000, ')') + " }}"),
                 std::string("VIT-TPL-006"));
        QCOMPARE(codeOf("{{ " + std::string(5000, '-') + "1 }}"), std::string("VIT-TPL-006"));
        std::string nots = "{{ ", chain = "{{ 1", blocks;
        for (int i = 0; i < 5000; ++i) {
            nots += "not ";
            chain += " + 1";
            blocks += "{% if 1 %}";
        }
        QCOMPARE(codeOf(nots + "1 }}"), std::string("VIT-TPL-006"));
        QCOMPARE(codeOf(chain + " }}"), std::string("VIT-TPL-006"));
        QCOMPARE(codeOf(blocks), std::string("VIT-TPL-006"));
        ChatInputs small;
        small.mostOutput = 10;
        QCOMPARE(codeOf("{{ 'x' * 10 }}", small), std::string("ok: xxxxxxxxxx"));
        QCOMPARE(codeOf("{{ 'x' * 11 }}", small), std::string("VIT-TPL-006"));
        OrderedJson deep = 1;
        for (int i = 0; i < 150; ++i) deep = OrderedJson::array({deep});
        ChatInputs inputs;
        inputs.variables["deep"] = deep;
        QCOMPARE(codeOf("x", inputs), std::string("VIT-TPL-006"));
        QVERIFY2(timer.elapsed() < 20'000, "the limits take too long");
    }

    void errors_nameThePlaceAndTheMessage() {
        ChatInputs inputs;
        inputs.messages =
            OrderedJson::parse("[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"alien\",\"content\":\"b\"}]");
        const std::string source =
            "{% for m in messages %}\n{% if m.role == 'alien' %}\n  {{ raise_exception('Unknown role') }}"
            "{% endif %}{% endfor %}";
        const std::string raised = errorOf(source, inputs);
        QVERIFY2(raised.find("VIT-TPL-005") == 0 && raised.find("Unknown role") != std::string::npos, raised.c_str());
        QVERIFY2(raised.find("message 2, role alien") != std::string::npos, raised.c_str());
        const std::string undefined = errorOf("line one\n  {{ a.b }}");
        QVERIFY2(undefined.find("Line 2, column 7 of the template: a is undefined") != std::string::npos,
                 undefined.c_str());
    }

    void clock_isInjectedAndReported() {
        const auto parsed = ChatTemplate::parse("{{ strftime_now('%d %b %Y') }}");
        ChatInputs inputs;
        inputs.now = pinned;
        QCOMPARE(parsed->render(inputs)->text, std::string("09 Mar 2025"));
        QVERIFY(parsed->render(inputs)->usedClock);
        QVERIFY(!ChatTemplate::parse("x")->render(inputs)->usedClock);
    }

    void generation_spansTheAssistantsBytes() {
        const auto parsed = ChatTemplate::parse(
            "u: {{ 'é' }}\n{% generation %}answer{% endgeneration %}!{% generation %}b{% endgeneration %}");
        const auto rendered = parsed->render({});
        QCOMPARE(rendered->text, std::string("u: é\nanswer!b"));
        QCOMPARE(rendered->generated.size(), std::size_t(2));
        QCOMPARE(rendered->text.substr(rendered->generated[0].begin,
                                       rendered->generated[0].end - rendered->generated[0].begin),
                 std::string("answer"));
    }

    void files_everySourceOfTemplates() {
        const QTemporaryDir folder;
        const auto write = [&](const char* name, const char* text) {
            std::ofstream(folder.filePath(QLatin1String(name)).toStdString()) << text;
        };
        const std::string path = folder.path().toStdString();
        QCOMPARE(loadChatTemplates(path).error().code, std::string("VIT-TPL-009"));
        write("tokenizer_config.json", "{\"chat_template\": 3}");
        QCOMPARE(loadChatTemplates(path).error().code, std::string("VIT-TPL-011"));
        write("tokenizer_config.json",
              "{\"chat_template\": \"one\", \"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\"}");
        QCOMPARE(loadChatTemplates(path)->at(0).source, std::string("one"));
        QCOMPARE(templateTokens(path)->dump(), std::string("{\"bos_token\":\"<s>\",\"eos_token\":\"</s>\"}"));
        write("tokenizer_config.json", "{\"chat_template\": [{\"name\": \"default\", \"template\": \"a\"}, {\"name\": "
                                       "\"rag\", \"template\": \"b\"}]}");
        QCOMPARE(loadChatTemplates(path)->at(1).name, std::string("rag"));
        write("chat_template.json", "{\"chat_template\": \"j\"}");
        QCOMPARE(loadChatTemplates(path)->at(0).origin, std::string("chat_template.json"));
        write("chat_template.jinja", "{{ 1 }}");
        const auto found = loadChatTemplates(path);
        QCOMPARE(found->size(), std::size_t(1));
        QCOMPARE(found->at(0).source, std::string("{{ 1 }}"));
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("additional_chat_templates")));
        write("additional_chat_templates/b.jinja", "{{ 3 }}");
        write("additional_chat_templates/a.jinja", "{{ 2 }}");
        const auto all = loadChatTemplates(path);
        QCOMPARE(all->size(), std::size_t(3));
        QCOMPARE(all->at(0).source, std::string("{{ 1 }}"));
        QCOMPARE(all->at(1).name, std::string("a"));
        QCOMPARE(all->at(1).source, std::string("{{ 2 }}"));
        QCOMPARE(all->at(2).name, std::string("b"));
    }
};

VITRINE_CORE_TEST(TestLmTemplate)
#include "tst_lm_template.moc"
