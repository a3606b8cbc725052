# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, arities, types, safety and stratification (digest 2.5, 2.7, 2.8)."""

from lexer import TlvError, isLower
from syntax import (Atom, Call, Compare, Decl, Directive, DIRECTIVES, Equation, Facts, IBin, IConst, Index, IName, IVar,
                    Literal, Num, Pow, Query, Read, Ref, Rule, Slice, Str, Sum, Term, Write, ivars,
                    refs, refVars, unwrap, walk)

FUNCTIONS = {"step": (1,), "sig": (1, 2), "sigmoid": (1,), "relu": (1,), "tanh": (1,), "exp": (1,),
             "log": (1,), "sqrt": (1,), "abs": (1,), "sign": (1,), "sin": (1,), "cos": (1,),
             "softmax": (1,), "lnorm": (1,), "concat": (1,)}
WHOLE = ("softmax", "lnorm", "concat")
BUILTIN = {"Even": 1, "Odd": 1}


class Tensor:
    """What is known of one name."""

    def __init__(self, name):
        self.name = name
        self.rank = None
        self.firstUse = None      # position
        self.relation = False     # prints as a relation
        self.boolean = False
        self.equations = []       # Equation, source order
        self.rules = []
        self.facts = []           # Ref
        self.literals = []
        self.reads = []
        self.decls = []
        self.virtual = set()      # positions with a star in a head

    def defined(self):
        return bool(self.equations or self.rules or self.facts or self.literals or self.reads or self.decls)


