// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"

#include <QApplication>
#include <QFile>
#include <QIcon>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace vitrine {

namespace {

// Draws an SVG whose strokes are `currentColor`, in the colour of the moment, so that themes change without new icons.
class TintedIcon final : public QIconEngine {
  public:
    TintedIcon(QString name, IconTone tone) : m_name(std::move(name)), m_tone(tone) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        painter->drawPixmap(rect, scaledPixmap(rect.size() * ratio, mode, state, ratio));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1.0);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override {
        const QColor color = colorFor(mode, state);
        const QString key = QStringLiteral("vitrine-icon/%1/%2/%3/%4")
                                .arg(m_name, color.name(QColor::HexArgb))
                                .arg(size.width())
                                .arg(scale);
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap)) return pixmap;
        pixmap = rendered(size, color);
        pixmap.setDevicePixelRatio(scale);
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }
    [[nodiscard]] QIconEngine* clone() const override { return new TintedIcon(m_name, m_tone); }
    QString iconName() override { return m_name; }

  private:
    [[nodiscard]] QColor colorFor(QIcon::Mode mode, QIcon::State state) const {
        const ThemeTokens& t = Theme::tokens();
        if (mode == QIcon::Disabled) return t.disabled;
        switch (m_tone) {
        case IconTone::Text:
            return t.text;
        case IconTone::Accent:
            return t.accent;
        case IconTone::OnAccent:
            return t.onAccent;
        case IconTone::Good:
            return t.good;
        case IconTone::Warning:
            return t.warning;
        case IconTone::Bad:
            return t.bad;
        case IconTone::Auto:
            break;
        }
        if (state == QIcon::On) return t.accent;
        return mode == QIcon::Selected ? t.text : t.secondary;
    }
    [[nodiscard]] QPixmap rendered(const QSize& size, const QColor& color) const {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QFile file(QStringLiteral(":/vitrine/icons/%1.svg").arg(m_name));
        if (!file.open(QIODevice::ReadOnly)) return pixmap;
        QByteArray svg = file.readAll();
        svg.replace("currentColor", color.name().toLatin1());
        QSvgRenderer renderer(svg);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(QPointF(), QSizeF(size)));
        return pixmap;
    }

    QString m_name;
    IconTone m_tone;
};

} // namespace

QIcon themeIcon(const QString& name, IconTone tone) {
    return QIcon(new TintedIcon(name, tone));
}

} // namespace vitrine
