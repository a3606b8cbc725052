# SPDX-License-Identifier: GPL-3.0-or-later
"""Syntax tree and parser (digest 2.4)."""

from lexer import TlvError, isLower, lex


class Node:
    """Plain record; every node has pos = (line, column) of its first token."""

    def __init__(self, pos, **fields):
        self.pos = pos
        self.__dict__.update(fields)

    def __repr__(self):
        inner = ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items() if k != "pos")
        return f"{type(self).__name__}({inner})"


# Index expressions: IVar name | IConst value | IName name (upper case) | IBin op left right
class IVar(Node): pass
class IConst(Node): pass
class IName(Node): pass
class IBin(Node): pass
# One argument: Index star expr dot | Slice low high
class Index(Node): pass
class Slice(Node): pass
# Expressions
class Num(Node): pass        # value
class Str(Node): pass        # value
class Ref(Node): pass        # name args(None: bare) paren
class Call(Node): pass       # name args
class Sum(Node): pass        # terms: [(sign, Term)]; a parenthesis is a Sum too
class Term(Node): pass       # ops: [(op, node)], the first op is "*"
class Pow(Node): pass        # base exponent negative
# Literals of a body
class Atom(Node): pass       # ref negated
class Compare(Node): pass    # op left right
# Statements
class Directive(Node): pass  # name words
class Decl(Node): pass       # ref type sizes
class Facts(Node): pass      # refs
class Rule(Node): pass       # head body
class Equation(Node): pass   # head op expr
class Literal(Node): pass    # head list (nested) listpos
class Read(Node): pass       # head path
class Write(Node): pass      # path ref
class Query(Node): pass      # ref


PROJ = ("=", "+=", "max=", "min=", "avg=", "*=")
CMP = ("==", "=", "!=", "<", "<=", ">", ">=")
DIRECTIVES = {"domain", "learn", "freeze", "minimize", "maximize", "seed", "sparse", "dense",
              "iterate", "mode"}


