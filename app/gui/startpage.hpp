// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

class QVBoxLayout;

namespace vitrine {

class ErrorBanner;
struct Services;

/// What one sees first: three things to do, made of what there is, and recent work below.
class StartPage final : public QScrollArea {
    Q_OBJECT
  public:
    explicit StartPage(const Services& services, QWidget* parent = nullptr);
    [[nodiscard]] ErrorBanner& banner() const { return *m_banner; }

  Q_SIGNALS:
    void sampleRequested(const QString& room, const QString& sample);
    void lessonRequested(const QString& room);
    void galleryRequested();
    void openRequested();
    void runRequested(const QString& run);
    void fileRequested(const QString& path);

  private:
    QWidget* buildCards(const Services& services);
    void refreshRecent(const Services& services);

    ErrorBanner* m_banner;
    QVBoxLayout* m_recent;
    QString m_recentKey;
};

} // namespace vitrine
