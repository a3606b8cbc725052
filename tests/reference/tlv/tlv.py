#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference implementation of the Tensor Logic dialect: tlv.py [--all] FILE"""

import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from analyse import Program, tensorRefs
from engine import Engine
from files import Data
from lexer import TlvError
from output import Many, Printer
from shapes import Shapes
from syntax import Equation, IConst, Index, Slice, parse


def checkVirtual(prog, shapes):
    """E-VIRTUAL: without the star only the last value of a virtual index can be read."""
    errors = []
    for s in prog.statements:
        for r in tensorRefs(s.expr) if isinstance(s, Equation) else []:
            t = prog.tensors.get(r.name)
            for k in t.virtual if t else ():
                a = r.args[k]
                dom = shapes.domain(("T", r.name, k))
                last = isinstance(a, Index) and isinstance(a.expr, IConst) and a.expr.value == dom.n - 1
                if not last and not (isinstance(a, Index) and a.star):
                    errors.append(TlvError("E-VIRTUAL", r.pos, "only the last value can be read"))
    return errors


def openSlices(prog, shapes):
    """Gives every open slice of an equation its upper bound."""
    for s in prog.statements:
        if isinstance(s, Equation):
            for r in [s.head] + tensorRefs(s.expr):
                for k, a in enumerate(r.args or []):
                    if isinstance(a, Slice) and a.high is None:
                        a.top = shapes.domain(("T", r.name, k)).n


def run(text, folder, everything=False):
    """Returns (output lines, errors sorted by position)."""
    statements, errors = parse(text)
    if errors:
        return [], sorted(errors, key=lambda e: e.pos)
    try:
        prog = Program(statements)
        if prog.errors:
            raise Many(prog.errors)
        data = Data(prog, folder)
        if data.errors:
            raise Many(data.errors)
        shapes = Shapes(prog, data)
        if shapes.errors:
            raise Many(shapes.errors)
        engine = Engine(prog, shapes, data)
        openSlices(prog, shapes)
        virtual = checkVirtual(prog, shapes)
        if virtual:
            raise Many(virtual)
        engine.evaluateAll()
        printer = Printer(prog, shapes, engine, folder, everything)
        printer.run()
        return printer.lines, []
    except Many as e:
        return [], sorted(e.errors, key=lambda x: x.pos)
    except TlvError as e:
        return [], [e]


def main(argv):
    everything = "--all" in argv
    names = [a for a in argv if not a.startswith("--")]
    if len(names) != 1:
        print(__doc__, file=sys.stderr)
        return 1
    with open(names[0], encoding="utf-8") as f:
        text = f.read()
    lines, errors = run(text, os.path.dirname(os.path.abspath(names[0])), everything)
    source = text.split("\n")
    for e in errors:
        print(f"{names[0]}:{e.pos[0]}:{e.pos[1]}: error[{e.code}]: {e.text}", file=sys.stderr)
        if e.pos[0] <= len(source):
            print(source[e.pos[0] - 1], file=sys.stderr)
            print(" " * (e.pos[1] - 1) + "^", file=sys.stderr)
    for x in lines:
        print(x)
    return 2 if errors else 0


def deep(function, *args):
    """Runs a function on a thread with a deep stack: cells are evaluated recursively."""
    result = []
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(512 << 20)
    t = threading.Thread(target=lambda: result.append(function(*args)))
    t.start()
    t.join()
    return result[0] if result else 70


if __name__ == "__main__":
    sys.exit(deep(main, sys.argv[1:]))
