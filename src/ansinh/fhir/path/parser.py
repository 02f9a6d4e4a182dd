"""Reads FHIRPath text into a tree: operator precedence climbing (Pratt)."""

from decimal import Decimal

from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.quantities import CALENDAR_UNITS, Quantity
from ansinh.fhir.path.syntax import (
    Binary,
    Call,
    Empty,
    Indexer,
    Literal,
    Member,
    Special,
    Syntax,
    TypeTest,
    Unary,
    Variable,
)
from ansinh.fhir.path.temporal import Temporal
from ansinh.fhir.path.tokens import Token, tokenize, unquote

# Higher binds tighter; the order is that of the specification's grammar.
_BINDING = {
    "implies": 1,
    "or": 2, "xor": 2,
    "and": 3,
    "in": 4, "contains": 4,
    "=": 5, "~": 5, "!=": 5, "!~": 5,
    "<": 6, "<=": 6, ">": 6, ">=": 6,
    "|": 7,
    "is": 8, "as": 8,
    "+": 9, "-": 9, "&": 9,
    "*": 10, "/": 10, "div": 10, "mod": 10,
}  # fmt: skip
_UNARY = 11
_WORDS = frozenset(word for word in _BINDING if word.isalpha())
# Words of operators that may also begin a path; after a dot every word is a name.
_NAMES = frozenset({"as", "is", "contains", "in"})
_DEEPEST = 200


def parse(expression: str) -> Syntax:
    """The tree of an expression. Raises PathError with code `syntax` and nothing else."""
    return _Parser(expression).whole()


class _Parser:
    def __init__(self, expression: str):
        self.expression = expression
        self.tokens = tokenize(expression)
        self.at = 0
        self.depth = 0

    def whole(self) -> Syntax:
        tree = self.climb(0)
        if self.token.kind != "end":
            raise self.unexpected()
        return tree

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def advance(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def unexpected(self) -> PathError:
        token = self.token
        where = f"không đọc được từ ký tự thứ {token.position + 1}" if token.text else "còn thiếu phần cuối"
        return PathError(f"{where}.", code="syntax", expression=self.expression)

    def accepts(self, text: str) -> bool:
        if self.token.kind == "operator" and self.token.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accepts(text):
            raise self.unexpected()

    def climb(self, binding: int) -> Syntax:
        """An expression whose operators all bind tighter than `binding`."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise PathError("lồng nhau quá sâu.", code="syntax", expression=self.expression)
        left = self.unary()
        while (power := self.binding()) > binding:
            operator = self.advance().text
            if operator in ("is", "as"):
                left = TypeTest(operator, left, self.type_name())
            else:
                left = Binary(operator, left, self.climb(power))
        self.depth -= 1
        return left

    def binding(self) -> int:
        token = self.token
        if token.kind == "operator" or (token.kind == "name" and token.text in _WORDS):
            return _BINDING.get(token.text, 0)
        return 0

    def unary(self) -> Syntax:
        if self.token.kind == "operator" and self.token.text in ("+", "-"):
            operator = self.advance().text
            return Unary(operator, self.climb(_UNARY - 1) if self._another_sign() else self.postfix(self.term()))
        return self.postfix(self.term())

    def _another_sign(self) -> bool:
        return self.token.kind == "operator" and self.token.text in ("+", "-")

    def postfix(self, left: Syntax) -> Syntax:
        while True:
            if self.accepts("."):
                left = self.invocation(left)
            elif self.accepts("["):
                left = Indexer(left, self.climb(0))
                self.expect("]")
            else:
                return left

    def invocation(self, source: Syntax | None) -> Syntax:
        token = self.token
        if token.kind == "special" and source is not None:
            raise self.unexpected()
        name = self.name()
        if token.kind == "name" and self.accepts("("):
            return Call(source, name, self.arguments(sorting=name == "sort"))
        return Member(source, name)

    def name(self) -> str:
        token = self.token
        if token.kind == "quoted":
            return unquote(self.advance().text)
        if token.kind == "name":
            return self.advance().text
        raise self.unexpected()

    def arguments(self, *, sorting: bool) -> tuple[Syntax, ...]:
        if self.accepts(")"):
            return ()
        found = [self.argument(sorting)]
        while self.accepts(","):
            found.append(self.argument(sorting))
        self.expect(")")
        return tuple(found)

    def argument(self, sorting: bool) -> Syntax:
        """An expression; a key of `sort` may be followed by its direction."""
        tree = self.climb(0)
        if sorting and self.token.kind == "name" and self.token.text in ("asc", "desc"):
            return Unary(self.advance().text, tree)
        return tree

    def type_name(self) -> str:
        name = self.name()
        while self.accepts("."):
            name = f"{name}.{self.name()}"
        return name

    def term(self) -> Syntax:
        token = self.token
        match token.kind:
            case "operator":
                return self.bracketed()
            case "special":
                return Special(self.advance().text[1:])
            case "string":
                return Literal(unquote(self.advance().text))
            case "number":
                return self.number()
            case "date" | "datetime" | "time":
                return self.temporal()
            case "name" if token.text in ("true", "false"):
                return Literal(self.advance().text == "true")
            case "name" if token.text in _WORDS and token.text not in _NAMES:
                raise self.unexpected()
            case "name" | "quoted":
                return self.invocation(None)
        raise self.unexpected()

    def bracketed(self) -> Syntax:
        if self.accepts("("):
            inner = self.climb(0)
            self.expect(")")
            return inner
        if self.accepts("{"):
            self.expect("}")
            return Empty()
        if self.accepts("%"):
            if self.token.kind == "string":
                return Variable(unquote(self.advance().text))
            return Variable(self.name())
        raise self.unexpected()

    def number(self) -> Syntax:
        text = self.advance().text
        value = Decimal(text) if "." in text else int(text)
        token = self.token
        if token.kind == "string":
            return Literal(Quantity(Decimal(text), unquote(self.advance().text)))
        if token.kind == "name" and token.text in CALENDAR_UNITS:
            return Literal(Quantity(Decimal(text), CALENDAR_UNITS[self.advance().text]))
        return Literal(value)

    def temporal(self) -> Syntax:
        token = self.token
        value = Temporal.read(token.text.removeprefix("@"), {"datetime": "DateTime"}.get(token.kind))
        if value is None:
            raise self.unexpected()
        self.at += 1
        return Literal(value)
