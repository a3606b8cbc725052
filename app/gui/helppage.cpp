// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/helppage.hpp"

#include "core/base/files.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QRegularExpression>
#include <QTabWidget>
#include <QTextBlock>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace vitrine {

namespace {

QString shortcutsTable(const ActionRegistry& actions) {
    QString html = QStringLiteral("<table cellspacing=\"0\" cellpadding=\"5\">");
    for (const QAction* action : actions.all()) {
        if (action->shortcut().isEmpty()) continue;
        html += QStringLiteral("<tr><td><code>%1</code>&nbsp;&nbsp;</td><td>%2</td></tr>")
                    .arg(action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped(),
                         action->statusTip().toHtmlEscaped());
    }
    return html + QLatin1String("</table>");
}

QTextBrowser* page(const QString& name) {
    auto* browser = new QTextBrowser;
    browser->setFrameShape(QFrame::NoFrame);
    browser->setOpenExternalLinks(true);
    browser->document()->setDocumentMargin(Space::l());
    browser->setAccessibleName(name);
    return browser;
}

} // namespace

QString HelpPage::topicOf(const QWidget* widget) {
    for (; widget; widget = widget->parentWidget())
        if (const QString topic = widget->property("help").toString(); !topic.isEmpty()) return topic;
    return {};
}

namespace {

QString readPage(const QString& name, const QString& language) {
    for (const QString& tried : {language, QStringLiteral("en")}) {
        const auto text =
            readFile(resourceFolder() / "help" / utf8(name + QLatin1Char('.') + tried + QLatin1String(".md")), 1 << 20);
        if (text.ok()) return qtext(text.value());
    }
    return {};
}

/// Shows a page from the heading that carries "{#anchor}" on; the marks themselves are not shown.
void showFrom(QTextBrowser* browser, QString markdown, const QString& anchor) {
    static const QRegularExpression mark(QStringLiteral(" *\\{#([a-z_]+)\\}"));
    QString heading;
    const QStringList lines = markdown.split(QLatin1Char('\n'));
    for (const QString& line : lines)
        if (const auto found = mark.match(line); found.hasMatch() && found.captured(1) == anchor)
            heading = QString(line).remove(mark).remove(QLatin1Char('#')).trimmed();
    browser->setMarkdown(markdown.remove(mark));
    for (QTextBlock block = browser->document()->begin(); block.isValid() && !heading.isEmpty(); block = block.next())
        if (block.blockFormat().headingLevel() > 0 && block.text() == heading) {
            QTextCursor end(browser->document()), at(block);
            end.movePosition(QTextCursor::End);
            browser->setTextCursor(end); // first the end, so that the heading comes to the top
            browser->setTextCursor(at);
            return;
        }
}

} // namespace

HelpPage::HelpPage(const ActionRegistry& actions, const QString& language, Section section, const QString& topic,
                   QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Help"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(Theme::px(760), Theme::px(560));
    auto* tabs = new QTabWidget;
    tabs->setDocumentMode(true);
    auto* shortcuts = page(tr("Shortcuts"));
    shortcuts->setHtml(shortcutsTable(actions));
    auto* codes = page(tr("Error codes"));
    codes->setMarkdown(readPage(QStringLiteral("codes"), language));
    tabs->addTab(shortcuts, tr("Shortcuts"));
    tabs->addTab(codes, tr("Error codes"));
    tabs->setCurrentIndex(section == Section::Codes ? 1 : 0);
    if (const QString markdown = readPage(topic.section(QLatin1Char('#'), 0, 0), language);
        !topic.isEmpty() && !markdown.isEmpty()) {
        auto* panel = page(tr("This panel"));
        tabs->insertTab(0, panel, tr("This panel"));
        tabs->setCurrentIndex(0);
        showFrom(panel, markdown, topic.section(QLatin1Char('#'), 1));
    }
    auto* search = new SearchLine(tr("Find on this page"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Space::l(), Space::l(), Space::l(), Space::l());
    column->addWidget(search);
    column->addWidget(tabs, 1);
    connect(search, &SearchLine::searched, this, [tabs](const QString& text) {
        auto* browser = static_cast<QTextBrowser*>(tabs->currentWidget());
        if (text.isEmpty() || browser->find(text)) return;
        browser->moveCursor(QTextCursor::Start);
        browser->find(text);
    });
}

} // namespace vitrine
