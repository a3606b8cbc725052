# SPDX-License-Identifier: GPL-3.0-or-later
"""Files read and written (digest 2.8 and 7)."""

import os
import re

from lexer import TlvError
from syntax import Read


class Data:
    """What the files of a program hold."""

    def __init__(self, prog, folder):
        self.prog, self.folder = prog, folder
        self.tensorShapes, self.tensorValues, self.relationRows = [], {}, []
        self.errors = []
        for s in prog.statements:
            if isinstance(s, Read):
                try:
                    self.read(s)
                except TlvError as e:
                    self.errors.append(e)

    def read(self, s):
        t = self.prog.tensors[s.head.name]
        try:
            with open(os.path.join(self.folder, s.path), encoding="utf-8") as f:
                text = f.read()
        except (OSError, UnicodeDecodeError):
            raise TlvError("E-FILE", s.pos, f"cannot read {s.path}")
        if s.path.endswith(".txt"):
            self.relationRows.append((t.name, list(enumerate(text.split())), s.pos))
            t.rank = t.rank or 2
        elif t.relation:
            self.relationRows.append((t.name, self.tuples(s, t, text), s.pos))
        else:
            self.tensor(s, t, text)

    def lines(self, s, text):
        """(line number, cells); comment lines of edge lists are skipped."""
        csv = s.path.endswith(".csv")
        for n, line in enumerate(text.splitlines(), 1):
            if not line.strip() or (not csv and line[0] in "%#"):
                continue
            if csv:
                yield n, [c.strip() for c in line.split(",")]
            else:
                yield n, line.split("\t") if "\t" in line else line.split()

    def tuples(self, s, t, text):
        rows = []
        for n, cells in self.lines(s, text):
            if len(cells) != t.rank:
                raise TlvError("E-FILE", s.pos, f"{s.path}:{n}: {len(cells)} columns, not {t.rank}")
            rows.append(tuple(int(c) if re.fullmatch(r"-?[0-9]+", c) else c for c in cells))
        return rows

    def tensor(self, s, t, text):
        grid = []
        for n, cells in self.lines(s, text):
            try:
                grid.append([int(c) if re.fullmatch(r"-?[0-9]+", c) else float(c) for c in cells])
            except ValueError:
                raise TlvError("E-FILE", s.pos, f"{s.path}:{n}: a cell that is no number")
            if len(grid[-1]) != len(grid[0]):
                raise TlvError("E-FILE", s.pos, f"{s.path}:{n}: another number of columns")
            if t.rank is not None and t.rank < 2 and len(grid[-1]) != 1:
                raise TlvError("E-FILE", s.pos, f"{s.path}:{n}: one value on a line expected")
        if t.rank is None:
            t.rank = 2 if grid and len(grid[0]) > 1 else 1
        self.store(s, t, grid)

    def store(self, s, t, grid):
        flat = [v for row in grid for v in row]
        dims = {0: [], 1: [len(grid)], 2: [len(grid), len(grid[0]) if grid else 0]}.get(t.rank)
        if dims is None:
            dims = next((self.declared(d) for d in t.decls if d.sizes), None)
        n = 1
        for d in dims or [0]:
            n *= d
        if dims is None or n != len(flat):
            raise TlvError("E-FILE", s.pos, f"{s.path}: {len(flat)} values do not fit the shape")
        self.tensorShapes.append((t.name, dims, s.pos))
        table = self.tensorValues.setdefault(t.name, {})
        for k, v in enumerate(flat):
            cell = []
            for d in reversed(dims):
                cell.insert(0, k % d)
                k //= d
            table[tuple(cell)] = table.get(tuple(cell), 0) + v

    @staticmethod
    def declared(d):
        return [z.value for z in d.sizes]


def writeText(path, rows):
    """rows: list of lists of printed values."""
    sep = "," if path.endswith(".csv") else "\t"
    return [sep.join(r) for r in rows]
