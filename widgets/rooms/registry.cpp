// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/registry.hpp"

#include "core/experiment/descriptor.hpp"
#include "widgets/rooms/room.hpp"
#include "widgets/rooms/tensor_logic/tensor_logicroom.hpp"

namespace vitrine {

Room* RoomRegistry::make(const RoomContext& context, QWidget* parent) const {
    const auto found = m_makers.find(context.method.descriptor().id);
    Room* room = found == m_makers.end() ? new Room(context) : found->second(context);
    room->setParent(parent);
    room->assemble();
    return room;
}

void registerRooms(RoomRegistry& registry) {
    registry.add<TensorLogicRoom>("tensor_logic");
}

} // namespace vitrine
