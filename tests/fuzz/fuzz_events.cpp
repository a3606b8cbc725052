// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/events.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace vitrine;

/// Any bytes as a line of an event file: refused by name, or an event that is written and read back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Result<Event> event = eventFromJson(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!event) {
        if (event.error().code != "VIT-EXP-010") std::abort();
        return 0;
    }
    const std::string line = toJsonLine(*event);
    if (line.find('\n') != std::string::npos) std::abort();
    const Result<Event> again = eventFromJson(line);
    if (!again || toJsonLine(*again) != line) std::abort();
    return 0;
}
