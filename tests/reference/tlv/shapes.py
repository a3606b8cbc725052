# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes of positions and their domains (digest 2.5, rules 1 to 8)."""

import itertools

from analyse import BUILTIN, iop, tarjan, tensorRefs
from lexer import TlvError
from syntax import (Atom, Call, Equation, Facts, IBin, IConst, Index, IVar, Literal, Num, Rule, Slice, ivars, refVars,
                    unwrap)


def valueKey(v):
    """Integers before symbols, integers numerically, symbols by code point."""
    return (0, v, "") if not isinstance(v, str) else (1, 0, v)


class Cycle(Exception):
    """An element that depends on itself."""

    def __init__(self, equation):
        super().__init__("cycle")
        self.equation = equation


class Dom:
    """Ordered domain: 0..n-1, or a list of values."""

    def __init__(self, n=None, values=None):
        self.items = list(range(n)) if values is None and n < 1 << 22 else values
        self.n = n if values is None else len(values)
        self.integer = values is None
        self.set = None if self.integer else set(values)

    def __contains__(self, v):
        if self.integer:
            return not isinstance(v, str) and 0 <= v < self.n
        return v in self.set

    def __iter__(self):
        return iter(range(self.n) if self.integer else self.items)


def evalIndex(e, env):
    if isinstance(e, IConst):
        return e.value
    if isinstance(e, IVar):
        return env[e.name]
    return iop(e.op, evalIndex(e.left, env), evalIndex(e.right, env), e.pos)


