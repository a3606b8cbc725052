// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/roomtests.hpp"

#include "core/experiment/descriptor.hpp"
#include "core/runner/runner.hpp"
#include "tests/support/testlog.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/runbar.hpp"
#include "widgets/base/language.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/settings.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/methodslibrary.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/rooms/room.hpp"
#include "widgets/rooms/roomheader.hpp"

#include <QApplication>
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QSet>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <QVBoxLayout>

#include <cstdlib>
#include <thread>

namespace vitrine::test {

RoomTests::RoomTests() {
    registerRooms(m_rooms);
}
RoomTests::~RoomTests() = default;

void RoomTests::init() {
    failOnWarnings();
    QVERIFY(m_folder.isValid());
    m_settings = std::make_unique<Settings>(m_folder.filePath(QStringLiteral("vitrine.ini")));
    m_library = std::make_unique<MethodsLibrary>();
    if (!m_library->registry().find(roomId().toStdString())) addMethods(m_library->registry());
    addRooms(m_rooms);
    m_runs = std::make_unique<RunHub>(
        m_folder.filePath(QStringLiteral("workspace")), [this](const std::filesystem::path& folder) {
            return std::make_unique<runner::ThreadRunner>(
                folder, [this](const std::string& id) { return id == roomId().toStdString() ? factory() : nullptr; });
        });
    m_actions = std::make_unique<ActionRegistry>();
    QTRY_VERIFY_WITH_TIMEOUT(m_runs->isOpen(), 10000);
}

void RoomTests::cleanup() {
    close();
    m_actions.reset();
    m_runs.reset();
    m_library.reset();
}

Room& RoomTests::open(const QString& language) {
    close();
    const Method* method = m_library->registry().find(roomId().toStdString());
    m_window = std::make_unique<QWidget>();
    auto* column = new QVBoxLayout(m_window.get());
    column->setContentsMargins(0, 0, 0, 0);
    m_room = m_rooms.make({*method, *m_runs, *m_library, *m_settings, *m_actions, language});
    column->addWidget(m_room);
    m_window->resize(1280, 800);
    m_window->show();
    return *m_room;
}

void RoomTests::close() {
    m_window.reset();
    m_room = nullptr;
}

void RoomTests::open_always_isQuick() {
    QElapsedTimer clock;
    clock.start();
    open();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    QVERIFY2(clock.elapsed() < openLimitMs(), qPrintable(QString::number(clock.elapsed())));
}

void RoomTests::presets_all_validate() {
    Room& shown = open();
    QVERIFY(!shown.document().descriptor().presets.empty());
    for (const Preset& preset : shown.document().descriptor().presets) {
        shown.document().setPreset(preset.id);
        QTRY_VERIFY_WITH_TIMEOUT(shown.document().isChecked(), 10000);
        QStringList wrong;
        for (const Problem& problem : shown.document().problems())
            if (problem.severity == Severity::Error)
                wrong << QString::fromStdString(problem.code + " " + problem.message);
        QVERIFY2(wrong.isEmpty(),
                 qPrintable(QString::fromStdString(preset.id) + QLatin1String(": ") + wrong.join(QLatin1String("; "))));
        QVERIFY(shown.header().runBar().canRun());
    }
}

void RoomTests::open_whileRunIsActive_showsIt() {
    if (!factory()) QSKIP("no factory: runs are tested by the method itself");
    open().startRun();
    QTRY_VERIFY_WITH_TIMEOUT(!room().shownRun().isEmpty(), 10000);
    const QString run = room().shownRun();
    Room& second = open();
    second.showRun(run);
    QTRY_VERIFY_WITH_TIMEOUT(runs().find(run) && isFinal(runs().find(run)->state), runLimitMs());
    QVERIFY(runs().find(run)->state == RunState::Completed);
    QTRY_VERIFY(second.header().runBar().canRun());
}

void RoomTests::close_whileRunIsActive_runGoesOn() {
    if (!factory()) QSKIP("no factory: runs are tested by the method itself");
    open().startRun();
    QTRY_VERIFY_WITH_TIMEOUT(!room().shownRun().isEmpty(), 10000);
    const QString run = room().shownRun();
    close();
    QTRY_VERIFY_WITH_TIMEOUT(isFinal(runs().find(run)->state), runLimitMs());
    QVERIFY(runs().find(run)->state == RunState::Completed);
}

// A zero-interval timer should come again at once: what it waits is what a key press would wait.
void RoomTests::eventLoop_whileRunIsActive_hardlyLags() {
    if (!factory()) QSKIP("no factory: runs are tested by the method itself");
    double load = 0;
    if (qEnvironmentVariableIsEmpty("VITRINE_MEASURE") && getloadavg(&load, 1) == 1 &&
        load > 2.0 * std::thread::hardware_concurrency())
        QSKIP("the machine is too busy for a measurement");
    open().startRun();
    QTRY_VERIFY_WITH_TIMEOUT(!room().shownRun().isEmpty(), 10000);
    const QString run = room().shownRun();
    std::vector<qint64> gaps;
    QElapsedTimer clock;
    QTimer probe;
    connect(&probe, &QTimer::timeout, this, [&] { gaps.push_back(clock.restart()); });
    clock.start();
    probe.start(0);
    QTRY_VERIFY_WITH_TIMEOUT(isFinal(runs().find(run)->state), runLimitMs());
    QTest::qWait(500);
    probe.stop();
    QVERIFY(gaps.size() > 100);
    std::sort(gaps.begin(), gaps.end());
    const qint64 late = gaps[gaps.size() * 99 / 100];
    QVERIFY2(late < 50, qPrintable(QStringLiteral("99th percentile %1 ms").arg(late)));
    QVERIFY2(gaps.back() < 200, qPrintable(QStringLiteral("maximum %1 ms").arg(gaps.back())));
}

void RoomTests::minimumSize_isAtMost1024x700() {
    const QSize least = open().minimumSizeHint();
    // The window adds a rail of 56 px, a menu bar and a status bar of 30 px each.
    QVERIFY2(least.width() <= 1024 - 56, qPrintable(QString::number(least.width())));
    QVERIFY2(least.height() <= 700 - 60, qPrintable(QString::number(least.height())));
}

// Tab goes round in a circle that holds every control that can take the focus.
void RoomTests::keyboard_tab_reachesEveryControl() {
    open();
    QSet<const QWidget*> chain;
    for (QWidget* at = m_room->nextInFocusChain(); at && at != m_room && !chain.contains(at);
         at = at->nextInFocusChain())
        chain.insert(at);
    for (const QPushButton* button : m_room->findChildren<QPushButton*>()) {
        if (!button->isVisibleTo(m_room)) continue;
        QVERIFY2(button->focusPolicy() & Qt::TabFocus, qPrintable(button->objectName()));
        QVERIFY2(chain.contains(button), qPrintable(button->objectName()));
    }
}

void RoomTests::accessibleNames_everywhere_present() {
    const QStringList complaints = accessibilityComplaints(open());
    QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QLatin1Char('\n'))));
}

