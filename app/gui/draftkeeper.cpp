// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/draftkeeper.hpp"

#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/jsonmembers.hpp"
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

struct Kept {
    Json state;
    bool isClean = false;
    qint64 savedMs = 0;
};

Kept read(const QString& file) {
    const auto text = readFile(utf8(file), Cap);
    if (!text.ok()) return {};
    const auto json = parseJson(text.value(), utf8(file));
    if (!json.ok() || integerOr(*json, "version") != Version || !json->contains("state")) return {};
    return {(*json)["state"], boolOr(*json, "clean"), integerOr(*json, "saved_ms")};
}

bool holdsWork(const Json& state) {
    return state.is_object() && state.contains("rooms") && state["rooms"].is_object() && !state["rooms"].empty();
}

QString asideName(const QFileInfo& file, const QString& when) {
    return file.completeBaseName() + QStringLiteral("-recovered-") + when + QStringLiteral(".json");
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
    const Kept kept = read(file);
    if (kept.isClean)
        m_last = kept.state;
    else if (holdsWork(kept.state))
        m_recovered = {kept.state, kept.savedMs};
    if (m_recovered.state.is_null()) findPutAside();
}

// The newest of what earlier windows left and nobody has settled. Names end in the moment of saving, so that the older
// ones, which may be many and large, need not be read at the start.
void DraftKeeper::findPutAside() {
    const QFileInfo info(m_file);
    const QStringList names =
        QDir(info.path()).entryList({asideName(info, QStringLiteral("*"))}, QDir::Files, QDir::Name | QDir::Reversed);
    for (const QString& name : names) {
        const QString path = info.path() + QLatin1Char('/') + name;
        const Kept kept = read(path);
        if (!holdsWork(kept.state)) continue;
        m_recovered = {kept.state, kept.savedMs};
        m_recoveredFile = path;
        return;
    }
}

void DraftKeeper::putAside() {
    if (m_recovered.state.is_null() || !m_recoveredFile.isEmpty()) return;
    const QFileInfo info(m_file);
    const QString aside = info.path() + QLatin1Char('/') + asideName(info, QString::number(m_recovered.savedMs));
    if (QFile::exists(aside) || QFile::rename(m_file, aside)) m_recoveredFile = aside;
}

void DraftKeeper::setWritable(bool isWritable) {
    m_isWritable = isWritable;
    if (!isWritable) return;
    putAside();
    if (m_isTouched) touch();
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

void DraftKeeper::settleRecovered() {
    if (!m_recoveredFile.isEmpty()) QFile::remove(std::exchange(m_recoveredFile, QString()));
    m_recovered = {};
    touch();
}

} // namespace vitrine
