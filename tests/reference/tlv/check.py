#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the golden cases of tests/golden/tensor_logic.

check.py [--command "vitrine-run tl"] [--verbose] [PATTERN...]

Without --command the reference implementation itself is checked. A PATTERN selects the
cases whose topic/name contains it. Every case runs in a fresh copy of its folder.
"""

import argparse
import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.normpath(os.path.join(HERE, "..", "..", "golden", "tensor_logic"))
sys.path.insert(0, HERE)

import tlv

ERROR = re.compile(r":(\d+):(\d+): error\[(E-[A-Z0-9-]+)\]")


def cases(patterns):
    for topic in sorted(os.listdir(GOLDEN)):
        folder = os.path.join(GOLDEN, topic)
        if not os.path.isdir(folder):
            continue
        for f in sorted(os.listdir(folder)):
            name = f"{topic}/{f[:-3]}"
            if f.endswith(".tl") and (not patterns or any(p in name for p in patterns)):
                yield topic, f[:-3]


def execute(command, folder, name):
    """Returns (exit status, stdout, stderr) of one case."""
    with tempfile.TemporaryDirectory() as tmp:
        work = os.path.join(tmp, "case")
        shutil.copytree(folder, work)
        if command is None:
            return reference(work, name)
        try:
            p = subprocess.run([*command, name + ".tl"], cwd=work, capture_output=True, timeout=120)
        except subprocess.TimeoutExpired:
            return 124, "", "time is up"
        return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def reference(work, name):
    with open(os.path.join(work, name + ".tl"), encoding="utf-8", newline="") as f:
        lines, errors = tlv.run(f.read(), work)
    err = "".join(f"{name}.tl:{e.pos[0]}:{e.pos[1]}: error[{e.code}]: {e.text}\n" for e in errors)
    return 2 if errors else 0, "".join(x + "\n" for x in lines), err


def commandLine(text):
    """The words of a command; names of existing files become absolute."""
    return [os.path.abspath(w) if os.sep in w and os.path.exists(w) else w for w in shlex.split(text)]


def sameErrors(wanted, found):
    """Lines LINE:COL CODE; a column * fits every column."""
    if len(wanted) != len(found):
        return False
    rest = list(found)
    for w in sorted(wanted, key=lambda w: "*" in w):
        place, code = w.split()
        line, col = place.split(":")
        hit = next((f for f in rest if f[0] == line and f[2] == code and col in ("*", f[1])), None)
        if hit is None:
            return False
        rest.remove(hit)
    return True


def verdict(command, topic, name):
    """"" when the case passes, otherwise what is wrong."""
    folder = os.path.join(GOLDEN, topic)
    base = os.path.join(folder, name)
    status, out, err = execute(command, folder, name)
    if os.path.exists(base + ".errors"):
        with open(base + ".errors", encoding="utf-8") as f:
            wanted = [x.strip() for x in f if x.strip()]
        found = ERROR.findall(err)
        if status != 2:
            return f"exit status {status}, not 2\n{out}{err}"
        if not sameErrors(wanted, found):
            return "wanted " + ", ".join(wanted) + "\nfound  " + ", ".join(f"{a}:{b} {c}" for a, b, c in found)
        return ""
    with open(base + ".expected", encoding="utf-8") as f:
        wanted = f.read()
    if status != 0:
        return f"exit status {status}, not 0\n{err}"
    return "\n".join(difflib.unified_diff(wanted.splitlines(), out.splitlines(), "wanted", "found", lineterm="", n=1)) \
        if wanted != out else ""


def main():  # runs on a thread with a deep stack
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command")
    parser.add_argument("--verbose", action="store_true", help="print what is wrong in full")
    parser.add_argument("patterns", nargs="*")
    args = parser.parse_args()
    command = commandLine(args.command) if args.command else None
    good = total = 0
    for topic, name in cases(args.patterns):
        problem = verdict(command, topic, name)
        total += 1
        good += not problem
        print(f"{'pass' if not problem else 'FAIL'} {topic}/{name}")
        if problem:
            lines = problem.splitlines()
            print("\n".join("    " + x for x in (lines if args.verbose else lines[:12])))
    print(f"{good} of {total} cases pass")
    return 0 if good == total else 1


if __name__ == "__main__":
    sys.exit(tlv.deep(main))
