# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluation by brute force (digest 2.5 to 2.7)."""

import itertools
import math

from analyse import BUILTIN, exprVars, tensorRefs
from lexer import TlvError
from shapes import Cycle, Dom, evalIndex
from syntax import (Atom, Call, Compare, IConst, Index, IVar, Num, Pow, Ref, Rule, Slice, Str, Sum, Term, children,
                    ivars, refVars, unwrap)

ROUNDS = 100_000
SPARSE_CELLS = 1 << 26


class Relation:
    """A set of rows with hash indexes that are built when asked for."""

    def __init__(self, rows=()):
        self.rows, self.set, self.indexes = [], set(), {}
        for r in rows:
            self.add(r)

    def add(self, row):
        if row in self.set:
            return False
        self.set.add(row)
        self.rows.append(row)
        for ks, table in self.indexes.items():
            table.setdefault(tuple(row[k] for k in ks), []).append(row)
        return True

    def match(self, ks, key):
        if not ks:
            return self.rows
        if ks not in self.indexes:
            table = self.indexes[ks] = {}
            for row in self.rows:
                table.setdefault(tuple(row[k] for k in ks), []).append(row)
        return self.indexes[ks].get(key, ())

    def __iter__(self):
        return iter(self.rows)


def number(v, pos):
    if isinstance(v, str):
        raise TlvError("E-TYPE", pos, f"symbol {v} where a number is needed")
    return v


def finite(v, pos):
    """A value that a cell can hold: a finite real, or an integer of 64 bits."""
    if isinstance(v, float) and (math.isnan(v) or math.isinf(v)):
        raise TlvError("E-MATH", pos, f"result {v}")
    if isinstance(v, int) and not -2**63 <= v < 2**63:
        raise TlvError("E-MATH", pos, f"result {v:.6e} needs more than 64 bits" if abs(v) < 2**1000 else
                       "the result needs more than 64 bits")
    return v


def integral(v):
    return not isinstance(v, float) or v == math.floor(v)


