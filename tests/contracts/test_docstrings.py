"""A docstring that lists arguments lists all of them, by their names and in their order."""

import ast
import re
from pathlib import Path

import pytest

import sentigate

PACKAGE = Path(sentigate.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))


def documented(docstring):
    """The names below `Args:`, or None where there is no such section."""
    section = re.search(r"^Args:\n((?:[ ]{4}.*\n?|\n)+)", docstring, re.MULTILINE)
    return section and re.findall(r"^    \*{0,2}(\w+):", section[1], re.MULTILINE)


def parameters(function):
    names = function.args
    every = [*names.posonlyargs, *names.args, names.vararg, *names.kwonlyargs, names.kwarg]
    return [one.arg for one in every if one and one.arg not in ("self", "cls")]


def fields(record):
    """What a class is made from: the arguments of its `__init__`, or its annotated fields."""
    made = [n for n in record.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
    if made:
        return parameters(made[0])
    return [n.target.id for n in record.body if isinstance(n, ast.AnnAssign)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_arguments_are_those_of_the_signature(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            listed = documented(ast.get_docstring(node))
            wanted = fields(node) if isinstance(node, ast.ClassDef) else parameters(node)
            assert listed is None or listed == wanted, f"{file.name}:{node.lineno} {node.name}"
