// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/helppage.hpp"

#include "core/base/files.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QTabWidget>
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

HelpPage::HelpPage(const ActionRegistry& actions, const QString& language, Section section, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Help"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(Theme::px(760), Theme::px(560));
    auto* tabs = new QTabWidget;
    tabs->setDocumentMode(true);
    auto* shortcuts = page(tr("Shortcuts"));
    shortcuts->setHtml(shortcutsTable(actions));
    auto* codes = page(tr("Error codes"));
    for (const QString& tried : {language, QStringLiteral("en")}) {
        const auto text = readFile(resourceFolder() / "help" / utf8(QStringLiteral("codes.%1.md").arg(tried)), 1 << 20);
        if (!text.ok()) continue;
        codes->setMarkdown(qtext(text.value()));
        break;
    }
    tabs->addTab(shortcuts, tr("Shortcuts"));
    tabs->addTab(codes, tr("Error codes"));
    tabs->setCurrentIndex(section == Section::Codes ? 1 : 0);
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
