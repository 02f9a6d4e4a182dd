import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansinh.fhir.path import PathError, compile_path
from ansinh.fhir.path.parser import parse
from ansinh.fhir.path.syntax import Binary, Call, Indexer, Literal, Member, TypeTest, Unary


def test_parse_chain_reads_from_the_left():
    assert parse("name.given[0]") == Indexer(Member(Member(None, "name"), "given"), Literal(0))


def test_parse_multiplication_binds_tighter_than_addition():
    assert parse("1 + 2 * 3") == Binary("+", Literal(1), Binary("*", Literal(2), Literal(3)))


def test_parse_equal_precedence_groups_from_the_left():
    assert parse("1 - 2 - 3") == Binary("-", Binary("-", Literal(1), Literal(2)), Literal(3))


def test_parse_sign_takes_the_whole_path():
    assert parse("-a.b") == Unary("-", Member(Member(None, "a"), "b"))


def test_parse_is_binds_tighter_than_union():
    assert parse("a | b is Patient") == Binary("|", Member(None, "a"), TypeTest("is", Member(None, "b"), "Patient"))


def test_parse_word_operators_may_be_names_after_a_dot():
    assert parse("item.contains.as") == Member(Member(Member(None, "item"), "contains"), "as")
    assert parse("contains('x')") == Call(None, "contains", (Literal("x"),))


def test_parse_quoted_names_and_escapes():
    assert parse(r"`a\`b`") == Member(None, "a`b")
    assert parse(r"'Đ\u1ea1o \'x\''") == Literal("Đạo 'x'")


@pytest.mark.parametrize(
    "text",
    ["", " ", "1 +", "(1", "a.", "a[", "a[0", "{1}", "'open", "`open", "a b", "@2020-13-01", "@T25:00", "@T10:00Z",
     "%", "a.$this", "f(,)", "/* open", "1 'mg", "and", "and and", "a..b", "#", "@2020-02-30"],
)  # fmt: skip
def test_parse_of_what_is_no_expression_raises_path_error(text):
    with pytest.raises(PathError) as raised:
        parse(text)

    assert raised.value.code == "syntax"
    assert text in raised.value.message


def test_parse_of_deep_nesting_raises_path_error():
    with pytest.raises(PathError):
        parse("(" * 5000 + "1" + ")" * 5000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("nothing()", "nothing"), ("first(1)", "first"), ("a.ofType(Nothing)", "Nothing"), ("a is b.c", "b.c"),
     ("ofType(1 + 1)", "kiểu")],
)  # fmt: skip
def test_compile_names_what_does_not_exist(text, reason):
    with pytest.raises(PathError) as raised:
        compile_path(text)

    assert raised.value.code == "semantic"
    assert reason in raised.value.reason


PIECES = ["a", "Patient", ".", "(", ")", "[", "]", "1", "1.5", "'x'", " and ", " is ", "+", "-", "|", "%", "$this",
          "@2020", "@T10", "{}", "where", "first", ",", "=", "~", " days", "`q`", "resolve()", "//", "/*"]  # fmt: skip


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
@example("-" * 3000)
@example("a." * 3000 + "a")
@example("1+" * 3000 + "1")
@example("not(" * 3000)
def test_compile_of_any_text_gives_a_path_or_a_path_error(text):
    try:
        path = compile_path(text)
    except PathError:
        return
    assert path.expression == text
