// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace vitrine {

class ActionRegistry;
class Method;
class MethodsLibrary;
class RunHub;
class Settings;

/// What a room is given; all of it outlives the room.
struct RoomContext {
    const Method& method;
    RunHub& runs;
    MethodsLibrary& library;
    Settings& settings;
    ActionRegistry& actions;
    QString language; ///< "en", "ko": of lessons and samples
};

} // namespace vitrine