class Parser:
    def __init__(self, text):
        self.tokens, self.errors = lex(text)
        self.at = 0
        self.anonymous = 0

    # -- helpers
    @property
    def tok(self):
        return self.tokens[self.at]

    def next(self):
        t = self.tok
        if t.kind != "EOF":
            self.at += 1
        return t

    def fail(self, expected, tok=None):
        tok = tok or self.tok
        if tok.kind == "BAD":
            raise TlvError("E-LEX", tok.pos, "")
        raise TlvError("E-SYNTAX", tok.pos, f"expected {expected}, found {tok.value!r}")

    def want(self, op):
        if not self.tok.isOp(op):
            self.fail(f"'{op}'")
        return self.next()

    def atEnd(self):
        return self.tok.kind in ("END", "EOF")

    # -- program
    def run(self):
        out = []
        while self.tok.kind != "EOF":
            if self.tok.kind == "END":
                self.next()
                continue
            try:
                s = self.statement()
                if not self.atEnd():
                    self.fail("the end of the statement")
                out.append(s)
            except TlvError as e:
                if e.code != "E-LEX":
                    self.errors.append(e)
                while not self.atEnd():
                    self.next()
        return out, self.errors

    def statement(self):
        t = self.tok
        if t.isOp("@"):
            return self.directive()
        if t.kind == "STRING":
            self.next()
            self.want("=")
            return Write(t.pos, path=t.value, ref=self.ref())
        if t.kind != "NAME":
            self.fail("a statement")
        ref = self.ref()
        n = self.tok
        if n.isOp(":"):
            return self.decl(ref)
        if n.isOp("?"):
            self.next()
            return Query(ref.pos, ref=ref)
        if n.isOp("<-"):
            if not ref.paren:
                self.fail("a head with parentheses")
            self.next()
            return Rule(ref.pos, head=ref, body=self.body())
        if n.isOp(*PROJ):
            return self.equation(ref)
        if (n.isOp(",") or self.atEnd()) and ref.paren:
            refs = [ref]
            while self.tok.isOp(","):
                self.next()
                refs.append(self.atom())
            return Facts(ref.pos, refs=refs)
        self.fail("'=', '<-', ':' or '?'")

    def directive(self):
        at = self.next()
        if self.tok.kind != "NAME":
            self.fail("a directive")
        name, words = self.next().value, []
        while not self.atEnd():
            t = self.tok
            if not (t.kind in ("NAME", "INT", "REAL", "STRING") or t.isOp("=", ",", "{", "}")):
                self.fail("a name, a number, a string or punctuation")
            words.append(self.next())
        return Directive(at.pos, name=name, words=words)

    def decl(self, ref):
        self.next()
        t = self.tok
        if t.kind != "NAME" or t.value not in ("bool", "int", "real"):
            self.fail("'bool', 'int' or 'real'")
        self.next()
        sizes = None
        if self.tok.isOp("["):
            self.next()
            sizes = [self.size()]
            while self.tok.isOp(","):
                self.next()
                sizes.append(self.size())
            self.want("]")
        return Decl(ref.pos, ref=ref, type=t.value, sizes=sizes)

    def size(self):
        t = self.tok
        if t.kind not in ("INT", "NAME"):
            self.fail("a size")
        self.next()
        return IConst(t.pos, value=t.value) if t.kind == "INT" else IName(t.pos, name=t.value)

    def equation(self, ref):
        op = self.next().value
        if op == "=" and self.tok.kind == "STRING":
            return Read(ref.pos, head=ref, path=self.next().value)
        if op in ("=", "+=") and self.tok.isOp("["):
            pos = self.tok.pos
            return Literal(ref.pos, head=ref, list=self.list(), listpos=pos)
        return Equation(ref.pos, head=ref, op=op, expr=self.expr())

    def list(self):
        open_ = self.want("[")
        items = []
        while not self.tok.isOp("]"):
            if items:
                self.want(",")
            items.append(self.item())
        self.want("]")
        return Node(open_.pos, items=items)

    def item(self):
        if self.tok.isOp("["):
            return self.list()
        sign, pos = 1, self.tok.pos
        if self.tok.isOp("-"):
            self.next()
            sign = -1
        if self.tok.kind not in ("INT", "REAL"):
            self.fail("a number or a list")
        return Num(pos, value=sign * self.next().value)

    # -- rules
    def body(self):
        out = [self.literal()]
        while self.tok.isOp(","):
            self.next()
            out.append(self.literal())
        return out

    def literal(self):
        t = self.tok
        if t.isOp("not"):
            self.next()
            a = self.atom()
            return Atom(t.pos, ref=a, negated=True)
        if t.kind == "NAME" and self.tokens[self.at + 1].isOp("(") and not self.operatorFollows():
            return Atom(t.pos, ref=self.atom(), negated=False)
        left = self.expr()
        if not self.tok.isOp(*CMP):
            self.fail("a comparison")
        op = self.next().value
        return Compare(t.pos, op="==" if op == "=" else op, left=left, right=self.expr())

    def operatorFollows(self):
        """After NAME ( ... ): is the next token a comparison or an arithmetic operator?"""
        k, depth = self.at + 1, 0
        while self.tokens[k].kind not in ("END", "EOF"):
            t = self.tokens[k]
            depth += t.isOp("(", "[", "{") - t.isOp(")", "]", "}")
            k += 1
            if depth == 0:
                break
        return self.tokens[k].isOp("+", "-", "*", "/", "%", "^", *CMP)

    # -- references
    def atom(self):
        if self.tok.kind != "NAME":
            self.fail("an atom")
        if not self.tokens[self.at + 1].isOp("("):
            self.fail("'('", self.tokens[self.at + 1])
        return self.ref()

    def ref(self):
        t = self.tok
        if t.kind != "NAME":
            self.fail("a name")
        self.next()
        if self.tok.isOp("["):
            return Ref(t.pos, name=t.value, args=self.args("]"), paren=False)
        if self.tok.isOp("("):
            return Ref(t.pos, name=t.value, args=self.args(")"), paren=True)
        return Ref(t.pos, name=t.value, args=None, paren=False)

    def args(self, close):
        self.next()
        out = []
        while not self.tok.isOp(close):
            if out:
                if not self.tok.isOp(","):
                    self.fail(f"',' or '{close}'")
                self.next()
            out.append(self.index())
        self.next()
        return out

    def index(self):
        t = self.tok
        star = False
        if t.isOp("*"):
            self.next()
            star = True
        if self.tok.isOp(":"):
            if star:
                self.fail("an index")
            low = None
        else:
            low = self.iexpr()
        if self.tok.isOp(":") and not star:
            self.next()
            high = None if self.tok.isOp(",", "]", ")") else self.iexpr()
            return Slice(t.pos, low=low, high=high)
        dot = False
        if self.tok.isOp("."):
            self.next()
            dot = True
        return Index(t.pos, star=star, expr=low, dot=dot)

    def iexpr(self):
        left = self.iterm()
        while self.tok.isOp("+", "-"):
            op = self.next().value
            left = IBin(left.pos, op=op, left=left, right=self.iterm())
        return left

    def iterm(self):
        left = self.iatom()
        while self.tok.isOp("*", "/", "%"):
            op = self.next().value
            left = IBin(left.pos, op=op, left=left, right=self.iatom())
        return left

    def iatom(self):
        t = self.tok
        if t.isOp("-"):
            self.next()
            if self.tok.kind != "INT":
                self.fail("an integer")
            return IConst(t.pos, value=-self.next().value)
        if t.kind in ("INT", "STRING"):
            self.next()
            return IConst(t.pos, value=t.value)
        if t.kind == "NAME":
            self.next()
            return self.iname(t)
        if t.isOp("("):
            self.next()
            e = self.iexpr()
            self.want(")")
            return e
        self.fail("an index")

    def iname(self, t):
        if t.value == "_":
            self.anonymous += 1
            return IVar(t.pos, name=f"_#{self.anonymous}")
        return IVar(t.pos, name=t.value) if isLower(t.value) else IName(t.pos, name=t.value)

    # -- expressions
    def expr(self):
        pos, sign = self.tok.pos, 1
        if self.tok.isOp("+", "-"):
            sign = -1 if self.next().value == "-" else 1
        terms = [(sign, self.term())]
        while self.tok.isOp("+", "-"):
            sign = -1 if self.next().value == "-" else 1
            terms.append((sign, self.term()))
        return Sum(pos, terms=terms)

    def term(self):
        pos = self.tok.pos
        ops = [("*", self.power())]
        while True:
            t = self.tok
            if t.isOp("*", "/", "%"):
                self.next()
                ops.append((t.value, self.power()))
            elif t.kind in ("NAME", "INT", "REAL", "STRING") or t.isOp("("):
                ops.append(("*", self.power()))
            else:
                return Term(pos, ops=ops)

    def power(self):
        base = self.base()
        if not self.tok.isOp("^"):
            return base
        self.next()
        negative = self.tok.isOp("-")
        if negative:
            self.next()
        return Pow(base.pos, base=base, exponent=self.power(), negative=negative)

    def base(self):
        t = self.tok
        if t.kind in ("INT", "REAL"):
            self.next()
            return Num(t.pos, value=t.value)
        if t.kind == "STRING":
            self.next()
            return Str(t.pos, value=t.value)
        if t.isOp("("):
            self.next()
            e = self.expr()
            self.want(")")
            e.pos = t.pos
            return e
        if t.kind == "NAME":
            if isLower(t.value) and self.tokens[self.at + 1].isOp("("):
                return self.call()
            return self.ref()
        self.fail("an expression")

    def call(self):
        t = self.next()
        self.next()
        args = [self.expr()]
        while self.tok.isOp(","):
            self.next()
            args.append(self.expr())
        if not self.tok.isOp(")"):
            self.fail("',' or ')'")
        self.next()
        return Call(t.pos, name=t.value, args=args)


