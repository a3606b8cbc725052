#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random programs: the reference implementation against another one.

fuzz.py COMMAND [--seed S] [--count N] [--columns] [--mutate]

COMMAND is run as `COMMAND FILE`, for example "build/bin/vitrine-run tl". Answers must be equal;
of errors the line and the code (with --columns the column too). A difference is printed with
the smallest program that still shows it. --mutate damages one statement of each program.
Without COMMAND the programs themselves are printed.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import tlv
from check import ERROR, commandLine

SYMBOLS = ["Ann", "Bob", "Cid", "Dot"]
SIZES = {"i": 3, "j": 2, "k": 4}


class Logic:
    """Facts, rules and counts. A relation is (name, column types); types are s and n."""

    def __init__(self, rng):
        self.rng, self.out = rng, []
        self.relations = []
        self.numeric = []          # (name, column types)
        self.queries = []

    def pick(self, xs):
        return self.rng.choice(xs)

    def program(self):
        for name, types in (("E", "ss"), ("P", "s"), ("N", "n"), ("Cost", "sn"), ("Step", "nn")):
            self.facts(name, types)
        for k in range(self.rng.randint(1, 4)):
            self.derived(f"R{k}")
            if self.rng.random() < 0.5:
                self.count(f"C{k}")
        self.queries += [f"{n}?" for n, _ in self.relations + self.numeric]
        for n, types in self.relations:
            if self.rng.random() < 0.4:
                args = [self.pick([self.constant(t), f"q{i}", "_"]) for i, t in enumerate(types)]
                self.queries.append(f"{n}({', '.join(args)})?")
        body = self.out[:]
        if self.rng.random() < 0.5:
            self.rng.shuffle(body)
        return body + self.queries

    def constant(self, t):
        return self.pick(SYMBOLS) if t == "s" else str(self.rng.randint(0, 4))

    def facts(self, name, types):
        rows = [", ".join(self.constant(t) for t in types) for _ in range(self.rng.randint(1, 6))]
        self.out.append(", ".join(f"{name}({r})" for r in rows))
        self.relations.append((name, types))

    def derived(self, name):
        types = self.pick(["s", "ss", "n", "nn", "sn"])
        lower = self.relations[:]
        rules = [self.rule(name, types, lower, [])]
        for _ in range(self.rng.randint(0, 2)):
            rules.append(self.rule(name, types, lower, [(name, types)] if self.rng.random() < 0.7 else []))
        self.out += rules
        self.relations.append((name, types))

    def atom(self, rel, variables, fresh):
        name, types = rel
        args = []
        for t in types:
            known = [v for v, vt in variables.items() if vt == t]
            roll = self.rng.random()
            if known and roll < 0.6:
                args.append(self.pick(known))
            elif roll < 0.7:
                args.append(self.constant(t))
            elif roll < 0.78 or not fresh:
                args.append("_")
            else:
                v = f"{t}{len(variables)}"
                variables[v] = t
                args.append(v)
        return f"{name}({', '.join(args)})"

    def rule(self, name, types, lower, recursive):
        variables, body = {}, []
        for rel in recursive:
            body.append(self.atom(rel, variables, True))
        for _ in range(self.rng.randint(1, 2)):
            body.append(self.atom(self.pick(lower), variables, True))
        for t in types:
            if t not in variables.values():
                v = f"{t}{len(variables)}"
                variables[v] = t
                body.append(f"{self.pick(['P']) if t == 's' else 'N'}({v})")
        head = []
        for t in types:
            v = self.pick([v for v, vt in variables.items() if vt == t])
            head.append(f"({v} + {self.rng.randint(1, 3)}) % 5" if t == "n" and self.rng.random() < 0.2 else v)
        body += self.extras(variables, lower)
        if self.rng.random() < 0.3:
            self.rng.shuffle(body)
        return f"{name}({', '.join(head)}) <- {', '.join(body)}"

    def extras(self, variables, lower):
        out = []
        numbers = [v for v, t in variables.items() if t == "n"]
        symbols = [v for v, t in variables.items() if t == "s"]
        if self.rng.random() < 0.35:
            out.append("not " + self.atom(self.pick(lower), dict(variables), False))
        if numbers and self.rng.random() < 0.4:
            out.append(f"{self.number(numbers)} {self.pick(['<', '<=', '>', '>=', '==', '!='])} {self.number(numbers)}")
        if symbols and self.rng.random() < 0.3:
            other = self.pick(symbols + SYMBOLS)
            out.append(f"{self.pick(symbols)} {self.pick(['!=', '==', '<'])} {other}")
        usable = [(n, ts) for n, ts in self.numeric if all(t in variables.values() for t in ts)]
        if usable and self.rng.random() < 0.5:
            n, ts = self.pick(usable)
            args = [self.pick([v for v, vt in variables.items() if vt == t]) for t in ts]
            cell = f"{n}[{', '.join(args)}]" if args else n
            out.append(f"{cell} {self.pick(['>', '>=', '==', '<'])} {self.rng.randint(0, 3)}")
        return out

    def number(self, names):
        v = self.pick(names)
        return self.pick([v, f"{v} + {self.rng.randint(1, 2)}", f"2 * {v}", f"{v} % 3", str(self.rng.randint(0, 4)),
                          f"abs({v} - 2)", f"{v} ^ 2"])

    def count(self, name):
        rel, types = self.pick(self.relations)
        args = [f"{t}{k}" for k, t in enumerate(types)]
        keep = [a for a in args if self.rng.random() < 0.5]
        atom = f"{rel}({', '.join(args)})"
        numbers = [a for a in args if a[0] == "n"]
        op, value = "=", ""
        if numbers and self.rng.random() < 0.6:
            op = self.pick(["=", "max=", "min=", "avg=", "*="])
            value = f" ({self.pick(numbers)} + {self.rng.randint(0, 2)})"
        elif self.rng.random() < 0.3:
            second = self.pick(self.relations)
            value = " " + f"{second[0]}({', '.join(self.joinArg(t, args) for t in second[1])})"
        head = f"{name}[{', '.join(keep)}]" if keep else name
        self.out.append(f"{head} {op} {atom}{value}")
        self.numeric.append((name, "".join(a[0] for a in keep)))

    def joinArg(self, t, args):
        return self.pick([a for a in args if a[0] == t] + ["_"])


