"""One hand: rules of the house that no linter has, over every module of the package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import provenance

ROOT = Path(provenance.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60

# "That is no manifest" is German order; "there is no manifest" and "is no longer" are English.
IS_NO = re.compile(
    r"(?<!there )\b(?:is|are) no (?!longer\b|more\b|less\b|fewer\b|\w+er\b)", re.IGNORECASE
)
RELATIVE_OPENING = re.compile(r"(?:^|[.!?:] |\n\s*)(?:Whose|Whom|Whoever)\b")
SINGLE_TICKS = re.compile(r"(?<!`)`(?!`)[^`\n]+`(?!`)")
INLINE_RAISES = re.compile(r"\bRaises? ``?\w+Error|\bRaises \w+Error")


def _none(found: Iterable[tuple[Path, int, str]]) -> None:
    """Fail with every place that was found, one a line."""
    places = [f"{path.relative_to(ROOT)}:{line}: {what}" for path, line, what in found]
    if places:
        pytest.fail(f"{len(places)} places:\n" + "\n".join(places), pytrace=False)


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _docstrings() -> Iterator[tuple[Path, int, str]]:
    """Yield every docstring, those of constants (a string below an assignment) included."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
                continue
            if isinstance(node.value.value, str):
                yield path, node.lineno, node.value.value


def _texts() -> Iterator[tuple[Path, int, str]]:
    """Yield every string of the program: docstrings, sentences and messages."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path, node.lineno, node.value


def test_a_caught_error_is_called_error() -> None:
    found = (
        (path, node.lineno, node.name)
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.name not in (None, "error")
    )
    _none((path, line, str(name)) for path, line, name in found)


def test_what_is_raised_stands_in_a_section() -> None:
    found = (
        (path, line, text[match.start() :][:60])
        for path, line, text in _docstrings()
        if (match := INLINE_RAISES.search(text))
    )
    _none(found)


def test_code_in_docstrings_stands_between_double_backticks() -> None:
    found = (
        (path, line, match.group())
        for path, line, text in _docstrings()
        for match in SINGLE_TICKS.finditer(text)
    )
    _none(found)


def _messages() -> Iterator[tuple[Path, int, str]]:
    """Yield the messages of our errors, with ``{}`` for what is filled in."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func)
                if name.endswith("Error") and node.exc.args and name not in _TECHNICAL:
                    text = _literal(node.exc.args[0])
                    if text is not None:
                        yield path, node.lineno, text


# Python's own, whose messages only programmers see, and errors that carry a fragment which another
# error's sentence takes up.
_TECHNICAL = {"AttributeError", "TypeError", "ValueError", "KeyError", "ChainError", "SchemaError"}


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return None


def test_messages_are_full_sentences() -> None:
    found = (
        (path, line, text)
        for path, line, text in _messages()
        if not re.match(r"[A-Z\"'{(0-9]", text) or not re.search(r"[.?!)]\"?$|\{\}$", text)
    )
    _none(found)


@pytest.mark.parametrize("pattern", [IS_NO, RELATIVE_OPENING], ids=["is no", "whose opens"])
def test_plain_english(pattern: re.Pattern[str]) -> None:
    found = (
        (path, line, text[max(0, match.start() - 20) : match.end() + 20].replace("\n", " "))
        for path, line, text in _texts()
        if (match := pattern.search(text))
    )
    _none(found)


def test_modules_and_functions_stay_short() -> None:
    def long() -> Iterator[tuple[Path, int, str]]:
        for path, tree in _trees():
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > LONGEST_MODULE:
                yield path, lines, "lines in one module"
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    length = _body_lines(node)
                    if length > LONGEST_FUNCTION:
                        yield path, node.lineno, f"{node.name} has {length} lines"

    _none(long())


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines without its docstring."""
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length
