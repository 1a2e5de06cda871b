"""Size budgets: the long tail is what makes code regretted."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "accounts", "alliance_portal", "audit", "bench", "documents", "drills", "ground", "members", "mobility", "news",
    "notifications", "projects", "texts",
)  # fmt: skip
FUNCTION, VIEW, MODULE, CLASS = 30, 25, 400, 250
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Lines from the name to the end, without decorators and docstring."""
    first = node.body[0]
    docstring = 0
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        docstring = (first.end_lineno or 0) - first.lineno + 1
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


def _is_view(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg == "request"


def too_long(source: str) -> Iterator[str]:
    """What is over its budget in a module's `source`."""
    if (lines := len(source.splitlines())) > MODULE:
        yield f"module: {lines} lines, at most {MODULE}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and _length(node) > CLASS:
            yield f"class {node.name}: {_length(node)} lines, at most {CLASS}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            budget = VIEW if _is_view(node) else FUNCTION
            if _length(node) > budget:
                yield f"{node.name}: {_length(node)} lines, at most {budget}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_keeps_its_size_budget(module):
    assert list(too_long(module.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n" + "    x = 1\n" * 30,
        "def f(request):\n" + "    x = 1\n" * 25,
        "class C:\n" + "    x = 1\n" * 250,
        "x = 1\n" * 401,
    ],
)
def test_the_gate_sees_what_is_too_long(source):
    assert list(too_long(source))


def test_a_docstring_does_not_count():
    assert not list(too_long('def f():\n    """A.\n' + "    b\n" * 20 + '    """\n' + "    x = 1\n" * 29))