class Numbers:
    """Literals and equations; every index name has one size."""

    def __init__(self, rng):
        self.rng, self.out = rng, []
        self.tensors = []          # (name, index names)
        self.queries = []

    def pick(self, xs):
        return self.rng.choice(xs)

    def program(self):
        for name, idx in (("A", "i"), ("B", "ij"), ("C", "j"), ("D", "k"), ("S", "")):
            self.out.append(f"{name} = {self.literal(idx)}")
            self.tensors.append((name, idx))
        for k in range(self.rng.randint(1, 5)):
            self.equation(f"X{k}")
        self.shifts()
        names = list(dict.fromkeys(n for n, _ in self.tensors))
        return self.out + [f"{n}?" for n in names[5:]]

    def literal(self, idx):
        if not idx:
            return str(self.rng.randint(-3, 5))
        inner = [self.literal(idx[1:]) for _ in range(SIZES[idx[0]])]
        return "[" + ", ".join(inner) + "]"

    def factor(self, depth):
        roll = self.rng.random()
        if roll < 0.7 or depth > 2:
            name, idx = self.pick(self.tensors)
            return f"{name}[{', '.join(idx)}]" if idx else name
        if roll < 0.8:
            return str(self.rng.randint(1, 4))
        if roll < 0.87:
            return f"({self.expr(depth + 1)})^2"
        if roll < 0.94:
            return f"({self.expr(depth + 1)})"
        return f"{self.pick(['relu', 'abs', 'step', 'sign', 'sig', 'tanh'])}({self.expr(depth + 1)})"

    def term(self, depth):
        fs = [self.factor(depth) for _ in range(self.rng.randint(1, 2))]
        text = " * ".join(fs) if self.rng.random() < 0.5 or any(f[0] in "(0123456789" for f in fs[1:]) else " ".join(fs)
        if any(fs[k][-1] not in ")]" and fs[k + 1][0] == "(" for k in range(len(fs) - 1)):
            text = " * ".join(fs)
        if self.rng.random() < 0.12:
            text += f" / {self.pick(['4', '2', '(1 + A[i] * A[i])', '(2 + C[j]^2)'])}"
        elif self.rng.random() < 0.08:
            text = f"({text}) % {self.rng.randint(2, 5)}" if "sig" not in text and "tanh" not in text \
                and "/" not in text else text
        return text

    def expr(self, depth=0):
        n = self.pick([1, 1, 2]) if depth else self.pick([1, 1, 2, 3])
        text = self.pick(["", "", "", "-"]) + self.term(depth)
        for _ in range(n - 1):
            text += self.pick([" + ", " - "]) + self.term(depth)
        return text

    def equation(self, name):
        op = self.pick(["=", "=", "=", "+=", "max=", "min=", "avg=", "*="])
        rhs = self.expr()
        if op not in ("=", "+=") and "/" in rhs:
            op = "="
        used = [v for v in "ijk" if re.search(rf"[\[, ]{v}[\],]", rhs)]
        left = "".join(v for v in used if self.rng.random() < 0.5)
        if "%" in rhs:
            self.out.append(f"# {name}")
        self.out.append(f"{name}[{', '.join(left)}] {op} {rhs}" if left else f"{name} {op} {rhs}")
        if self.rng.random() < 0.2:
            self.out.append(f"{name}[{', '.join(left)}] {op} {self.rng.randint(1, 3)}" if left
                            else f"{name} {op} {self.rng.randint(1, 3)}")
        self.tensors.append((name, left))

    def shifts(self):
        menu = ["V0[x] = F0[d] D[x+d]", "V1[x] = D[x-1]", "V2[x] = D[x+1] - D[x]", "V3[x/2] = D[x]",
                "V4[x/2] max= D[x]", "V5[x+1] = V5[x] + D[x]", "V6[x] = V6[x-1] + D[x]", "V7[2*x] = D[x]",
                "V8[x, y] = D[x+y] F0[y]", "V9 = D[3] D[0] + F0[1]", "Va = D[1:3]", "Vb[x.] = softmax(D[x])",
                "Vc[x] = lnorm(D[x])", "Vd[m] = concat(B[y, x])", "Ve[x] = D[x] * x", "Vf[x] = D[x] Even(x)"]
        chosen = [s for s in menu if self.rng.random() < 0.3]
        if any("F0" in s for s in chosen):
            self.out.append(f"F0 = [{self.rng.randint(-2, 3)}, {self.rng.randint(-2, 3)}]")
        self.out += chosen
        self.tensors += [(s.split("[")[0].split(" ")[0], "?") for s in chosen]