class Engine:
    def __init__(self, prog, shapes, data):
        self.prog, self.shapes, self.data = prog, shapes, data
        shapes.engine = self
        self.relations = {}     # finished set-valued tensors
        self.working = {}       # those of the component in evaluation
        self.memo, self.active = {}, {}
        self.plans, self.cellMaps, self.rowCache = {}, {}, {}
        self.table = None       # values during an @iterate sweep
        self.swept = {}         # tensors solved by sweeps
        self.warnings = []

    # ------------------------------------------------------------ relations
    def isSet(self, name):
        """Set-valued: relations, and Boolean tensors whose recursion has no strict edge."""
        t = self.prog.tensors[name]
        if t.relation:
            return True
        c = self.prog.component[name]
        return t.boolean and self.prog.recursive(name) and not self.prog.strictComponent(name) \
            and all(self.prog.tensors[n].boolean for n in c)

    def relation(self, name, pos=None):
        if name in self.relations:
            return self.relations[name]
        if name in self.working:
            if pos is not None:
                raise TlvError("E-DOMAIN", pos, f"{name} needs its own size")
            return self.working[name]
        self.fixpoint(self.prog.component[name])
        return self.relations[name]

    def fixpoint(self, component):
        names = sorted(component)
        full = {n: Relation() for n in names}
        self.working.update(full)
        rules = []
        for n in names:
            for row in self.baseRows(n):
                self.insert(full, n, row)
            rules += self.rulesOf(n)
        delta = {n: Relation(full[n].rows) for n in names}
        first = True
        rounds = 0
        while first or any(d.rows for d in delta.values()):
            new = {n: Relation() for n in names}
            for rule in rules:
                self.fire(rule, names, full, delta, new, first)
            if first:
                for n in names:
                    for row in self.strictRows(n):
                        new[n].add(row)
            first = False
            delta = {n: Relation() for n in names}
            for n in names:
                for row in new[n]:
                    if self.insert(full, n, row):
                        delta[n].add(row)
            rounds += any(d.rows for d in delta.values())
            if rounds > ROUNDS:
                culprit = next(r for r in rules if delta[r[0].name].rows and self.recursivePlaces(r, names))
                raise TlvError("E-LIMIT", culprit[0].pos, f"{culprit[0].name} grows without end")
        for n in names:
            self.relations[n] = full[n]
            del self.working[n]

    def insert(self, full, name, row):
        if not self.prog.tensors[name].relation and not self.inRange(name, row):
            return False
        return full[name].add(row)

    def baseRows(self, name):
        t = self.prog.tensors[name]
        for r in t.facts:
            yield tuple(a.expr.value for a in r.args)
        for n, rows, _ in self.data.relationRows:
            if n == name:
                yield from rows
        for s in t.literals:
            for cell, v in listCells(s.list):
                if v > 0:
                    yield cell

    def rulesOf(self, name):
        """(head, literals) of the rules and of the pure positive equations."""
        out = [(s.head, s.body) for s in self.prog.tensors[name].rules]
        for s in self.prog.tensors[name].equations:
            for refs in s.pure or []:
                out.append((s.head, [Atom(r.pos, ref=r, negated=False) for r in refs]))
        return out

    def strictRows(self, name):
        for s in self.prog.tensors[name].equations:
            if s.pure is None:
                for cell, envs in self.cells(s).items():
                    if any(self.pool("=", self.contribution(s, env)) > 0 for env in envs):
                        yield cell

    def recursivePlaces(self, rule, names):
        return [k for k, b in enumerate(rule[1])
                if isinstance(b, Atom) and not b.negated and b.ref.name in names]

    def fire(self, rule, names, full, delta, new, first):
        head, body = rule
        places = self.recursivePlaces(rule, names)
        if first:
            jobs = [None]
        else:
            jobs = [k for k in places if delta[body[k].ref.name].rows]
        for k in jobs:
            override = {id(body[k]): delta[body[k].ref.name]} if k is not None else {}
            for env in self.solutions(body, {}, override):
                row = []
                for a in head.args:
                    row.append(self.argument(a, env))
                new[head.name].add(tuple(row))

    def argument(self, a, env):
        try:
            return evalIndex(a.expr, env)
        except TlvError as e:
            raise TlvError(e.code, a.pos, e.text)

    # ------------------------------------------------------------ bodies
    def solutions(self, body, env, override):
        """All assignments that satisfy every literal. Run-time errors of a literal
        count only where all the others hold."""
        for env2, errors in self.search(list(body), env, [], override):
            if errors:
                raise errors[0]
            yield env2

    def search(self, items, env, errors, override):
        if not items:
            yield env, errors
            return
        k, how, extra = self.choose(items, env, override)
        item, rest = items[k], items[:k] + items[k + 1:]
        if how == "test":
            try:
                ok = self.holds(item, env)
            except TlvError as e:
                errors, ok = errors + [e], True
            if ok:
                yield from self.search(rest, env, errors, override)
        elif how == "match":
            for env2 in self.matches(item.ref, env, override.get(id(item))):
                yield from self.search(rest, env2, errors, override)
        elif how == "bind":
            name, expr = extra
            try:
                v = self.sideValue(expr, env)
                if not isinstance(v, str):
                    if not integral(v):
                        raise TlvError("E-TYPE", item.pos, f"{name} would be {v}")
                    v = int(v)
                yield from self.search(rest, {**env, name: v}, errors, override)
            except TlvError as e:
                rest = [b for b in rest if name not in literalVars(b)]
                for env2, errs in self.search(rest, env, errors + [e], override):
                    yield env2, errs
        else:
            name, node = extra
            for v in self.shapes.domain(node):
                yield from self.search(items, {**env, name: v}, errors, override)

    def choose(self, items, env, override):
        """(position, how, extra): tests first, then bindings, then the best atom."""
        best = None
        for k, b in enumerate(items):
            free = [v for v in literalVars(b) if v not in env]
            if isinstance(b, Compare):
                if not free:
                    return k, "test", None
                if b.op == "==":
                    for x, y in ((b.left, b.right), (b.right, b.left)):
                        v = unwrap(x)
                        if isinstance(v, Ref) and v.kind == "index" and v.name in free \
                                and all(n in env for n in exprVars(y)):
                            return k, "bind", (v.name, y)
            elif b.negated:
                if all(v.startswith("_#") for v in free):
                    return k, "test", None
            elif not free and id(b) not in override:
                return k, "test", None
            elif self.setRef(b.ref) and self.matchable(b.ref, env):
                bound = sum(1 for a in b.ref.args if not isinstance(a, Slice)
                            and all(v.name in env for v in ivars(a.expr)))
                score = (id(b) in override, bound)
                if best is None or score > best[0]:
                    best = (score, k)
        if best is not None:
            return best[1], "match", None
        return self.chooseDomain(items, env)

    def chooseDomain(self, items, env):
        for b in items:
            rs = [b.ref] if isinstance(b, Atom) else tensorRefs(b.left) + tensorRefs(b.right)
            for r in rs:
                for k, a in enumerate(r.args or []):
                    if isinstance(a, Index) and isinstance(a.expr, IVar) and a.expr.name not in env:
                        return 0, "domain", (a.expr.name, ("T", r.name, k))
        raise AssertionError("unsafe body")

    def setRef(self, r):
        return r.name in self.prog.tensors and self.isSet(r.name)

    @staticmethod
    def matchable(r, env):
        return all(isinstance(a, Slice) or isinstance(a.expr, (IVar, IConst))
                   or all(v.name in env for v in ivars(a.expr)) for a in r.args)

    def matches(self, r, env, rel):
        rel = rel if rel is not None else self.relation(r.name)
        ks, key, free = [], [], []
        for k, a in enumerate(r.args):
            if isinstance(a, Slice) or (isinstance(a.expr, IVar) and a.expr.name not in env):
                free.append((k, a))
                continue
            ks.append(k)
            key.append(evalIndex(a.expr, env))
        rows = rel.match(tuple(ks), tuple(key))
        for row in list(rows):
            env2 = dict(env)
            if all(self.bindOne(a, row[k], env2) for k, a in free):
                yield env2

    @staticmethod
    def bindOne(a, v, env):
        if isinstance(a, Slice):
            return inSlice(a, v)
        name = a.expr.name
        if name in env:
            return env[name] == v and isinstance(env[name], str) == isinstance(v, str)
        env[name] = v
        return True

    def holds(self, b, env):
        if isinstance(b, Compare):
            return self.compare(b, env)
        if b.negated:
            return not self.exists(b.ref, env)
        return self.truth(b.ref, env)

    def exists(self, r, env):
        if any(v.name not in env for v in refVars(r)):
            if self.setRef(r):
                return any(True for _ in self.matches(r, env, None))
            names = [v.name for v in refVars(r) if v.name not in env]
            doms = [self.shapes.domain(("T", r.name, k)) for k, a in enumerate(r.args)
                    if isinstance(a.expr, IVar) and a.expr.name in names]
            return any(self.truth(r, {**env, **dict(zip(names, vs))}) for vs in itertools.product(*doms))
        return self.truth(r, env)

    def truth(self, r, env):
        return self.read(r, env) > 0

    def sideValue(self, e, env):
        """A side of a comparison: a symbol, or a number."""
        u = unwrap(e)
        if isinstance(u, Str):
            return u.value
        if isinstance(u, Ref) and u.kind == "symbol":
            return u.name
        if isinstance(u, Ref) and u.kind == "index":
            return env[u.name]
        return self.ev(e, env, {})

    def compare(self, b, env):
        x, y = self.sideValue(b.left, env), self.sideValue(b.right, env)
        sx, sy = isinstance(x, str), isinstance(y, str)
        if b.op in ("==", "!="):
            return (sx == sy and x == y) == (b.op == "==")
        if sx != sy:
            raise TlvError("E-TYPE", (b.left if sx else b.right).pos, "a symbol ordered against a number")
        return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[b.op]

    # ------------------------------------------------------------ expressions
    def plan(self, s):
        """Where each index is summed (2.6): id(context) -> variables; 0 is the top."""
        if s.id not in self.plans:
            self.plans[s.id] = makePlan(s, full=s.op in ("=", "+="))
        return self.plans[s.id]

    def ev(self, e, env, plan):
        if isinstance(e, Num):
            return e.value
        if isinstance(e, Str):
            raise TlvError("E-TYPE", e.pos, "a string in an expression")
        if isinstance(e, Ref):
            return self.read(e, env)
        if isinstance(e, Sum):
            return finite(sum(s * self.ev(t, env, plan) for s, t in e.terms), e.pos)
        if isinstance(e, Term):
            return self.chain(e.ops, env, plan)
        if isinstance(e, Pow):
            return self.power(e, env, plan)
        if isinstance(e, Call):
            return self.call(e, [self.context(a, env, plan) for a in e.args])
        if isinstance(e, Opaque):
            return self.chain(e.ops, env, plan)
        raise AssertionError(e)

    def chain(self, ops, env, plan):
        v = 1
        for op, f in ops:
            if op == "*":
                x = self.ev(f, env, plan)
                v = v * x
            elif op == "/":
                x = self.context(f, env, plan)
                if x == 0:
                    raise TlvError("E-DIV0", f.pos, "division by 0")
                v = v // x if isinstance(v, int) and isinstance(x, int) and v % x == 0 else v / x
            else:
                v = self.modulo(v, self.context(f, env, plan), ops, f)
            finite(v, f.pos)
        return v

    @staticmethod
    def modulo(v, x, ops, f):
        if not integral(v):
            raise TlvError("E-TYPE", ops[0][1].pos, "% of a fraction")
        if not integral(x):
            raise TlvError("E-TYPE", f.pos, "% of a fraction")
        if x == 0:
            raise TlvError("E-DIV0", f.pos, "% by 0")
        return int(v) % int(x)

    def power(self, e, env, plan):
        b = self.context(e.base, env, plan)
        x = self.ev(e.exponent, env, plan)
        x = -x if e.negative else x
        if b == 0 and x < 0:
            raise TlvError("E-DIV0", e.base.pos, "0 to a negative power")
        if b < 0 and not integral(x):
            raise TlvError("E-MATH", e.base.pos, "root of a negative number")
        try:
            if isinstance(b, int) and integral(x) and x >= 0:
                return finite(b ** int(x) if abs(b) < 2 else b ** min(int(x), 64), e.base.pos)
            return finite(float(b) ** x, e.base.pos)
        except OverflowError:
            raise TlvError("E-MATH", e.base.pos, "overflow")

    def call(self, e, args):
        try:
            return finite(FUNCTIONS[e.name](*args), e.pos)
        except (ValueError, OverflowError, ZeroDivisionError):
            raise TlvError("E-MATH", e.pos, f"{e.name} of {args}")

    def context(self, e, env, plan):
        names = plan.get(id(e))
        if not names:
            return self.ev(e, env, plan)
        return self.sumTerms(e, env, plan, names)

    def sumTerms(self, e, env, plan, names):
        total = 0
        for sign, ops in expand(e):
            here = [v for v in names if v in opsVars(ops)]
            for env2 in self.combinations(here, ops, env, plan):
                total += sign * self.chain(ops, env2, plan)
        return finite(total, e.pos)

    def combinations(self, names, ops, env, plan):
        """Assignments of the names; those with a false Boolean factor are skipped."""
        guards = [f for op, f in ops if op == "*" and isinstance(f, Ref) and f.kind == "tensor"
                  and self.isBoolean(f)]
        joins = [r for r in guards if self.setRef(r) and all(
            isinstance(a, Index) and isinstance(a.expr, (IVar, IConst)) for a in r.args or [])]
        tests = [r for r in guards if r not in joins]
        items = [Atom(r.pos, ref=r, negated=False) for r in joins]
        for env2 in self.solutions(items, env, {}):
            if any(env2[v] not in self.varDomain(plan, v) for v in names if v in env2 and v not in env):
                continue
            rest = [v for v in names if v not in env2]
            for vals in itertools.product(*[self.varDomain(plan, v) for v in rest]):
                env3 = {**env2, **dict(zip(rest, vals))}
                if all(self.truth(r, env3) for r in tests):
                    yield env3

    def isBoolean(self, r):
        return r.paren or (r.name in self.prog.tensors and self.prog.tensors[r.name].boolean)

    def varDomain(self, plan, v):
        s = plan["statement"]
        if v.startswith(":"):
            return Dom(plan["slices"][v])
        return self.shapes.domain(("V", s.id, v))

    # ------------------------------------------------------------ reading cells
    def read(self, r, env):
        if r.kind == "index":
            return number(env[r.name], r.pos)
        if r.kind == "symbol":
            raise TlvError("E-TYPE", r.pos, f"symbol {r.name} where a number is needed")
        cell = tuple(self.place(r, k, a, env) for k, a in enumerate(self.named(r)))
        if r.name in BUILTIN and r.name not in self.prog.tensors:
            x = cell[0]
            return int(not isinstance(x, str) and x % 2 == (0 if r.name == "Even" else 1))
        if self.setRef(r):
            return int(cell in self.relation(r.name).set)
        v = self.value(r.name, cell) if self.inRange(r.name, cell) else 0
        return int(v > 0) if r.paren else v

    def named(self, r):
        """Arguments with slices numbered by their order."""
        out, n = [], 0
        for a in r.args or []:
            out.append((a, n) if isinstance(a, Slice) else (a, None))
            n += isinstance(a, Slice)
        return out

    def place(self, r, k, pair, env):
        a, n = pair
        if isinstance(a, Slice):
            return env[f":{n}"] + (a.low.value if a.low else 0)
        try:
            return evalIndex(a.expr, env)
        except TlvError as e:
            raise TlvError(e.code, a.pos, e.text)

    def inRange(self, name, cell):
        return all(v in self.shapes.domain(("T", name, k)) for k, v in enumerate(cell))

    def value(self, name, cell):
        if self.table is not None and name in self.table:
            return self.table[name].get(cell, 0)
        if name in self.swept:
            return self.swept[name].get(cell, 0)
        key = (name, cell)
        if key in self.memo:
            return self.memo[key]
        if key in self.active:
            raise Cycle(self.active[key])
        t = self.prog.tensors[name]
        parts = self.given(name).get(cell, [])[:]
        op = "="
        for s in t.equations:
            op = s.op
            for env in self.cells(s).get(cell, []):
                self.active[key] = s
                try:
                    parts += self.contribution(s, env)
                finally:
                    self.active.pop(key, None)
        v = self.pooled(t, op, parts)
        if t.boolean:
            v = int(v > 0)
        self.memo[key] = v
        return v

    def given(self, name):
        """Cells of literals and files."""
        if ("given", name) not in self.memo:
            out = {}
            for s in self.prog.tensors[name].literals:
                for cell, v in listCells(s.list):
                    out.setdefault(cell, []).append(v)
            for cell, v in self.data.tensorValues.get(name, {}).items():
                out.setdefault(cell, []).append(v)
            self.memo[("given", name)] = out
        return self.memo[("given", name)]

    def pooled(self, t, op, parts):
        v = self.pool(op, parts)
        return finite(v, t.equations[0].pos) if t.equations and not t.boolean else v

    @staticmethod
    def pool(op, parts):
        if not parts:
            return 0
        if op in ("=", "+="):
            return sum(parts)
        if op == "max=":
            return max(parts)
        if op == "min=":
            return min(parts)
        if op == "avg=":
            return sum(parts) / len(parts)
        return math.prod(parts)

    # ------------------------------------------------------------ equations
    def cells(self, s):
        """cell -> assignments of the left variables that contribute to it."""
        if s.id not in self.cellMaps:
            out = {}
            for env in self.leftAssignments(s):
                cell = tuple(self.place(s.head, k, a, env) for k, a in enumerate(self.named(s.head)))
                relation = self.prog.tensors[s.head.name].relation
                if (relation or self.inRange(s.head.name, cell)) and self.applicable(s, env):
                    out.setdefault(cell, []).append(env)
            self.cellMaps[s.id] = out
        return self.cellMaps[s.id]

    def leftAssignments(self, s):
        plan = self.plan(s)
        names = leftNames(s)
        doms = [self.varDomain(plan, v) for v in names]
        if math.prod(d.n for d in doms) > 1 << 22:
            return self.sparseAssignments(s, plan, names)
        return (dict(zip(names, vals)) for vals in itertools.product(*doms))

    def sparseAssignments(self, s, plan, names):
        seen = {}
        for _, ops in expand(s.expr):
            for env in self.combinations(plan.get(0, []) + names, ops, {}, plan):
                seen[tuple(env[v] for v in names)] = True
        return [dict(zip(names, vals)) for vals in seen]

    def applicable(self, s, env):
        """Rule 6."""
        for r in tensorRefs(s.expr):
            t = self.prog.tensors.get(r.name)
            if t is None or t.relation:
                continue
            for k, a in enumerate(r.args or []):
                if isinstance(a, Slice) or any(v.name not in env for v in ivars(a.expr)):
                    continue
                if evalIndex(a.expr, env) not in self.shapes.domain(("T", r.name, k)):
                    return False
        return True

    def contribution(self, s, env):
        """The values that one left assignment sends to its cell."""
        plan = self.plan(s)
        body = unwrap(s.expr)
        if isinstance(body, Call) and body.name in ("softmax", "lnorm"):
            return [self.normalised(s, body, env, plan)]
        if isinstance(body, Call) and body.name == "concat":
            return [self.concat(s, body, env, plan)]
        names = plan.get(0, [])
        if s.op in ("=", "+="):
            return [self.sumTerms(s.expr, env, plan, names)]
        top = unwrapTerm(s.expr)
        ops = top[1] if top else []
        return [self.ev(s.expr, env2, plan) for env2 in self.combinations(names, ops, env, plan)]

    def normalised(self, s, body, env, plan):
        dotted = [v.name for a in s.head.args or [] if isinstance(a, Index) and a.dot for v in ivars(a.expr)]
        axis = dotted or leftNames(s)
        key = (s.id, tuple(sorted((k, v) for k, v in env.items() if k not in axis)))
        if key not in self.rowCache or self.table is not None:
            envs = [e for es in self.cells(s).values() for e in es
                    if all(e[k] == v for k, v in env.items() if k not in axis)]
            xs = [self.context(body.args[0], e, plan) for e in envs]
            ys = softmax(xs) if body.name == "softmax" else lnorm(xs)
            self.rowCache[key] = {tuple(e[a] for a in axis): y for e, y in zip(envs, ys)}
        return self.rowCache[key][tuple(env[a] for a in axis)]

    def concat(self, s, body, env, plan):
        (target,), joined = self.shapes.concatParts(s)
        doms = [list(self.varDomain(plan, v)) for v in joined]
        place = list(self.varDomain(plan, target)).index(env[target])
        vals = list(itertools.product(*doms))[place]
        return self.ev(body.args[0], {**env, **dict(zip(joined, vals))}, plan)

    # ------------------------------------------------------------ whole programs
    def evaluateAll(self):
        for component in self.prog.components:
            names = [n for n in sorted(component) if self.prog.tensors[n].defined()]
            for n in names:
                if self.isSet(n):
                    self.relation(n)
            self.evaluateCells([n for n in names if not self.isSet(n)])

    def evaluateCells(self, names):
        try:
            for n in names:
                for cell in self.knownCells(n):
                    self.value(n, cell)
        except Cycle as c:
            self.active.clear()
            if self.prog.iterate is None:
                raise TlvError("E-CYCLE", c.equation.pos, "an element depends on itself")
            self.sweep(names)

    def knownCells(self, n):
        cells = set(self.given(n))
        for s in self.prog.tensors[n].equations:
            cells |= set(self.cells(s))
        return cells

    def sweep(self, names):
        """@iterate: sweeps over the equations in source order."""
        self.memo = {k: v for k, v in self.memo.items() if k[0] not in names}
        equations = sorted((s for n in names for s in self.prog.tensors[n].equations), key=lambda s: s.id)
        parts = {}
        self.table = {n: {} for n in names}
        for s in equations:
            if isinstance(unwrap(s.expr), Num):
                parts[s.id] = {c: [v for e in es for v in self.contribution(s, e)]
                               for c, es in self.cells(s).items()}
        for n in names:
            self.refresh(n, parts)
        limit, tol = int(self.prog.iterate["max"]), self.prog.iterate["tol"]
        for _ in range(limit):
            before = {n: dict(self.table[n]) for n in names}
            for s in equations:
                parts[s.id] = {c: [v for e in es for v in self.contribution(s, e)]
                               for c, es in self.cells(s).items()}
                self.refresh(s.head.name, parts)
            change = max([abs(v - before[n].get(c, 0)) for n in names for c, v in self.table[n].items()],
                         default=0)
            if change < tol:
                break
        else:
            self.warnings.append(f"@iterate stopped at its maximum, residual {change:g}")
        self.swept.update(self.table)
        self.table = None
        self.rowCache = {}

    def refresh(self, name, parts):
        t = self.prog.tensors[name]
        out = {}
        for cell in self.knownCells(name):
            mine = self.given(name).get(cell, [])[:]
            for s in t.equations:
                mine += parts.get(s.id, {}).get(cell, [])
            v = self.pooled(t, t.equations[0].op if t.equations else "=", mine)
            out[cell] = int(v > 0) if t.boolean else v
        self.table[name] = out


