// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

/// A file in memory that can be opened by its path.
class MemoryFile {
  public:
    explicit MemoryFile(const char* name) : m_descriptor(::memfd_create(name, MFD_CLOEXEC)) {
        if (m_descriptor < 0) std::abort();
    }
    void write(const std::uint8_t* data, std::size_t size) const {
        if (::ftruncate(m_descriptor, 0) != 0 || ::pwrite(m_descriptor, data, size, 0) != static_cast<ssize_t>(size))
            std::abort();
    }
    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(m_descriptor); }

  private:
    int m_descriptor;
};