// Buttons, and labels that do not wrap, at the least size that the window may have.
void RoomTests::languages_both_fit() {
    for (const QString& language : {QStringLiteral("en"), QStringLiteral("ko")}) {
        const InstalledLanguage installed(language);
        Room& shown = open(language);
        const char* hint = "Press Run to see its curves here."; // stands in every room's plots
        const bool isTranslated = QCoreApplication::translate("vitrine::RoomPlots", hint) != QLatin1String(hint);
        QCOMPARE(isTranslated, language == QLatin1String("ko"));
        m_window->resize(1024 - 56, 700 - 60);
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        QTest::qWait(50);
        QStringList clipped;
        const auto look = [&](const QWidget& widget, const QString& text, int needed) {
            if (!widget.isVisibleTo(&shown) || text.isEmpty() || widget.width() >= needed) return;
            clipped << QStringLiteral("%1: \"%2\" has %3 px of %4").arg(language, text).arg(widget.width()).arg(needed);
        };
        for (const QPushButton* button : shown.findChildren<QPushButton*>())
            look(*button, button->text(), button->fontMetrics().horizontalAdvance(button->text()));
        for (const QLabel* label : shown.findChildren<QLabel*>())
            if (!label->wordWrap() && !qobject_cast<const ElidedLabel*>(label))
                look(*label, label->text(), label->sizeHint().width());
        close(); // before its language goes
        QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(QLatin1Char('\n'))));
    }
}

void RoomTests::themes_both_change() {
    Room& shown = open();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    const auto corner = [&shown] { return shown.grab().toImage().pixelColor(4, 4); };
    Theme::current()->setMode(ThemeMode::Dark);
    QTRY_COMPARE(corner(), darkTokens().panel);
    Theme::current()->setMode(ThemeMode::Light);
    QTRY_COMPARE(corner(), lightTokens().panel);
}

void RoomTests::draft_saveRestore_keepsParameters() {
    Room& first = open();
    const ParamSpec* number = nullptr;
    for (const ParamSpec& spec : first.document().descriptor().params)
        if (spec.kind == ParamKind::Int && spec.range && !number) number = &spec;
    if (!number) QSKIP("no whole number among the knobs");
    const std::string id = number->id;
    const Json value(static_cast<std::int64_t>(number->range->low) + 1);
    first.document().setValue(id, value);
    const Json draft = first.draft();
    Room& second = open();
    second.restoreDraft(draft);
    QCOMPARE(second.document().value(id).dump(), value.dump());
}

void RoomTests::windows_afterClosing_noneLeft() {
    const qsizetype before = QApplication::topLevelWidgets().size();
    open();
    QTest::qWait(50);
    close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QTRY_COMPARE(QApplication::topLevelWidgets().size(), before);
}

} // namespace vitrine::test