class Program:
    def __init__(self, statements):
        self.statements = statements
        self.errors = []
        self.tensors = {}
        self.scalars = {}         # integer scalars usable as an index
        self.iterate = None       # {"max":, "tol":}
        self.domains = []         # (name, size or list of symbols, pos)
        for k, s in enumerate(statements):
            s.id = k
        self.collect()
        self.evalScalars()
        self.resolve()
        self.fixTypes()
        self.checkNames()
        for s in statements:
            self.checkStatement(s)
        self.checkOperators()
        self.readDirectives()
        if not self.errors:
            self.stratify()

    def error(self, code, pos, text):
        if (code, pos) not in [(e.code, e.pos) for e in self.errors]:
            self.errors.append(TlvError(code, pos, text))

    def tensor(self, name):
        return self.tensors.setdefault(name, Tensor(name))

    # -- definitions
    def collect(self):
        for s in self.statements:
            if isinstance(s, Facts):
                for r in s.refs:
                    self.tensor(r.name).facts.append(r)
                    self.head(r)
            elif isinstance(s, Rule):
                self.tensor(s.head.name).rules.append(s)
                self.head(s.head)
            elif isinstance(s, Equation):
                self.tensor(s.head.name).equations.append(s)
                self.head(s.head)
            elif isinstance(s, Literal):
                self.tensor(s.head.name).literals.append(s)
                self.head(s.head)
            elif isinstance(s, Read):
                t = self.tensor(s.head.name)
                t.reads.append(s)
                self.head(s.head)
                if s.path.endswith(".txt"):
                    t.boolean = t.relation = True
            elif isinstance(s, Decl):
                t = self.tensor(s.ref.name)
                t.decls.append(s)
                self.head(s.ref)
                t.boolean |= s.type == "bool"

    def head(self, ref):
        t = self.tensor(ref.name)
        if ref.paren:
            t.boolean = t.relation = True
        for k, a in enumerate(ref.args or []):
            if isinstance(a, Index) and a.star:
                t.virtual.add(k)

    def fixTypes(self):
        for t in self.tensors.values():
            numeric = [d for d in t.decls if d.type != "bool"]
            if t.relation and numeric:
                self.error("E-TYPE", numeric[0].ref.pos, f"{t.name} is a relation, which is bool")
            only = t.equations and not (t.literals or t.reads or t.facts or t.rules or t.decls)
            if only and all(isinstance(unwrap(e.expr), Call) and unwrap(e.expr).name == "step"
                            for e in t.equations):
                t.boolean = True

    def evalScalars(self):
        """Scalars whose equations are constant: usable as indices (`N = 3`)."""
        candidates = {n: t for n, t in self.tensors.items()
                      if t.equations and not (t.literals or t.reads or t.facts or t.rules or t.relation)
                      and all(e.op in ("=", "+=") and not e.head.args for e in t.equations)}
        values, changed = {}, True
        while changed:
            changed = False
            for n, t in candidates.items():
                if n not in values:
                    parts = [constant(e.expr, values) for e in t.equations]
                    if all(p is not None for p in parts):
                        values[n] = sum(parts)
                        changed = True
        self.scalars = {n: int(v) for n, v in values.items() if v == int(v)}

    # -- upper-case names in index positions
    def resolve(self):
        for s in self.statements:
            for r in self.allRefs(s):
                for a in r.args or []:
                    if isinstance(a, Slice):
                        a.low = a.low and self.resolved(a.low)
                        a.high = a.high and self.resolved(a.high)
                    else:
                        a.expr = self.resolved(a.expr)
            if isinstance(s, Decl) and s.sizes:
                s.sizes = [self.resolved(z) for z in s.sizes]

    def resolved(self, e):
        if isinstance(e, IName):
            return IConst(e.pos, value=self.scalars.get(e.name, e.name))
        if isinstance(e, IBin):
            e.left, e.right = self.resolved(e.left), self.resolved(e.right)
            if isinstance(e.left, IConst) and isinstance(e.right, IConst):
                return IConst(e.pos, value=iop(e.op, e.left.value, e.right.value, e.pos))
        return e

    def allRefs(self, s):
        """Every reference of a statement in source order."""
        if isinstance(s, Facts):
            return s.refs
        if isinstance(s, Rule):
            out = [s.head]
            for b in s.body:
                out += [b.ref] if isinstance(b, Atom) else refs(b.left) + refs(b.right)
            return out
        if isinstance(s, Equation):
            return [s.head] + refs(s.expr)
        if isinstance(s, (Literal, Read)):
            return [s.head]
        if isinstance(s, (Decl, Write, Query)):
            return [s.ref]
        return []

    # -- names and arities
    def checkNames(self):
        for s in self.statements:
            indexNames = {v.name for r in self.allRefs(s) for v in refVars(r)}
            wholes = wholeSides(s)
            for r in self.allRefs(s):
                if r.args is None and isinstance(s, (Equation, Rule)) and r is not getattr(s, "head", None):
                    self.bareName(s, r, indexNames, wholes)
                else:
                    r.kind = "tensor"
                if r.kind == "tensor":
                    self.checkUse(s, r)

    def bareName(self, s, r, indexNames, wholes):
        """2.3: index value, scalar tensor, or (whole side of a comparison) a symbol."""
        t = self.tensors.get(r.name)
        if isLower(r.name):
            known = t is not None and t.defined()
            isIndex = r.name in indexNames or (isinstance(s, Rule) and not (known and not t.rank))
            r.kind = "index" if isIndex else "tensor"
        elif r in wholes and not (t is not None and t.defined()):
            r.kind = "symbol"
        else:
            r.kind = "tensor"

    def checkUse(self, s, r):
        if r.name in BUILTIN and r.name not in self.tensors:
            if len(r.args or []) != 1:
                self.error("E-ARITY", r.pos, f"{r.name} takes 1 argument")
            return
        t = self.tensors.get(r.name)
        if t is None or not t.defined():
            self.error("E-UNDEF", r.pos, f"{r.name} has no data, equation, rule, file or declaration")
            return
        rank = self.rankOf(s, r)
        if rank is None:
            return
        if t.rank is None:
            t.rank, t.firstUse = rank, r.pos
        elif t.rank != rank:
            self.error("E-ARITY", r.pos, f"{r.name} has {rank} here but {t.rank} at {t.firstUse}")

    def rankOf(self, s, r):
        if r.args is not None:
            return len(r.args)
        if isinstance(s, Literal):
            return listRank(s.list)
        if isinstance(s, Read):
            return 2 if s.path.endswith(".txt") else None
        if isinstance(s, (Query, Write)):
            return None
        return 0

    # -- statements
    def checkStatement(self, s):
        if isinstance(s, Facts):
            for r in s.refs:
                for a in r.args:
                    if isinstance(a, Slice) or ivars(a.expr):
                        self.error("E-FACT-VAR", a.pos, "a fact takes constants only")
        elif isinstance(s, Equation):
            self.checkEquation(s)
        elif isinstance(s, Rule):
            self.checkRule(s)
        elif isinstance(s, Query):
            for a in s.ref.args or []:
                if isinstance(a, Index) and ivars(a.expr) and not isinstance(a.expr, IVar):
                    self.error("E-INDEX", a.pos, "an expression with a variable in a query")
        for r in self.allRefs(s):
            for a in r.args or []:
                if isinstance(a, Slice):
                    for b in (a.low, a.high):
                        if b is not None and not isinstance(b, IConst):
                            self.error("E-INDEX", b.pos, "a slice bound must be constant")

    def checkEquation(self, s):
        for a in s.head.args or []:
            if isinstance(a, Index):
                for v in ivars(a.expr):
                    if v.name.startswith("_#"):
                        self.error("E-UNSAFE", a.pos, "_ in a head")
        self.checkCalls(s.expr, whole=unwrap(s.expr))
        dots = [a for a in s.head.args or [] if isinstance(a, Index) and a.dot]
        body = unwrap(s.expr)
        norm = isinstance(body, Call) and body.name in ("softmax", "lnorm")
        if norm and not dots and len({v.name for v in refVars(s.head)}) > 1:
            self.error("E-NORM-AXIS", s.pos, "several left indices and no dot")
        if dots and not norm:
            self.error("E-NORM-AXIS", dots[0].pos, "a dot without softmax or lnorm")
        for n in walk(s.expr):
            if isinstance(n, Str):
                self.error("E-TYPE", n.pos, "a string in an expression")

    def checkCalls(self, expr, whole):
        for n in walk(expr):
            if not isinstance(n, Call):
                continue
            if n.name not in FUNCTIONS:
                self.error("E-FUNC", n.pos, f"unknown function {n.name}")
            elif len(n.args) not in FUNCTIONS[n.name]:
                self.error("E-ARITY", n.pos, f"{n.name} with {len(n.args)} arguments")
            elif n.name in WHOLE and n is not whole:
                self.error("E-NEST", n.pos, f"{n.name} is not the whole right side")

    def checkOperators(self):
        for t in self.tensors.values():
            uses = [(e.pos, "=" if e.op == "+=" else e.op) for e in t.equations]
            uses += [(x.pos, "=") for x in t.literals]
            uses.sort()
            for pos, op in uses[1:]:
                if op != uses[0][1]:
                    self.error("E-TYPE", pos, f"{t.name} uses {op} here but {uses[0][1]} before")
                    break

    # -- rules
    def checkRule(self, s):
        for b in s.body:
            if isinstance(b, Compare):
                wholes = (unwrap(b.left), unwrap(b.right))
                for side in (b.left, b.right):
                    self.checkCalls(side, whole=None)
                    for n in walk(side):
                        if isinstance(n, Str) and n not in wholes:
                            self.error("E-TYPE", n.pos, "a string in an expression")
        bound = boundVars(self, s)
        for a in s.head.args:
            if isinstance(a, Slice):
                continue
            for v in ivars(a.expr):
                if v.name not in bound:
                    self.error("E-UNSAFE", a.pos, f"{v.name} is not bound")
        for b in s.body:
            if isinstance(b, Atom):
                for a in b.ref.args:
                    if not isinstance(a, Index):
                        continue
                    plain = isinstance(a.expr, IVar)
                    for v in ivars(a.expr):
                        free = v.name not in bound and not (v.name.startswith("_#") and plain)
                        if free and (b.negated or not plain or b.ref.name in BUILTIN):
                            self.error("E-UNSAFE", a.pos, f"{v.name} is not bound")
            else:
                if any(v not in bound for v in compareVars(b)):
                    self.error("E-UNSAFE", b.pos, "a variable of the comparison is not bound")

    # -- directives
    def readDirectives(self):
        for s in self.statements:
            if not isinstance(s, Directive):
                continue
            if s.name not in DIRECTIVES:
                self.error("E-DIRECTIVE", s.pos, f"unknown directive @{s.name}")
            elif s.name == "iterate":
                self.iterate = {"max": 100, "tol": 1e-6, **options(s.words)}
            elif s.name == "domain":
                self.readDomain(s)
            elif s.name in ("minimize", "maximize"):
                raise NotImplementedError("learning is outside this reference")

    def readDomain(self, s):
        w = [t.value for t in s.words]
        if len(w) == 3 and w[1] == "=":
            size = self.scalars.get(w[2], w[2])
            self.domains.append((w[0], size, s.pos))
        elif len(w) >= 4 and w[1] == "=" and w[2] == "{" and w[-1] == "}":
            self.domains.append((w[0], [x for x in w[3:-1] if x != ","], s.pos))
        else:
            self.error("E-DIRECTIVE", s.pos, "malformed @domain")

    # -- stratification
    def stratify(self):
        """Edges head -> used tensor; strongly connected components; E-STRAT."""
        self.edges = {n: [] for n in self.tensors}
        for s in self.statements:
            if isinstance(s, Rule):
                self.ruleEdges(s)
            elif isinstance(s, Equation):
                s.pure = pureTerms(self, s)
                for r in tensorRefs(s.expr):
                    if r.name in self.tensors:
                        self.edges[s.head.name].append((r.name, s.pure is None, r.pos))
        self.components = tarjan({n: [e[0] for e in es] for n, es in self.edges.items()})
        self.component = {n: c for c in self.components for n in c}
        for c in self.components:
            strict = [(pos, n, m) for n in c for m, st, pos in self.edges[n] if st and m in c]
            if strict and any(self.tensors[n].relation for n in c):
                pos, n, m = min(strict)
                self.error("E-STRAT", pos, f"cycle through {' -> '.join(sorted(c))}")

    def ruleEdges(self, s):
        out = self.edges[s.head.name]
        for b in s.body:
            if isinstance(b, Atom):
                if b.ref.name in self.tensors:
                    strict = b.negated or not self.tensors[b.ref.name].boolean
                    out.append((b.ref.name, strict, b.ref.pos))
            else:
                for r in tensorRefs(b.left) + tensorRefs(b.right):
                    if r.name in self.tensors:
                        out.append((r.name, True, r.pos))

    def recursive(self, name):
        c = self.component[name]
        return len(c) > 1 or any(m == name for m, _, _ in self.edges[name])

    def strictComponent(self, name):
        c = self.component[name]
        return any(st and m in c for n in c for m, st, _ in self.edges[n])


