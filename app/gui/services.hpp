// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace vitrine {

class DraftKeeper;
class LogModel;
class MethodsLibrary;
class ProblemsModel;
class RoomRegistry;
class RunHub;
class Settings;

/// What outlives a window. A change of language or scale makes a new window over the same services.
struct Services {
    Settings& settings;
    MethodsLibrary& library;
    RoomRegistry& rooms;
    RunHub& runs;
    DraftKeeper& drafts;
    LogModel& log;
    ProblemsModel& problems;
    QString language; ///< in use now
};

} // namespace vitrine