# ---------------------------------------------------------------- sum placement
class Opaque:
    """Everything up to the last % of a product: not distributed over."""

    def __init__(self, ops):
        self.ops = ops
        self.pos = ops[0][1].pos


def expand(e):
    """Additive terms [(sign, ops)] with plain parenthesised sums distributed."""
    if isinstance(e, Sum):
        return [(s * s2, ops) for s, t in e.terms for s2, ops in expand(t)]
    if not isinstance(e, Term):
        return [(1, [("*", e)])]
    ops = e.ops
    cut = max([k for k, (op, _) in enumerate(ops) if op == "%"], default=-1)
    if cut >= 0:
        ops = [("*", Opaque(ops[:cut + 1]))] + ops[cut + 1:]
    out = [(1, [])]
    for op, f in ops:
        if op == "*" and isinstance(f, Sum):
            out = [(s * s2, a + b) for s, a in out for s2, b in expand(f)]
        else:
            out = [(s, a + [(op, f)]) for s, a in out]
    return out


def nodeVars(e):
    """Variable names (and slice names) of one expression."""
    if isinstance(e, Opaque):
        return set().union(*[nodeVars(f) for _, f in e.ops])
    if isinstance(e, Ref):
        if e.kind == "index":
            return {e.name}
        n = sum(isinstance(a, Slice) for a in e.args or [])
        return {v.name for v in refVars(e)} | {f":{k}" for k in range(n)}
    return set().union(set(), *[nodeVars(c) for c in children(e)])


