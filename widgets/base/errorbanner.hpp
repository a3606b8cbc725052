// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <QFrame>

#include <functional>

class QHBoxLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace vitrine {

struct BannerAction {
    QString text;
    std::function<void()> act; ///< runs, then the banner goes
};

/// A problem as people read it.
struct BannerMessage {
    QString key; ///< a second message of the same key replaces the first; empty: the text
    Severity severity = Severity::Error;
    QString happened, todo, details;
    QList<BannerAction> actions;
};
[[nodiscard]] BannerMessage bannerOf(const Error& error, QList<BannerAction> actions = {});

/// One sentence what happened, one what to do, buttons for the likely actions, Details, Copy. It stays until it is
/// dismissed or resolved, and is announced to assistive technology. Several wait behind each other.
class ErrorBanner final : public QFrame {
    Q_OBJECT
  public:
    explicit ErrorBanner(QWidget* parent = nullptr);

    void show(BannerMessage message);
    void show(const Error& error, QList<BannerAction> actions = {}) { show(bannerOf(error, std::move(actions))); }
    void resolve(const QString& key); ///< the problem is gone
    void dismiss();                   ///< the one on top
    [[nodiscard]] qsizetype count() const { return m_messages.size(); }
    [[nodiscard]] QString text() const; ///< of the one on top
    /// Program, versions, device, configuration hash: what Copy puts below the message.
    void setReportFooter(std::function<QString()> footer) { m_footer = std::move(footer); }

  Q_SIGNALS:
    void shown(const QString& text);
    void emptied();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void refresh();
    void copyReport() const;

    QList<BannerMessage> m_messages; ///< the last one is on top
    std::function<QString()> m_footer;
    QLabel* m_icon;
    QLabel* m_happened;
    QLabel* m_todo;
    QLabel* m_more;
    QHBoxLayout* m_actions;
    QToolButton* m_detailsButton;
    QPlainTextEdit* m_details;
};

} // namespace vitrine
