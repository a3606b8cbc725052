// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"

namespace vitrine {

namespace {

/// Finaliser of splitmix64: a bijection of 64 bits in which every input bit moves every output bit.
std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

/// FNV-1a, 64 bits.
std::uint64_t hashOf(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

constexpr std::uint64_t Golden = 0x9e3779b97f4a7c15ULL;

} // namespace

std::uint64_t SeedSequence::seed(std::string_view name, std::uint64_t index) const {
    const std::uint64_t stream = mix(mix(m_root + Golden) ^ hashOf(name));
    return mix(stream + Golden * (index + 1));
}

} // namespace vitrine