def opsVars(ops):
    return set().union(set(), *[nodeVars(f) for _, f in ops])


def leftNames(s):
    n = sum(isinstance(a, Slice) for a in s.head.args or [])
    return list(dict.fromkeys(v.name for v in refVars(s.head))) + [f":{k}" for k in range(n)]


def unwrapTerm(e):
    """(sign, ops) of a right side with a single term, else None."""
    sign = 1
    while isinstance(e, Sum) and len(e.terms) == 1:
        sign, term = sign * e.terms[0][0], e.terms[0][1]
        if len(term.ops) > 1 or not isinstance(term.ops[0][1], Sum):
            return sign, term.ops
        e = term.ops[0][1]
    return None


def occurrences(e, stack, full, out):
    """Records for every variable the stacks of contexts that it occurs in."""
    if isinstance(e, Ref):
        for v in nodeVars(e):
            out.setdefault(v, []).append(stack)
    elif isinstance(e, Call):
        for a in e.args:
            occurrences(a, stack + [a], full, out)
    elif isinstance(e, Pow):
        occurrences(e.base, stack + [e], full, out)
        occurrences(e.exponent, stack, full, out)
    elif isinstance(e, Term):
        for op, f in e.ops:
            context = full and op in "/%"
            occurrences(f, stack + [f] if context else stack, full, out)
    else:
        for c in children(e):
            occurrences(c, stack, full, out)


