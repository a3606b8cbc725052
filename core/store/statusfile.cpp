// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/statusfile.hpp"

#include "core/base/files.hpp"
#include "core/base/ids.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace vitrine::store {

namespace {

constexpr std::size_t FileBytes = 4096;

std::string padded(const RunStatus& status) {
    Json json{{"process", status.process.toJson()},
              {"attempt", status.attempt},
              {"state", toString(status.state)},
              {"beat", status.beat},
              {"seconds", status.beatSeconds}};
    if (status.error) json["error"] = toJson(*status.error);
    std::string text = writeJsonLine(json);
    if (text.size() >= FileBytes && status.error) { // the code and message always fit
        json["error"] = toJson(makeError(status.error->code, status.error->message.substr(0, 1000)));
        text = writeJsonLine(json);
    }
    text.resize(FileBytes - 1, ' ');
    return text + "\n";
}

} // namespace

StatusFile::~StatusFile() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Status StatusFile::open(const std::filesystem::path& path) {
    m_path = path;
    m_descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (m_descriptor < 0) return writeError(errno, path);
    const std::string blank = std::string(FileBytes - 1, ' ') + "\n";
    if (::lseek(m_descriptor, 0, SEEK_END) == static_cast<off_t>(FileBytes)) return {};
    if (::ftruncate(m_descriptor, 0) != 0) return writeError(errno, path);
    ::lseek(m_descriptor, 0, SEEK_SET);
    return writeAll(m_descriptor, blank, path);
}

Status StatusFile::write(const RunStatus& status) {
    const std::string text = padded(status);
    if (::pwrite(m_descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return writeError(errno, m_path);
    return {};
}

std::optional<RunStatus> readStatus(const std::filesystem::path& path) {
    const Result<std::string> text = readFile(path, FileBytes);
    if (!text) return std::nullopt;
    const Result<Json> json = parseJson(*text);
    if (!json || !json->is_object()) return std::nullopt;
    const auto process = ProcessIdentity::fromJson(json->value("process", Json()));
    const Json state = json->value("state", Json()), attempt = json->value("attempt", Json(1));
    const auto known = state.is_string() ? runStateFromString(state.get<std::string>()) : std::nullopt;
    if (!process || !known || !attempt.is_number_integer()) return std::nullopt;
    RunStatus status{*process, attempt.get<int>(), *known, 0, 0, std::nullopt};
    if (const Json beat = json->value("beat", Json(0)); beat.is_number_integer())
        status.beat = beat.get<std::int64_t>();
    status.beatSeconds = numberFromJson(json->value("seconds", Json(0)));
    if (const auto error = json->find("error"); error != json->end()) status.error = errorFromJson(*error);
    return status;
}

Liveness livenessOf(const std::optional<RunStatus>& status) {
    if (!status) return Liveness::Unknown;
    if (!isAlive(status->process)) return Liveness::Dead;
    return monotonicSeconds() - status->beatSeconds > SilentAfterSeconds ? Liveness::NotResponding : Liveness::Alive;
}

} // namespace vitrine::store
