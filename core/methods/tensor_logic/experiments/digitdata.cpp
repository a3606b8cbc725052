// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/experiments/digitdata.hpp"

#include "core/base/rng.hpp"

#include <array>
#include <string_view>

namespace vitrine::tl {

namespace {

constexpr std::array<std::string_view, 10> Glyphs{".###."
                                                  "#...#"
                                                  "#..##"
                                                  "#.#.#"
                                                  "##..#"
                                                  "#...#"
                                                  ".###.",
                                                  "..#.."
                                                  ".##.."
                                                  "..#.."
                                                  "..#.."
                                                  "..#.."
                                                  "..#.."
                                                  ".###.",
                                                  ".###."
                                                  "#...#"
                                                  "....#"
                                                  "...#."
                                                  "..#.."
                                                  ".#..."
                                                  "#####",
                                                  "#####"
                                                  "...#."
                                                  "..#.."
                                                  "...#."
                                                  "....#"
                                                  "#...#"
                                                  ".###.",
                                                  "...#."
                                                  "..##."
                                                  ".#.#."
                                                  "#..#."
                                                  "#####"
                                                  "...#."
                                                  "...#.",
                                                  "#####"
                                                  "#...."
                                                  "####."
                                                  "....#"
                                                  "....#"
                                                  "#...#"
                                                  ".###.",
                                                  "..##."
                                                  ".#..."
                                                  "#...."
                                                  "####."
                                                  "#...#"
                                                  "#...#"
                                                  ".###.",
                                                  "#####"
                                                  "....#"
                                                  "...#."
                                                  "..#.."
                                                  ".#..."
                                                  ".#..."
                                                  ".#...",
                                                  ".###."
                                                  "#...#"
                                                  "#...#"
                                                  ".###."
                                                  "#...#"
                                                  "#...#"
                                                  ".###.",
                                                  ".###."
                                                  "#...#"
                                                  "#...#"
                                                  ".####"
                                                  "....#"
                                                  "...#."
                                                  ".##.."};

} // namespace

DigitPairs drawDigitPairs(std::int64_t pairs, std::uint64_t seed) {
    DigitPairs drawn;
    drawn.pairs = pairs;
    drawn.images.reserve(static_cast<std::size_t>(pairs) * 70);
    Lcg random(seed);
    for (std::int64_t image = 0; image < 2 * pairs; ++image) {
        const auto digit = static_cast<std::size_t>(random.below(10));
        drawn.digits.push_back(static_cast<int>(digit));
        for (const char pixel : Glyphs[digit]) {
            const bool isFlipped = random.below(10) == 0;
            drawn.images.push_back((pixel == '#') != isFlipped ? 1.0 : 0.0);
        }
    }
    return drawn;
}

} // namespace vitrine::tl