def parse(text):
    """Returns (statements, errors)."""
    return Parser(text).run()


# -- walking
def ivars(e):
    """Variables of an index expression, in order of appearance, with their nodes."""
    if isinstance(e, IVar):
        return [e]
    if isinstance(e, IBin):
        return ivars(e.left) + ivars(e.right)
    return []


def inames(e):
    if isinstance(e, IName):
        return [e]
    if isinstance(e, IBin):
        return inames(e.left) + inames(e.right)
    return []


def children(e):
    """Direct sub-expressions."""
    if isinstance(e, Sum):
        return [t for _, t in e.terms]
    if isinstance(e, Term):
        return [f for _, f in e.ops]
    if isinstance(e, Pow):
        return [e.base, e.exponent]
    if isinstance(e, Call):
        return list(e.args)
    return []


def walk(e):
    yield e
    for c in children(e):
        yield from walk(c)


def refs(e):
    return [n for n in walk(e) if isinstance(n, Ref)]


def refVars(r):
    """Variables in the arguments of a reference (slices have none)."""
    return [v for a in r.args or [] if isinstance(a, Index) for v in ivars(a.expr)]


def unwrap(e):
    """Strips parentheses and one-factor sums with a plus sign."""
    while isinstance(e, Sum) and len(e.terms) == 1 and e.terms[0][0] == 1 and len(e.terms[0][1].ops) == 1:
        e = e.terms[0][1].ops[0][1]
    return e
