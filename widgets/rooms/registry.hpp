// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/rooms/roomcontext.hpp"

#include <functional>
#include <map>
#include <string>

class QWidget;

namespace vitrine {

class Room;

/// Which widget shows which method. A method without an entry gets the plain Room: parameters, plots, artefacts, runs.
class RoomRegistry {
  public:
    using Maker = std::function<Room*(const RoomContext&)>;
    template <typename T>
    void add(const std::string& id) {
        m_makers[id] = [](const RoomContext& context) { return new T(context); };
    }
    void add(const std::string& id, Maker maker) { m_makers[id] = std::move(maker); }
    /// Makes and assembles the room of `context.method`.
    [[nodiscard]] Room* make(const RoomContext& context, QWidget* parent = nullptr) const;

  private:
    std::map<std::string, Maker> m_makers;
};

/// Every room of this program: one line each, in registry.cpp.
void registerRooms(RoomRegistry& registry);

} // namespace vitrine
