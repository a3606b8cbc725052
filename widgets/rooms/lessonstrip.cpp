// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/lessonstrip.hpp"

#include "core/base/files.hpp"
#include "core/base/logging.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QDesktopServices>
#include <QEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPainter>
#include <QTextBrowser>
#include <QTextDocument>
#include <QToolButton>
#include <QUrl>

#include <utility>

namespace vitrine {

namespace {
QToolButton* stepButton(const QString& icon, const QString& name) {
    auto* button = new QToolButton;
    button->setIcon(themeIcon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    setButtonRole(button, ButtonRole::Quiet);
    return button;
}
} // namespace

LessonStrip* LessonStrip::load(const QString& room, const QString& language) {
    for (const QString& tried : {language, QStringLiteral("en")}) {
        const std::string name = utf8(room + QLatin1Char('.') + tried + QStringLiteral(".md"));
        const auto text = readFile(resourceFolder() / "lessons" / name, 1 << 20);
        if (!text.ok()) continue;
        auto lesson = parseLesson(text.value(), name);
        if (lesson.ok()) return new LessonStrip(std::move(lesson).value());
        logMessage(LogLevel::Error, "vitrine.rooms", toText(lesson.error()));
    }
    return nullptr;
}

LessonStrip::LessonStrip(Lesson lesson, QWidget* parent)
    : QFrame(parent), m_lesson(std::move(lesson)), m_heading(new ElidedLabel), m_body(new QTextBrowser),
      m_expectedRow(new QWidget), m_mark(new QLabel), m_shortMark(new QLabel), m_expected(new QLabel),
      m_back(stepButton(QStringLiteral("chevron-left"), tr("Previous step"))),
      m_next(stepButton(QStringLiteral("chevron-right"), tr("Next step"))),
      m_fold(stepButton(QStringLiteral("chevron-up"), tr("Fold the lesson"))) {
    setObjectName(QStringLiteral("lesson"));
    setAccessibleName(tr("Lesson: %1").arg(qtext(m_lesson.title)));
    m_heading->setFont(Theme::font(TextSize::Body, QFont::Medium));
    m_body->setFrameShape(QFrame::NoFrame);
    m_body->setOpenLinks(false);
    m_body->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_body->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_body->viewport()->setAutoFillBackground(false);
    m_body->document()->setDocumentMargin(0);
    m_body->setAccessibleName(tr("Text of the step"));
    m_expected->setWordWrap(true);
    m_expected->setTextFormat(Qt::MarkdownText);
    auto* expectedLine = new QHBoxLayout(m_expectedRow);
    expectedLine->setContentsMargins(0, 0, 0, 0);
    expectedLine->setSpacing(Space::xs());
    expectedLine->addWidget(m_mark, 0, Qt::AlignTop);
    expectedLine->addWidget(m_expected, 1);

    auto* icon = new QLabel;
    icon->setPixmap(themeIcon(QStringLiteral("lesson"), IconTone::Accent).pixmap(Theme::px(16)));
    auto* top = new QHBoxLayout;
    top->setSpacing(Space::xs());
    top->addWidget(icon);
    top->addSpacing(Space::xs());
    top->addWidget(m_heading);
    top->addSpacing(Space::xs());
    top->addWidget(m_shortMark);
    top->addStretch(1);
    top->addWidget(m_back);
    top->addWidget(m_next);
    top->addWidget(m_fold);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Space::l(), Space::xs(), Space::s(), Space::s());
    column->setSpacing(Space::xs());
    column->addLayout(top);
    column->addWidget(m_body);
    column->addWidget(m_expectedRow);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);

    connect(m_back, &QToolButton::clicked, this, [this] { setStep(m_step - 1); });
    connect(m_next, &QToolButton::clicked, this, [this] { setStep(m_step + 1); });
    connect(m_fold, &QToolButton::clicked, this, [this] { setOpen(!isOpen()); });
    connect(m_body, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        auto action = parseLessonLink(utf8(url.toString(QUrl::FullyEncoded)));
        if (action.ok())
            Q_EMIT linkActivated(action.value());
        else
            QDesktopServices::openUrl(url);
    });
    showStep();
}