def generate(seed):
    """The statements of one program."""
    rng = random.Random(seed)
    return (Logic if seed % 2 else Numbers)(rng).program()


PLACELESS = ("E-DOMAIN", "E-STRAT", "E-CYCLE")
PIECE = re.compile(r"[^\W\d]\w*|[0-9.]+|<-|[<>=!+*]=|\s+|.")


def mutate(lines, seed):
    """Deletes, doubles or replaces one piece of one statement."""
    rng = random.Random(seed)
    k = rng.randrange(len(lines))
    pieces = PIECE.findall(lines[k])
    j = rng.randrange(len(pieces))
    pieces[j] = rng.choice(["", pieces[j] * 2, rng.choice(["(", ")", "[", "]", ",", "+", "*", "?", "<-", "3", "x", "Q",
                                                           ".", ";", "not", "^", "_", "=", "/", "%", ":", "'"])])
    return lines[:k] + ["".join(pieces)] + lines[k + 1:]


def keys(errors, columns):
    """What of the errors is compared; the place of some is left open by the definition."""
    return sorted({(0 if c in PLACELESS else a, b if columns and c not in PLACELESS else 0, c) for a, b, c in errors})


def oracle(lines, columns):
    out, errors = tlv.run("\n".join(lines) + "\n", ".")
    return ("\n".join(out), keys([(*e.pos, e.code) for e in errors], columns))


def other(command, lines, columns):
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "program.tl")
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
        try:
            p = subprocess.run([*command, path], capture_output=True, timeout=60, cwd=tmp)
        except subprocess.TimeoutExpired:
            return ("time is up", [])
    found = keys([(int(a), int(b), c) for a, b, c in ERROR.findall(p.stderr.decode())], columns)
    if p.returncode not in (0, 2) or (p.returncode == 2) != bool(found):
        return (f"status {p.returncode}: {p.stderr.decode()[:200]}", found)
    return ("" if found else p.stdout.decode().rstrip("\n"), found)


def minimise(command, lines, columns):
    """Drops statements, then body literals, while the difference stays."""
    def differs(ls):
        a = safeOracle(ls, columns)
        return a is not None and a != other(command, ls, columns) and not any(e[2] in ("E-UNDEF", "E-SYNTAX") for e in a[1])

    changed = True
    while changed:
        changed = False
        for k in range(len(lines) - 1, -1, -1):
            fewer = lines[:k] + lines[k + 1:]
            if differs(fewer):
                lines, changed = fewer, True
        for k, line in enumerate(lines):
            parts = re.split(r", (?![^(\[]*[)\]])", line)
            for j in range(len(parts)):
                fewer = lines[:k] + [", ".join(parts[:j] + parts[j + 1:])] + lines[k + 1:]
                if len(parts) > 1 and not (j == 0 and "<-" in line) and differs(fewer):
                    lines, changed = fewer, True
                    break
    return lines


def safeOracle(lines, columns):
    try:
        return oracle(lines, columns)
    except (OverflowError, RecursionError, NotImplementedError):
        return None


def run(args):
    command = commandLine(args.command) if args.command else None
    bad = errors = 0
    for seed in range(args.seed, args.seed + args.count):
        lines = mutate(generate(seed), seed) if args.mutate else generate(seed)
        if command is None:
            print(f"# seed {seed}\n" + "\n".join(lines))
            print("\n".join("#> " + x for x in str(oracle(lines, True)).split("\\n")))
            continue
        want = safeOracle(lines, args.columns)
        if want is None:
            continue
        errors += bool(want[1])
        if want != other(command, lines, args.columns):
            bad += 1
            small = minimise(command, lines, args.columns)
            a, b = oracle(small, args.columns), other(command, small, args.columns)
            print(f"---- seed {seed}\n" + "\n".join(small))
            print(f"---- reference {a[1]}\n{a[0]}\n---- other {b[1]}\n{b[0]}\n", flush=True)
    if command:
        print(f"{args.count} programs ({errors} with errors), {bad} differences")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--columns", action="store_true")
    parser.add_argument("--mutate", action="store_true")
    return tlv.deep(run, parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