def repeatedInOneTerm(base, v):
    """Einstein's own rule for the base of a power."""
    while isinstance(base, Sum) and len(base.terms) == 1 and len(base.terms[0][1].ops) == 1 \
            and isinstance(base.terms[0][1].ops[0][1], Sum):
        base = base.terms[0][1].ops[0][1]
    if not isinstance(base, Sum):
        return False
    with_ = [t for _, t in base.terms if v in nodeVars(t)]
    return len(with_) == 1 and sum(v in nodeVars(f) for _, f in with_[0].ops) >= 2


def makePlan(s, full):
    out = {}
    occurrences(s.expr, [], full, out)
    left = set(leftNames(s))
    plan = {"statement": s, "slices": sliceLengths(s)}
    body = unwrap(s.expr)
    if isinstance(body, Call) and body.name == "concat":
        return plan
    for v, stacks in out.items():
        if v in left:
            continue
        common = stacks[0]
        for st in stacks[1:]:
            n = 0
            while n < min(len(common), len(st)) and common[n] is st[n]:
                n += 1
            common = common[:n]
        home = 0
        for c in reversed(common):
            if isinstance(c, Pow):
                if repeatedInOneTerm(c.base, v):
                    home = id(c.base)
                    break
            else:
                home = id(c)
                break
        plan.setdefault(home, []).append(v)
    return plan