class Shapes:
    def __init__(self, prog, data):
        self.prog, self.data = prog, data
        self.parent = {}
        self.sources = {}      # root -> [(Dom, kind, who, pos)], first one rules
        self.constants = {}    # root -> [(value, pos)]
        self.errors = []
        self.clashed = set()
        self.engine = None     # set later; computes relations for rule 8
        self.sizes = {}        # root -> Dom, solved
        self.shifted = self.findShifted()
        self.attach()
        self.merge()
        self.collect()
        self.solve()
        if not self.errors:
            self.checkStatic()

    def error(self, code, pos, text):
        if (code, pos) not in [(e.code, e.pos) for e in self.errors]:
            self.errors.append(TlvError(code, pos, text))

    # -- union-find
    def find(self, n):
        self.parent.setdefault(n, n)
        while self.parent[n] != n:
            n = self.parent[n]
        return n

    def members(self, root):
        return [n for n in self.parent if self.find(n) == root]

    def roots(self):
        return [n for n in self.parent if self.parent[n] == n]

    def union(self, a, b, pos):
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        sa, sb = self.sources.get(a, []), self.sources.get(b, [])
        if sa and sb and sa[0][0].n != sb[0][0].n and not {a, b} & self.clashed:
            self.error("E-SHAPE", pos, f"size {sb[0][0].n} here but {sa[0][0].n} at {sa[0][3]}")
            self.clashed |= {a, b}
        self.parent[b] = a
        self.sources[a] = sa + sb
        if b in self.clashed:
            self.clashed.add(a)

    def put(self, node, dom, kind, who, pos):
        root = self.find(node)
        have = self.sources.setdefault(root, [])
        if have and have[0][0].n != dom.n:
            self.error("E-SHAPE", pos, f"size {dom.n} here but {have[0][0].n} at {have[0][3]}")
        have.append((dom, kind, who, pos))

    # -- rule 2
    def findShifted(self):
        out = set()
        for s in self.prog.statements:
            if isinstance(s, Equation):
                for r in [s.head] + tensorRefs(s.expr):
                    for k, a in enumerate(r.args or []):
                        if isinstance(a, Index) and isinstance(a.expr, IBin) and ivars(a.expr):
                            out.add(("T", r.name, k))
        return out

    # -- rule 3, the known sizes
    def attach(self):
        for s in self.prog.statements:
            if hasattr(s, "sizes") and s.sizes:
                for k, z in enumerate(s.sizes):
                    if isinstance(z.value, str):
                        self.error("E-DOMAIN", z.pos, f"{z.value} is no integer scalar")
                    else:
                        self.put(("T", s.ref.name, k), Dom(z.value), "decl", s.ref.name, s.pos)
            elif isinstance(s, Literal):
                self.attachLiteral(s)
        for name, dims, pos in self.data.tensorShapes:
            for k, n in enumerate(dims):
                self.put(("T", name, k), Dom(n), "file", name, pos)

    def attachLiteral(self, s):
        dims = []
        self.ragged(s.list, dims, 0)
        rank = len(s.head.args) if s.head.args is not None else None
        if rank is not None and rank != len(dims):
            self.error("E-SHAPE", s.listpos, f"literal of rank {len(dims)} for {rank} indices")
            return
        for k, n in enumerate(dims):
            self.put(("T", s.head.name, k), Dom(n), "literal", s.head.name, s.listpos)

    def ragged(self, node, dims, depth):
        if isinstance(node, Num):
            if depth < len(dims):
                self.error("E-SHAPE", node.pos, "ragged literal")
            return
        if depth == len(dims):
            dims.append(len(node.items))
        elif dims[depth] != len(node.items):
            self.error("E-SHAPE", node.pos, "ragged literal")
        for x in node.items:
            if isinstance(x, Num) and depth + 1 < len(dims):
                self.error("E-SHAPE", x.pos, "ragged literal")
            elif not isinstance(x, Num):
                self.ragged(x, dims, depth + 1)

    # -- rule 1
    def merge(self):
        for s in self.prog.statements:
            names = {v.name for r in self.prog.allRefs(s) for v in refVars(r)}
            if isinstance(s, (Equation, Rule)):
                for name, size, pos in self.prog.domains:
                    if name in names:
                        dom = Dom(values=size) if isinstance(size, list) else Dom(size)
                        self.put(("V", s.id, name), dom, "domain", (s.id, name), pos)
                for r in self.usedRefs(s):
                    self.mergeRef(s, r)

    def usedRefs(self, s):
        if isinstance(s, Equation):
            return [s.head] + tensorRefs(s.expr)
        out = [s.head]
        for b in s.body:
            out += [b.ref] if isinstance(b, Atom) else tensorRefs(b.left) + tensorRefs(b.right)
        return out

    def mergeRef(self, s, r):
        for k, a in enumerate(r.args or []):
            node = ("T", r.name, k)
            if r.name in BUILTIN and r.name not in self.prog.tensors:
                continue
            self.find(node)
            if isinstance(a, Slice):
                continue
            for v in ivars(a.expr):
                self.find(("V", s.id, v.name))
            if isinstance(a.expr, IVar) and node not in self.shifted:
                self.union(("V", s.id, a.expr.name), node, a.pos)

    # -- rule 3, the constants
    def collect(self):
        for t in self.prog.tensors.values():
            for k in range(t.rank or 0):
                self.find(("T", t.name, k))
        for s in self.prog.statements:
            for r in s.refs if isinstance(s, Facts) else self.usedRefs(s) if isinstance(s, (Equation, Rule)) else []:
                for k, a in enumerate(r.args or []):
                    if isinstance(a, Index) and isinstance(a.expr, IConst):
                        self.constant(r.name, k, a.expr.value, a.pos)
        for name, rows, pos in self.data.relationRows:
            for row in rows:
                for k, v in enumerate(row):
                    self.constant(name, k, v, pos)

    def constant(self, name, k, value, pos):
        node = ("T", name, k)
        if node not in self.shifted:
            self.constants.setdefault(self.find(node), []).append((value, pos))

    def isTensorPosition(self, n):
        return n[0] == "T" and n[1] in self.prog.tensors and not self.prog.tensors[n[1]].relation

    def fromConstants(self, root, extra=()):
        """Domain of a class out of its constants; None if there is nothing to go by."""
        pairs = self.constants.get(root, []) + [(v, None) for v in extra]
        members = self.members(root)
        if not pairs:
            column = any(n[0] == "T" and self.prog.tensors[n[1]].relation for n in members)
            return Dom(0) if column else None
        ints = [v for v, _ in pairs if not isinstance(v, str)]
        syms = sorted({v for v, _ in pairs if isinstance(v, str)})
        if any(self.isTensorPosition(n) for n in members):
            where = sorted((p for p in pairs if p[1]), key=lambda p: p[1])
            if ints and syms:
                pos = next((p for v, p in where if isinstance(v, str) != isinstance(where[0][0], str)), None)
                raise TlvError("E-SHAPE", pos or self.anyPos(root), "symbols together with integers")
            if any(v < 0 for v in ints):
                pos = next((p for v, p in where if not isinstance(v, str) and v < 0), None)
                raise TlvError("E-RANGE", pos or self.anyPos(root), "negative position")
        n = max([v + 1 for v in ints if v >= 0], default=0)
        if not syms:
            return Dom(n)
        return Dom(values=list(range(n)) + syms)

    def anyPos(self, root):
        return min(self.usePositions(root), default=(1, 1))

    def usePositions(self, root):
        out = []
        for s in self.prog.statements:
            if isinstance(s, (Equation, Rule)):
                for r in self.usedRefs(s):
                    for a in r.args or []:
                        if isinstance(a, Index):
                            out += [v.pos for v in ivars(a.expr) if self.find(("V", s.id, v.name)) == root]
        for n in [] if out else self.members(root):
            if n[0] == "T":
                out += [r.pos for s in self.prog.statements for r in self.prog.allRefs(s) if r.name == n[1]]
        return out

    # -- solving
    def solve(self):
        self.lazy = self.lazyRoots()
        for root in self.roots():
            if self.sources.get(root):
                self.sizes[root] = self.bestSource(root)
        while self.pass1() or self.pass2() or self.pass3() or self.pass4():
            pass
        self.reportUnsized()
        self.checkRule4()
        if self.lazy and not self.errors:
            self.checkWaits()

    def bestSource(self, root):
        """A list of symbols gives its order; otherwise the first known size."""
        for dom, *_ in self.sources[root]:
            if not dom.integer:
                return dom
        return self.sources[root][0][0]

    def lazyRoots(self):
        """Rule 8: classes with a column whose values rules compute."""
        out = {}
        for s in self.prog.statements:
            if not isinstance(s, Rule):
                continue
            for k, a in enumerate(s.head.args):
                computed = isinstance(a, Index) and ivars(a.expr) and (
                    not isinstance(a.expr, IVar) or a.expr.name not in s.atomBound)
                if computed:
                    root = self.find(("T", s.head.name, k))
                    out.setdefault(root, set()).add((s.head.name, k))
        return {r: c for r, c in out.items() if not self.sources.get(r)}

    def try_(self, root, dom):
        if dom is None or root in self.sizes:
            return False
        self.sizes[root] = dom
        return True

    def pass1(self):
        """Rule 4, concat, constants; rule 5 for complete shifted positions."""
        changed = False
        for root in self.roots():
            if root in self.sizes or root in self.lazy or root in self.shifted:
                continue
            special = self.specialVars(root)
            for s, v, kind in special:
                dom = self.special(s, v, kind)
                if dom is not None:
                    changed |= self.try_(root, dom)
            if not special and not self.plainAtShifted(root):
                changed |= self.tryConstants(root)
        for node in self.shifted:
            if node not in self.sizes:
                changed |= self.try_(node, self.rule5(node, complete=True))
        return changed

    def tryConstants(self, root):
        try:
            return self.try_(root, self.fromConstants(root))
        except TlvError as e:
            self.error(e.code, e.pos, e.text)
            self.sizes[root] = Dom(0)
            return True

    def pass2(self):
        return any([self.try_(n, self.rule5(n, complete=False)) for n in self.shifted if n not in self.sizes])

    def pass3(self):
        for root in self.roots():
            if root not in self.sizes and root not in self.lazy and root not in self.shifted:
                known = [self.sizes[n] for n in self.plainAtShifted(root) if n in self.sizes]
                if known and self.try_(root, max(known, key=lambda d: d.n)):
                    return True
        return False

    def pass4(self):
        for root in self.roots():
            if root not in self.sizes and root not in self.lazy and root not in self.shifted \
                    and self.tryConstants(root):
                return True
        for n in self.shifted:
            t = self.prog.tensors.get(n[1])
            if n not in self.sizes and t is not None and t.relation:
                self.sizes[n] = Dom(0)
                return True
        return False

    def varUses(self, s, v):
        """(plain, shifted-expression) uses of v on the right, as (ref, k, index)."""
        plain, expr = [], []
        for r in tensorRefs(s.expr):
            for k, a in enumerate(r.args or []):
                if isinstance(a, Index) and v in [x.name for x in ivars(a.expr)]:
                    (plain if isinstance(a.expr, IVar) else expr).append((r, k, a))
        return plain, expr

    def specialVars(self, root):
        out = []
        for n in self.members(root):
            if n[0] != "V":
                continue
            s = self.prog.statements[n[1]]
            if not isinstance(s, Equation):
                continue
            if n[2] == self.concatIndex(s):
                out.append((s, n[2], "concat"))
                continue
            plain, expr = self.varUses(s, n[2])
            if not plain and any(self.isTensorPosition(("T", r.name, k)) for r, k, _ in expr):
                out.append((s, n[2], "rule4"))
        return out

    def special(self, s, v, kind):
        return self.concatSize(s) if kind == "concat" else self.rule4(s, v)

    def concatParts(self, s):
        """(missing left indices, joined indices) of a concat equation, else None."""
        body = unwrap(s.expr)
        if not (isinstance(body, Call) and body.name == "concat"):
            return None
        left = list(dict.fromkeys(v.name for v in refVars(s.head)))
        inside = list(dict.fromkeys(v.name for r in tensorRefs(body) for v in refVars(r)))
        return [v for v in left if v not in inside], [v for v in inside if v not in left]

    def concatIndex(self, s):
        parts = self.concatParts(s)
        return parts[0][0] if parts and len(parts[0]) == 1 else None

    def concatSize(self, s):
        n = 1
        for v in self.concatParts(s)[1]:
            dom = self.sizes.get(self.find(("V", s.id, v)))
            if dom is None:
                return None
            n *= dom.n
        return Dom(n)

    def rule4(self, s, v):
        """Last value at which every access is in range."""
        accesses = []
        for r, k, a in self.varUses(s, v)[1]:
            node = ("T", r.name, k)
            if not self.isTensorPosition(node):
                continue
            dom = self.sizes.get(self.find(node))
            others = [x for x in dict.fromkeys(y.name for y in ivars(a.expr)) if x != v]
            doms = [self.sizes.get(self.find(("V", s.id, x))) for x in others]
            if dom is None or None in doms:
                return None
            accesses.append((a.expr, dom, others, doms))
        limit = 16 + 16 * max([d.n for _, d, _, ds in accesses for d in [d, *ds]])
        last = -1
        for x in range(limit):
            if all(self.inRange(acc, v, x) for acc in accesses):
                last = x
        return None if last == limit - 1 else Dom(last + 1)

    @staticmethod
    def inRange(access, v, x):
        expr, dom, others, doms = access
        return all(evalIndex(expr, {v: x, **dict(zip(others, vals))}) in dom
                   for vals in itertools.product(*doms))

    def rule5(self, node, complete):
        """Largest left-hand value plus one, over left sides whose index has a size."""
        if self.find(node) in self.sizes:
            return None
        t = self.prog.tensors.get(node[1])
        best, found, missing = 0, False, False
        for s in t.equations if t else []:
            a = s.head.args[node[2]]
            if not isinstance(a, Index) or not ivars(a.expr):
                continue
            names = list(dict.fromkeys(v.name for v in ivars(a.expr)))
            doms = [self.sizes.get(self.find(("V", s.id, x))) for x in names]
            if None in doms:
                missing = True
                continue
            found = True
            for vals in itertools.product(*doms):
                x = evalIndex(a.expr, dict(zip(names, vals)))
                best = max(best, x + 1) if not isinstance(x, str) else best
        if not found or (complete and missing):
            return None
        return Dom(best)

    def plainAtShifted(self, root):
        """Shifted positions where a variable of this class is plain."""
        out = []
        for n in self.members(root):
            if n[0] == "V" and isinstance(self.prog.statements[n[1]], Equation):
                s = self.prog.statements[n[1]]
                for r in [s.head] + tensorRefs(s.expr):
                    for k, a in enumerate(r.args or []):
                        if isinstance(a, Index) and isinstance(a.expr, IVar) and a.expr.name == n[2] \
                                and ("T", r.name, k) in self.shifted:
                            out.append(("T", r.name, k))
        return out

    def unsized(self):
        return [r for r in self.roots() if r not in self.sizes and r not in self.lazy]

    def reportUnsized(self):
        if self.lazy:
            return
        shifted = [r for r in self.unsized() if r[0] == "T" and r in self.shifted]
        if shifted:
            for r in shifted:
                self.error("E-DOMAIN", self.prog.tensors[r[1]].firstUse, f"no size for {r[1]}: declare it")
            return
        for r in self.unsized():
            ms = self.members(r)
            if all(n[0] == "T" and not self.prog.tensors[n[1]].equations for n in ms) and \
                    not any(n[0] == "V" for n in ms) and not self.needed(ms):
                continue
            rulesOnly = all(isinstance(self.prog.statements[n[1]], Rule) for n in ms if n[0] == "V")
            if rulesOnly and not any(self.isTensorPosition(n) for n in ms):
                continue
            self.error("E-DOMAIN", self.anyPos(r), "the size of this index cannot be inferred: @domain v = ...")

    def needed(self, members):
        return any(self.isTensorPosition(n) for n in members)

    def checkRule4(self):
        for root in self.roots():
            if root not in self.sizes:
                continue
            for s, v, kind in self.specialVars(root):
                dom = self.special(s, v, kind)
                if dom is None or dom.n == self.sizes[root].n:
                    continue
                src = self.sources.get(root, [])
                excused = kind == "rule4" and any(
                    (k == "decl" and who == s.head.name) or (k == "domain" and who == (s.id, v))
                    for _, k, who, _ in src)
                if not excused:
                    pos = next((a.pos for a in s.head.args or [] if isinstance(a, Index)
                                and v in [x.name for x in ivars(a.expr)]), s.pos)
                    self.error("E-SHAPE", pos, f"size {dom.n} here but {self.sizes[root].n} elsewhere")

    # -- rule 8, as a matter of the text: E-DOMAIN does not depend on which rows a literal lets through
    def checkWaits(self):
        waits = {n: set() for n in self.prog.tensors}
        for t in self.prog.tensors.values():
            if not t.relation:
                for k in range(t.rank or 0):
                    waits[t.name] |= self.waitsOf(("T", t.name, k))
        for s in self.prog.statements:
            if isinstance(s, Equation) and not (s.pure is not None and self.prog.tensors[s.head.name].relation):
                for r in [s.head] + tensorRefs(s.expr):
                    for k, a in enumerate(r.args or []):
                        for v in ivars(a.expr) if isinstance(a, Index) else []:
                            waits[s.head.name] |= self.waitsOf(("V", s.id, v.name))
                        if r is not s.head and r.name in self.prog.tensors:
                            waits[s.head.name] |= self.waitsOf(("T", r.name, k))
            elif isinstance(s, Rule):
                for v in self.runThrough(s):
                    waits[s.head.name] |= self.waitsOf(("V", s.id, v))
        graph = {n: [e[0] for e in es] + sorted(waits[n]) for n, es in self.prog.edges.items()}
        component = {n: c for c in tarjan(graph) for n in c}
        for n in sorted(waits):
            for m in sorted(waits[n]):
                if component[n] == component[m] and not self.errors:
                    self.error("E-DOMAIN", self.prog.tensors[n].firstUse, f"{n} waits for {m}, which needs it")

    def runThrough(self, s):
        """Variables of a rule that only plain indices of numeric tensors bind."""
        seen, bound = set(), set(s.computed)
        for b in s.body:
            for r in [b.ref] if isinstance(b, Atom) else tensorRefs(b.left) + tensorRefs(b.right):
                for a in r.args or []:
                    seen |= {v.name for v in ivars(a.expr) if not v.name.startswith("_#")}
                    joins = isinstance(b, Atom) and not b.negated and r.name in self.prog.tensors \
                        and self.prog.tensors[r.name].boolean
                    if joins and isinstance(a.expr, IVar):
                        bound.add(a.expr.name)
        return seen - bound

    def waitsOf(self, node):
        """Relations with computed columns that the size of a node follows from."""
        todo, seen, out = [self.find(node)], set(), set()
        while todo:
            root = todo.pop()
            if root in seen or root in self.sizes:
                continue
            seen.add(root)
            if root in self.lazy:
                out |= {name for name, _ in self.lazy[root]}
                continue
            todo += [self.find(n) for n in self.plainAtShifted(root)]
            for s, v, kind in self.specialVars(root):
                if kind == "concat":
                    todo += [self.find(("V", s.id, x)) for x in self.concatParts(s)[1]]
                    continue
                for r, k, a in self.varUses(s, v)[1]:
                    todo.append(self.find(("T", r.name, k)))
                    todo += [self.find(("V", s.id, x.name)) for x in ivars(a.expr) if x.name != v]
            if root in self.shifted:
                for s in self.prog.tensors[root[1]].equations:
                    a = s.head.args[root[2]]
                    todo += [self.find(("V", s.id, x.name)) for x in ivars(a.expr)] if isinstance(a, Index) else []
        return out

    # -- static ranges
    def checkStatic(self):
        for s in self.prog.statements:
            rs = s.refs if isinstance(s, Facts) else self.usedRefs(s) if isinstance(s, (Equation, Rule)) else []
            for r in rs:
                if r.name not in self.prog.tensors:
                    continue
                for k, a in enumerate(r.args or []):
                    self.checkArg(r, k, a)
            if isinstance(s, Equation):
                self.checkSlices(s)
                parts = self.concatParts(s)
                if parts is not None and len(parts[0]) != 1:
                    self.error("E-SHAPE", unwrap(s.expr).pos, "concat needs one left index that its argument lacks")

    def checkArg(self, r, k, a):
        node = ("T", r.name, k)
        dom = self.sizes.get(self.find(node))
        if not self.isTensorPosition(node) or dom is None:
            return
        if isinstance(a, Slice):
            self.sliceRange(a, dom)
        elif isinstance(a.expr, IConst) and a.expr.value not in dom:
            self.error("E-RANGE", a.pos, f"{a.expr.value} is outside the domain of size {dom.n}")

    def sliceRange(self, a, dom):
        low = a.low.value if a.low else 0
        high = a.high.value if a.high else dom.n
        if a.low and not 0 <= low <= dom.n:
            self.error("E-RANGE", a.low.pos, "slice outside")
        if a.high and not 0 <= high <= dom.n:
            self.error("E-RANGE", a.high.pos, "slice outside")
        return low, high

    def checkSlices(self, s):
        lengths = {}
        for r in [s.head] + tensorRefs(s.expr):
            k = 0
            for j, a in enumerate(r.args or []):
                if isinstance(a, Slice):
                    dom = self.sizes.get(self.find(("T", r.name, j)))
                    low, high = self.sliceRange(a, dom or Dom(0))
                    if k in lengths and lengths[k] != high - low:
                        self.error("E-SHAPE", a.pos, "slices of different length")
                    lengths.setdefault(k, high - low)
                    k += 1

    # -- demand
    def domain(self, node):
        root = self.find(node)
        if root not in self.sizes:
            self.force(root)
        return self.sizes[root]

    def complete(self, name, root):
        """The finished relation; E-DOMAIN if it needs the size of this very class."""
        try:
            return self.engine.relation(name, self.anyPos(root))
        except Cycle:
            raise TlvError("E-DOMAIN", self.anyPos(root), f"{name} needs its own size")

    def force(self, root):
        todo = [root] if root in self.lazy else list(self.lazy)
        for r in todo:
            if r not in self.sizes:
                extra = []
                for name, k in self.lazy[r]:
                    extra += [row[k] for row in self.complete(name, r)]
                self.sizes[r] = self.fromConstants(r, extra) or Dom(0)
        if root not in self.sizes:
            while self.pass1() or self.pass2() or self.pass3() or self.pass4():
                pass
        if root not in self.sizes:
            raise TlvError("E-DOMAIN", self.anyPos(root), "the size of this index cannot be inferred")