void LessonStrip::setStep(int step) {
    step = std::clamp(step, 0, stepCount() - 1);
    if (step == m_step) return;
    m_step = step;
    showStep();
    Q_EMIT stepChanged(step);
}

void LessonStrip::showStep() {
    const LessonStep& step = m_lesson.steps[static_cast<std::size_t>(m_step)];
    m_heading->setText(tr("Lesson, step %1 of %2: %3").arg(m_step + 1).arg(stepCount()).arg(qtext(step.title)));
    m_body->setMarkdown(qtext(step.body));
    m_expected->setText(qtext(step.expected));
    m_back->setEnabled(m_step > 0);
    m_next->setEnabled(m_step + 1 < stepCount());
    fitHeight();
    refreshChecks();
}

void LessonStrip::setOpen(bool isOpen) {
    m_chosen = isOpen;
    fold();
    Q_EMIT stepChanged(m_step);
}

void LessonStrip::setShort(bool isShort) {
    if (std::exchange(m_isShort, isShort) != isShort) fold();
}

void LessonStrip::fold() {
    const bool isOpen = m_chosen.value_or(!m_isShort);
    m_body->setVisible(isOpen);
    m_expectedRow->setVisible(isOpen && !m_expected->text().isEmpty());
    m_shortMark->setVisible(!isOpen && !m_expected->text().isEmpty());
    layout()->setContentsMargins(Space::l(), Space::xs(), Space::s(), isOpen ? Space::s() : Space::xs());
    m_fold->setIcon(themeIcon(isOpen ? QStringLiteral("chevron-up") : QStringLiteral("chevron-down")));
    m_fold->setToolTip(isOpen ? tr("Fold the lesson") : tr("Show the lesson"));
    m_fold->setAccessibleName(m_fold->toolTip());
}

bool LessonStrip::isOpen() const {
    return !m_body->isHidden();
}

std::optional<bool> LessonStrip::verdict(int step) const {
    const auto& checks = m_lesson.steps[static_cast<std::size_t>(step)].checks;
    if (!m_confirm || checks.empty()) return std::nullopt;
    bool isOpenQuestion = false;
    for (const LessonCheck& check : checks) {
        const std::optional<bool> holds = m_confirm(check);
        if (holds && !*holds) return false;
        isOpenQuestion = isOpenQuestion || !holds;
    }
    return isOpenQuestion ? std::optional<bool>() : true;
}

void LessonStrip::refreshChecks() {
    const std::optional<bool> holds = verdict(m_step);
    const QString icon = !holds ? QStringLiteral("eye") : *holds ? QStringLiteral("check") : QStringLiteral("cross");
    const IconTone tone = !holds ? IconTone::Auto : *holds ? IconTone::Good : IconTone::Bad;
    const QString words = !holds   ? tr("Not seen yet")
                          : *holds ? tr("Seen: the room confirms it")
                                   : tr("The room shows something else");
    for (QLabel* mark : {m_mark, m_shortMark}) {
        mark->setPixmap(themeIcon(icon, tone).pixmap(Theme::px(16)));
        mark->setToolTip(mark == m_mark ? words : m_expected->text() + QLatin1Char('\n') + words);
        mark->setAccessibleName(words);
    }
    m_expected->setToolTip(words);
    fold();
}

void LessonStrip::fitHeight() {
    m_body->document()->setTextWidth(std::max(Theme::px(200), width() - Space::l() - Space::s()));
    const int wanted = static_cast<int>(m_body->document()->size().height()) + 2;
    m_body->setFixedHeight(std::min(wanted, Theme::px(96)));
}

void LessonStrip::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fitHeight();
}

// Link colours are baked into the document: build it anew when the palette changes.
void LessonStrip::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_body) showStep();
}

void LessonStrip::paintEvent(QPaintEvent*) {
    const ThemeTokens& t = Theme::tokens();
    QPainter painter(this);
    painter.fillRect(rect(), mix(t.accent, t.panel, t.dark ? 0.08 : 0.04));
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.hairline);
}

} // namespace vitrine