def sliceLengths(s):
    out = {}
    for r in [s.head] + tensorRefs(s.expr):
        n = 0
        for a in r.args or []:
            if isinstance(a, Slice):
                high = getattr(a, "top", None) if a.high is None else a.high.value
                if high is not None:
                    out.setdefault(f":{n}", high - (a.low.value if a.low else 0))
                n += 1
    return out


# ---------------------------------------------------------------- small things
def literalVars(b):
    if isinstance(b, Atom):
        return [v.name for v in refVars(b.ref)]
    return exprVars(b.left) + exprVars(b.right)


def inSlice(a, v):
    low = a.low.value if a.low else None
    high = a.high.value if a.high else None
    return not isinstance(v, str) and (low is None or v >= low) and (high is None or v < high)


def listCells(node, prefix=()):
    if isinstance(node, Num):
        yield prefix, node.value
    else:
        for k, x in enumerate(node.items):
            yield from listCells(x, prefix + (k,))


def sigmoid(x, t=1):
    if t == 0:
        return int(x > 0)
    z = x / t
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def softmax(xs):
    top = max(xs)
    es = [math.exp(x - top) for x in xs]
    return [e / math.fsum(es) for e in es]


def lnorm(xs):
    mean = math.fsum(xs) / len(xs)
    var = math.fsum((x - mean) ** 2 for x in xs) / len(xs)
    return [(x - mean) / math.sqrt(var + 1e-5) for x in xs]


FUNCTIONS = {
    "step": lambda x: int(x > 0), "sig": sigmoid, "sigmoid": sigmoid, "relu": lambda x: max(x, 0),
    "tanh": math.tanh, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "abs": abs,
    "sign": lambda x: (x > 0) - (x < 0), "sin": math.sin, "cos": math.cos,
}
