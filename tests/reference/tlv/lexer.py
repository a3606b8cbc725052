# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of the Tensor Logic dialect (digest 2.3)."""

import unicodedata


class TlvError(Exception):
    """One diagnostic: a code, a position (line, column) and a text."""

    def __init__(self, code, pos, text):
        super().__init__(f"{code} at {pos}: {text}")
        self.code, self.pos, self.text = code, pos, text


class Token:
    """kind: NAME INT REAL STRING OP END EOF BAD; value: text or number."""

    __slots__ = ("kind", "value", "pos")

    def __init__(self, kind, value, pos):
        self.kind, self.value, self.pos = kind, value, pos

    def __repr__(self):
        return f"{self.kind}:{self.value}@{self.pos[0]}:{self.pos[1]}"

    def isOp(self, *ops):
        return self.kind == "OP" and self.value in ops


PRIMES = "'\u2032"
CANNOT_END = {",", "+", "-", "*", "/", "^", "%", "=", "+=", "*=", "max=", "min=", "avg=", "<-",
              "==", "!=", "<", ">", "<=", ">=", "not"}
TWO = ("==", "!=", "<=", ">=", "+=", "*=")
ONE = "+-*/^%=<>,()[]{}:?@"


def isLetter(c):
    return unicodedata.category(c).startswith("L")


def isLower(name):
    """Lower-case initial: category Ll, or an underscore."""
    return name[0] == "_" or unicodedata.category(name[0]) == "Ll"


class Lexer:
    def __init__(self, text):
        self.text = text.replace("\r\n", "\n")
        self.at, self.line, self.col = 0, 1, 1
        self.depth = 0
        self.directive = False
        self.tokens, self.errors = [], []

    def peek(self, k=0):
        i = self.at + k
        return self.text[i] if i < len(self.text) else ""

    def step(self, n=1):
        for _ in range(n):
            if self.text[self.at] == "\n":
                self.line, self.col = self.line + 1, 1
            else:
                self.col += 1
            self.at += 1

    def add(self, kind, value, pos):
        self.tokens.append(Token(kind, value, pos))

    def end(self, value, pos):
        self.add("END", value, pos)
        self.directive = False

    def bad(self, pos, text):
        self.errors.append(TlvError("E-LEX", pos, text))
        self.add("BAD", text, pos)

    def run(self):
        while self.at < len(self.text):
            self.one()
        self.add("EOF", "end of file", (self.line, self.col))
        return self.tokens, self.errors

    def one(self):
        c, pos = self.peek(), (self.line, self.col)
        if c == "\n":
            self.newline(pos)
        elif c in " \t\r":
            self.step()
        elif c == "#" or (c == "/" and self.peek(1) == "/"):
            while self.peek() and self.peek() != "\n":
                self.step()
        elif c == "/" and self.peek(1) == "*":
            self.blockComment(pos)
        elif c == '"':
            self.string(pos)
        elif c.isascii() and c.isdigit():
            self.number(pos)
        elif c == "_" or isLetter(c):
            self.name(pos)
        else:
            self.operator(c, pos)

    def newline(self, pos):
        self.step()
        last = self.tokens[-1] if self.tokens else None
        continued = last is not None and last.kind == "OP" and last.value in CANNOT_END
        if self.depth == 0 and not continued:
            self.end("end of line", pos)

    def blockComment(self, pos):
        stop = self.text.find("*/", self.at + 2)
        if stop < 0:
            self.bad(pos, "comment without end")
            self.step(len(self.text) - self.at)
        else:
            self.step(stop + 2 - self.at)

    def string(self, pos):
        self.step()
        out = []
        while self.peek() and self.peek() not in '"\n':
            out.append(self.peek())
            self.step()
        if self.peek() == '"':
            self.step()
            self.add("STRING", "".join(out), pos)
        else:
            self.bad(pos, "string without end")

    def digits(self):
        start = self.at
        while self.peek() and self.peek() in "0123456789":
            self.step()
        return self.text[start:self.at]

    def number(self, pos):
        start, real = self.at, False
        self.digits()
        if self.peek() == "." and self.peek(1) and self.peek(1) in "0123456789":
            real = True
            self.step()
            self.digits()
        if self.peek() and self.peek() in "eE":
            k = 2 if self.peek(1) and self.peek(1) in "+-" else 1
            if self.peek(k) and self.peek(k) in "0123456789":
                real = True
                self.step(k)
                self.digits()
        text = self.text[start:self.at]
        self.add("REAL" if real else "INT", float(text) if real else int(text), pos)

    def name(self, pos):
        start = self.at
        while self.peek() and (self.peek() == "_" or self.peek() in "0123456789" or isLetter(self.peek())):
            self.step()
        while self.peek() and self.peek() in PRIMES:
            self.step()
        word = self.text[start:self.at].replace("\u2032", "'")
        if word == "not":
            self.add("OP", "not", pos)
        elif word in ("max", "min", "avg") and self.peek() == "=" and not self.directive:
            self.step()
            self.add("OP", word + "=", pos)
        else:
            self.add("NAME", word, pos)

    def operator(self, c, pos):
        two = c + self.peek(1)
        if two in ("<-", ":-") and self.depth == 0:
            self.step(2)
            self.add("OP", "<-", pos)
        elif c == "\u2190":
            self.step()
            self.add("OP", "<-", pos)
        elif two in TWO:
            self.step(2)
            self.add("OP", two, pos)
        elif c in "!\u00ac":
            self.step()
            self.add("OP", "not", pos)
        elif c == ";" or (c == "." and self.depth == 0):
            self.step()
            self.end(c, pos)
        elif c == ".":
            self.step()
            self.add("OP", ".", pos)
        elif c in ONE:
            self.step()
            self.single(c, pos)
        else:
            self.step()
            self.bad(pos, f"character {c!r} fits nowhere")

    def single(self, c, pos):
        if c in "([{":
            self.depth += 1
        elif c in ")]}":
            self.depth = max(0, self.depth - 1)
        elif c == "@" and (not self.tokens or self.tokens[-1].kind == "END"):
            self.directive = True
        self.add("OP", c, pos)


def lex(text):
    return Lexer(text).run()
