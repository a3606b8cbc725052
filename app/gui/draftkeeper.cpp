// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/draftkeeper.hpp"

#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "widgets/base/words.hpp"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>

namespace vitrine {

namespace {
constexpr int Version = 1;
constexpr std::uint64_t Cap = 64ULL << 20;

// One writer: drafts must not overtake each other.
QThreadPool& writer() {
    static QThreadPool pool;
    pool.setMaxThreadCount(1);
    return pool;
}
} // namespace

DraftKeeper::DraftKeeper(const QString& file, QObject* parent)
    : QObject(parent), m_file(file), m_idle(new QTimer(this)), m_forced(new QTimer(this)) {
    for (QTimer* timer : {m_idle, m_forced}) {
        timer->setSingleShot(true);
        connect(timer, &QTimer::timeout, this, &DraftKeeper::saveNow);
    }
    m_idle->setInterval(5000);
    m_forced->setInterval(30000);
    const auto text = readFile(utf8(file), Cap);
    if (!text.ok()) return;
    const auto json = parseJson(text.value(), utf8(file));
    if (!json.ok() || !json->is_object() || json->value("version", 0) != Version || !json->contains("state")) return;
    m_found = (*json)["state"];
    m_wasUnclean = !json->value("clean", false);
    m_foundMs = json->value("saved_ms", qint64{0});
}

void DraftKeeper::setWritable(bool isWritable) {
    m_isWritable = isWritable;
    if (isWritable && m_isTouched) touch();
}

void DraftKeeper::touch() {
    m_isTouched = true;
    if (!m_isWritable) return;
    m_idle->start();
    if (!m_forced->isActive()) m_forced->start();
}

std::string DraftKeeper::compose(bool isClean) const {
    return Json{
        {"version", Version}, {"clean", isClean}, {"saved_ms", nowMs()}, {"state", m_source ? m_source() : Json()}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

void DraftKeeper::saveNow() {
    m_idle->stop();
    m_forced->stop();
    if (!m_isWritable || !m_source) return;
    writer().start([self = QPointer<DraftKeeper>(this), file = m_file, text = compose(false)] {
        QDir().mkpath(QFileInfo(file).path());
        const Status status = writeFileAtomically(utf8(file), text);
        QMetaObject::invokeMethod(qApp, [self, status] {
            if (!self) return;
            if (status.ok())
                Q_EMIT self->saved();
            else
                Q_EMIT self->failed(happened(status.error()));
        });
    });
}

void DraftKeeper::close() {
    if (!m_isWritable || !m_source) return;
    writer().waitForDone(3000);
    QDir().mkpath(QFileInfo(m_file).path());
    static_cast<void>(writeFileAtomically(utf8(m_file), compose(true)));
    m_isWritable = false;
}

void DraftKeeper::discardFound() {
    m_found = Json();
    m_wasUnclean = false;
    touch();
}

} // namespace vitrine
