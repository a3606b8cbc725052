#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared generator of graphs and facts.

graphs.py FOLDER writes the facts files that the cases of the topic `graphs` read.
"""

import os
import sys


class Generator:
    """64-bit linear congruential generator; next() gives the upper 31 bits."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return self.state >> 33

    def below(self, n):
        return self.next() % n

    def pairs(self, n, m):
        """m draws without repeats, in order of appearance."""
        return list(dict.fromkeys((self.below(n), self.below(n)) for _ in range(m)))


def uniform(n, m, seed):
    return Generator(seed).pairs(n, m)


def dag(n, m, seed):
    g = Generator(seed)
    draws = [(g.below(n), g.below(n)) for _ in range(m)]
    return list(dict.fromkeys((min(p), max(p)) for p in draws if p[0] != p[1]))


def tree(n, seed):
    g = Generator(seed)
    return [(g.below(i), i) for i in range(1, n)]


def chain(n):
    return [(i, i + 1) for i in range(n - 1)]


def cycle(n):
    return [(i, (i + 1) % n) for i in range(n)]


def grid(w, h):
    right = [(y * w + x, y * w + x + 1) for y in range(h) for x in range(w - 1)]
    down = [(y * w + x, (y + 1) * w + x) for y in range(h - 1) for x in range(w)]
    return right + down


def btree(k):
    n = 2 ** k - 1
    return [(i, c) for i in range(n) for c in (2 * i + 1, 2 * i + 2) if c < n]


def andersen(n, seed):
    g = Generator(seed)
    sizes = {"AddressOf": n, "Assign": n, "Load": n // 2, "Store": n // 2}
    return {name: g.pairs(n, m) for name, m in sizes.items()}


def cspa(n, m, seed):
    g = Generator(seed)
    return {name: g.pairs(n, m) for name in ("Assign", "Dereference")}


GRAPHS = {
    "chain_100": chain(100), "cycle_60": cycle(60), "grid_12_12": grid(12, 12), "btree_8": btree(8),
    "tree_1000_1": tree(1000, 1), "dag_300_600_1": dag(300, 600, 1), "uniform_200_300_1": uniform(200, 300, 1),
}


def write(folder, name, edges):
    with open(os.path.join(folder, name + ".facts"), "w", encoding="utf-8") as f:
        f.writelines(f"{a}\t{b}\n" for a, b in edges)


def main(folder):
    for name, edges in GRAPHS.items():
        write(folder, name, edges)
    for name, edges in andersen(100, 1).items():
        write(folder, "andersen_" + name.lower(), edges)
    for name, edges in cspa(100, 60, 1).items():
        write(folder, "cspa_" + name.lower(), edges)


if __name__ == "__main__":
    main(sys.argv[1])
