# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries and canonical text (digest 2.8)."""

import itertools
import math
import os

from engine import SPARSE_CELLS, inSlice
from files import writeText
from lexer import TlvError
from shapes import valueKey
from syntax import IConst, Index, IVar, Query, Slice, Write

MAX_LINES = 10_000


def fmt(v):
    """Exact integers below 2^53, otherwise %.6g; never -0."""
    if v == math.floor(v) and abs(v) < 2 ** 53:
        return str(int(v))
    return "%.6g" % v


def show(name, values, relation):
    inner = ", ".join(str(v) for v in values)
    return f"{name}({inner})" if relation else f"{name}[{inner}]"


class Printer:
    def __init__(self, prog, shapes, engine, folder, everything):
        self.prog, self.shapes, self.engine = prog, shapes, engine
        self.folder, self.everything = folder, everything
        self.lines = []

    def run(self):
        self.checkRanges()
        for s in self.prog.statements:
            if isinstance(s, Query):
                self.query(s.ref)
            elif isinstance(s, Write):
                self.write(s)

    # -- static checks of queries
    def checkRanges(self):
        errors = []
        for s in self.prog.statements:
            if not isinstance(s, (Query, Write)) or self.prog.tensors[s.ref.name].relation:
                continue
            for k, a in enumerate(s.ref.args or []):
                dom = self.shapes.domain(("T", s.ref.name, k))
                if isinstance(a, Slice):
                    for b in (a.low, a.high):
                        if b is not None and not 0 <= b.value <= dom.n:
                            errors.append(TlvError("E-RANGE", b.pos, "slice outside"))
                elif isinstance(a.expr, IConst) and not isinstance(a.expr.value, str) and a.expr.value not in dom:
                    errors.append(TlvError("E-RANGE", a.pos, f"{a.expr.value} is outside"))
                elif isinstance(a.expr, IConst) and k in self.prog.tensors[s.ref.name].virtual \
                        and a.expr.value != dom.n - 1:
                    errors.append(TlvError("E-VIRTUAL", s.ref.pos, "only the last value can be read"))
        if errors:
            raise Many(errors)

    # -- queries
    def query(self, r):
        t = self.prog.tensors[r.name]
        if t.relation:
            self.relationQuery(r, t)
        else:
            self.tensorQuery(r, t)

    def header(self, r, t):
        if r.args is None or (not r.args):
            return r.name
        parts = []
        for a in r.args:
            if isinstance(a, Slice):
                parts.append(f"{a.low.value if a.low else ''}:{a.high.value if a.high else ''}")
            elif isinstance(a.expr, IVar):
                parts.append("_" if a.expr.name.startswith("_#") else a.expr.name)
            else:
                parts.append(str(a.expr.value))
        return show(r.name, parts, t.relation)

    def relationQuery(self, r, t):
        rel = self.engine.relation(r.name)
        constant = not any(isinstance(a, Slice) or isinstance(a.expr, IVar) for a in r.args or [])
        if constant and (r.args is not None or t.rank == 0):
            cell = tuple(a.expr.value for a in r.args or [])
            self.lines.append(f"{self.header(r, t)}? {'true' if cell in rel.set else 'false'}")
            return
        rows = [row for row in rel if self.fits(r, row)]
        rows.sort(key=lambda row: [valueKey(v) for v in row])
        self.list(r, f"{self.header(r, t)}? {len(rows)}", [show(r.name, row, True) for row in rows])

    def fits(self, r, row):
        env = {}
        for a, v in zip(r.args or [], row):
            if isinstance(a, Slice):
                if not inSlice(a, v):
                    return False
            elif isinstance(a.expr, IConst):
                if a.expr.value != v:
                    return False
            elif env.setdefault(a.expr.name, v) != v:
                return False
        return True

    def list(self, r, head, lines):
        self.lines.append(head)
        if r.args is None and len(lines) > MAX_LINES and not self.everything:
            return
        self.lines += ["  " + x for x in lines]

    def tensorQuery(self, r, t):
        rank = t.rank or 0
        if rank == 0:
            self.lines.append(f"{r.name} = {fmt(self.engine.value(r.name, ()))}")
            return
        if r.args is not None and all(isinstance(a, Index) and isinstance(a.expr, IConst) for a in r.args):
            cell = tuple(a.expr.value for a in r.args)
            self.lines.append(self.cellLine(r.name, cell))
            return
        doms = [self.shapes.domain(("T", r.name, k)) for k in range(rank)]
        if math.prod(d.n for d in doms) > SPARSE_CELLS:
            cells = [c for c in self.engine.knownCells(r.name) if self.fits(r, c) and self.engine.value(r.name, c)]
            cells.sort(key=lambda row: [valueKey(v) for v in row])
            self.list(r, f"{self.header(r, t)}? {len(cells)} nonzero", [self.cellLine(r.name, c) for c in cells])
            return
        cells = [c for c in itertools.product(*self.queryDomains(r, t, doms)) if self.fits(r, c)]
        self.list(r, f"{self.header(r, t)}? {len(cells)}", [self.cellLine(r.name, c) for c in cells])

    def queryDomains(self, r, t, doms):
        out = []
        for k, d in enumerate(doms):
            a = r.args[k] if r.args else None
            if isinstance(a, Index) and isinstance(a.expr, IConst):
                out.append([a.expr.value])
            elif k in t.virtual:
                out.append(list(d)[-1:])
            else:
                out.append(list(d))
        return out

    def cellLine(self, name, cell):
        v = self.engine.value(name, cell) if self.engine.inRange(name, cell) else 0
        return f"{show(name, cell, False)} = {fmt(v)}"

    # -- writes
    def write(self, s):
        t = self.prog.tensors[s.ref.name]
        if t.relation:
            rows = [r for r in self.engine.relation(t.name) if self.fits(s.ref, r)]
            rows.sort(key=lambda row: [valueKey(v) for v in row])
            rows = [[str(v) for v in r] for r in rows]
        else:
            rows = self.tensorRows(s, t)
        lines = writeText(s.path, rows)
        with open(os.path.join(self.folder, s.path), "w", encoding="utf-8") as f:
            f.write("".join(x + "\n" for x in lines))
        self.lines.append(f"wrote {s.path}")
        self.lines += ["  " + x for x in lines]

    def tensorRows(self, s, t):
        doms = [list(self.shapes.domain(("T", t.name, k))) for k in range(t.rank or 0)]
        if len(doms) <= 1:
            return [[fmt(self.engine.value(t.name, c))] for c in itertools.product(*doms)]
        return [[fmt(self.engine.value(t.name, c + (x,))) for x in doms[-1]]
                for c in itertools.product(*doms[:-1])]


class Many(Exception):
    def __init__(self, errors):
        super().__init__("errors")
        self.errors = errors