# -- helpers
def constant(e, values):
    """Value of a constant numeric expression over known scalars, or None."""
    if isinstance(e, Num):
        return e.value
    if isinstance(e, Ref):
        return values.get(e.name) if e.args is None else None
    if isinstance(e, Sum):
        parts = [constant(t, values) for _, t in e.terms]
        return None if None in parts else sum(s * p for (s, _), p in zip(e.terms, parts))
    if isinstance(e, Term):
        v = 1
        for op, f in e.ops:
            x = constant(f, values)
            if x is None or (op != "*" and x == 0):
                return None
            v = v * x if op == "*" else v / x if op == "/" else v % x
        return v
    if isinstance(e, Pow):
        b, x = constant(e.base, values), constant(e.exponent, values)
        if b is None or x is None:
            return None
        return b ** (-x if e.negative else x)
    return None


def iop(op, a, b, pos):
    if isinstance(a, str) or isinstance(b, str):
        raise TlvError("E-TYPE", pos, "a symbol in index arithmetic")
    if op in "/%" and b == 0:
        raise TlvError("E-DIV0", pos, "index divided by 0")
    return {"+": a + b, "-": a - b, "*": a * b}.get(op) if op in "+-*" else (a // b if op == "/" else a % b)


def listRank(node):
    rank = 0
    while not isinstance(node, Num):
        rank += 1
        if not node.items:
            return rank
        node = node.items[0]
    return rank


def options(words):
    out = {}
    for k, t in enumerate(words):
        if t.isOp("="):
            out[words[k - 1].value] = words[k + 1].value
    return out


def wholeSides(s):
    out = []
    if isinstance(s, Rule):
        for b in s.body:
            if isinstance(b, Compare):
                out += [unwrap(b.left), unwrap(b.right)]
    return out


def tensorRefs(e):
    return [r for r in refs(e) if getattr(r, "kind", "tensor") == "tensor"]


def compareVars(b):
    """Variables of a comparison: bare index names and variables in tensor arguments."""
    out = []
    for side in (b.left, b.right):
        for r in refs(side):
            if r.kind == "index":
                out.append(r.name)
            out += [v.name for v in refVars(r)]
    return out


def exprVars(e):
    out = []
    for r in refs(e):
        if getattr(r, "kind", "") == "index":
            out.append(r.name)
        out += [v.name for v in refVars(r)]
    return out


def boundVars(prog, s):
    """Safety (2.7): variables bound by positive atoms, by plain tensor indices of a
    comparison, or by v == expr over bound variables."""
    bound = set()
    for b in s.body:
        if isinstance(b, Atom) and not b.negated and not (b.ref.name in BUILTIN and b.ref.name not in prog.tensors):
            bound |= {a.expr.name for a in b.ref.args if isinstance(a, Index) and isinstance(a.expr, IVar)}
        elif isinstance(b, Compare):
            for r in tensorRefs(b.left) + tensorRefs(b.right):
                bound |= {a.expr.name for a in r.args or [] if isinstance(a, Index) and isinstance(a.expr, IVar)}
    s.atomBound = set(bound)
    changed = True
    while changed:
        changed = False
        for b in s.body:
            if isinstance(b, Compare) and b.op == "==":
                for x, y in ((b.left, b.right), (b.right, b.left)):
                    v = unwrap(x)
                    if isinstance(v, Ref) and v.kind == "index" and v.name not in bound \
                            and all(n in bound for n in exprVars(y)):
                        bound.add(v.name)
                        changed = True
    s.computed = bound - s.atomBound
    return bound


def pureTerms(prog, s):
    """The terms of a pure positive join of Boolean tensors under a Boolean head
    (each a list of refs), or None."""
    t = prog.tensors[s.head.name]
    if not t.boolean or s.op not in ("=", "+="):
        return None
    body = unwrap(s.expr)
    if isinstance(body, Call) and body.name == "step":
        body = body.args[0]
    if not isinstance(body, Sum):
        body = Sum(body.pos, terms=[(1, Term(body.pos, ops=[("*", body)]))])
    out = []
    for sign, term in body.terms:
        rs = [unwrap(f) for op, f in term.ops]
        if sign != 1 or any(op != "*" for op, _ in term.ops):
            return None
        for r in rs:
            if not isinstance(r, Ref) or r.kind != "tensor":
                return None
            if r.name in prog.tensors and not prog.tensors[r.name].boolean:
                return None
            if any(isinstance(a, Slice) for a in r.args or []):
                return None
        boundHere = {a.expr.name for r in rs if r.name not in BUILTIN or r.name in prog.tensors
                     for a in r.args or [] if isinstance(a.expr, IVar)}
        needed = {v.name for v in refVars(s.head)} | {v.name for r in rs for v in refVars(r)}
        if not needed <= boundHere:
            return None
        out.append(rs)
    return out


def tarjan(graph):
    """Strongly connected components, dependencies first."""
    index, low, stack, on, out = {}, {}, [], set(), []

    def visit(n):
        index[n] = low[n] = len(index)
        stack.append(n)
        on.add(n)
        for m in graph[n]:
            if m not in index:
                visit(m)
                low[n] = min(low[n], low[m])
            elif m in on:
                low[n] = min(low[n], index[m])
        if low[n] == index[n]:
            comp = set()
            while True:
                m = stack.pop()
                on.discard(m)
                comp.add(m)
                if m == n:
                    break
            out.append(frozenset(comp))

    for n in graph:
        if n not in index:
            visit(n)
    return out
