"""Write the parts of the docs that state what the code says: `python scripts/generate_docs.py`.

The command line's help, the Python reference, the tables of settings, the list of modules and the
OpenAPI document are generated, so that they cannot lie; tests compare them with what this script
would write.
"""

import ast
import inspect
import json
import re
import textwrap
from pathlib import Path

from typer.testing import CliRunner

import sentigate
from sentigate.cli.app import app
from sentigate.config import Config, PretrainConfig, TrainConfig
from sentigate.serve.settings import ServeConfig

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "sentigate"


def cli_help() -> str:
    """The help of the program and of each command, as a terminal of 100 columns shows it."""
    commands = [[], *([command.callback.__name__] for command in app.registered_commands)]
    return "\n\n".join(_help(command) for command in commands)


def _help(command: list[str]) -> str:
    result = CliRunner().invoke(
        app, [*command, "--help"], prog_name="sentigate", terminal_width=100
    )
    name = " ".join(["sentigate", *command])
    return f"## {name}\n\n```text\n{result.output.rstrip()}\n```"


def settings(record: type[Config] = TrainConfig) -> str:
    """A table of every key of a record: what it may be, its default, what it means."""
    rows = ["| key | default | may be | meaning |", "| --- | --- | --- | --- |"]
    properties = record.model_json_schema()["properties"]
    for key, field in record.model_fields.items():
        default, meaning = _toml(field.default), " ".join((field.description or "").split())
        rows.append(f"| `{key}` | `{default}` | {_range(properties[key])} | {meaning} |")
    return "\n".join(rows)


def _toml(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    return f'"{value}"' if isinstance(value, str) else f"{value}"


def _range(schema: dict) -> str:
    """What a value may be, from its JSON schema."""
    if "anyOf" in schema:
        choices = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
        return ", ".join(_range(choice) for choice in choices)
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema["type"] == "array":
        return f"list of {_range(schema['items'])}"
    kind = {"integer": "whole number", "number": "number", "boolean": "`true`, `false`"}
    words = {
        "minimum": "≥ {}",
        "exclusiveMinimum": "> {}",
        "maximum": "≤ {}",
        "exclusiveMaximum": "< {}",
        "pattern": "`{}`",
    }
    limits = [words[key].format(schema[key]) for key in words if key in schema]
    return " ".join([kind.get(schema["type"], "text"), *limits])


def modules() -> str:
    """One line for each module: its path and the first line of its docstring."""
    lines = []
    for file in sorted(PACKAGE.rglob("*.py"), key=lambda file: (file.parent, file.name)):
        duty = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "?"
        lines.append(f"- `{file.relative_to(PACKAGE)}`: {duty.splitlines()[0]}")
    return "\n".join(lines)


def reference() -> str:
    """What `sentigate` offers to Python: signatures from the source, and docstrings as they are."""
    names = [name for name in sentigate.__all__ if not name.startswith("_")]
    names.sort(key=lambda name: not name.islower())  # functions, then classes
    return "\n\n".join(_described(name, getattr(sentigate, name)) for name in names)


def _described(name: str, item: object) -> str:
    node = ast.parse(textwrap.dedent(inspect.getsource(item))).body[0]
    parts = [f"## {name}\n", "```text", *_entry(f"sentigate.{name}", node)]
    for method in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(method, ast.FunctionDef) and _is_public(method):
            parts += ["", *_entry(method.name, method)]
    return "\n".join([*parts, "```"])


def _is_public(method: ast.FunctionDef) -> bool:
    if "overload" in map(ast.unparse, method.decorator_list):
        return False  # the signature of all of them follows
    return method.name == "__call__" or not method.name.startswith("_")


def _entry(name: str, node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """The signature of a function or class, and below it what the docstring says."""
    told = textwrap.indent(ast.get_docstring(node) or "?", "    ").splitlines()
    if isinstance(node, ast.ClassDef):
        kinds = ast.AnnAssign | ast.Assign
        fields = [ast.unparse(one) for one in node.body if isinstance(one, kinds)]
        return [name, *told, *(["", *(f"    {field}" for field in fields)] if fields else [])]
    if any(ast.unparse(one) == "property" for one in node.decorator_list):
        return [f"{name} -> {ast.unparse(node.returns)}", *told]
    parameters = ast.unparse(node.args).removeprefix("self").removeprefix(", ")
    return [f"{name}({parameters}) -> {ast.unparse(node.returns)}", *told]


GENERATED = {
    ROOT / "docs" / "cli.md": cli_help,
    ROOT / "docs" / "python.md": reference,
    ROOT / "docs" / "configuration.md": settings,
    ROOT / "docs" / "pretraining.md": lambda: settings(PretrainConfig),
    ROOT / "docs" / "serving.md": lambda: settings(ServeConfig),
    ROOT / "ARCHITECTURE.md": modules,
}


def rendered(page: Path) -> str:
    """What a page should be: itself, with the part between its two markers made anew.

    Raises:
        ValueError: the page has not exactly one pair of markers.
    """
    before, after = "<!-- generated by scripts/generate_docs.py -->\n", "\n<!-- end -->"
    pattern = re.compile(f"({re.escape(before)}).*?({re.escape(after)})", re.DOTALL)
    text, found = pattern.subn(
        lambda match: f"{match[1]}\n{GENERATED[page]()}\n{match[2]}", page.read_text("utf-8")
    )
    if found != 1:
        raise ValueError(f"{page} has {found} generated parts, expected one, between its markers")
    return text


def interface() -> str:
    """The OpenAPI document of the server."""
    from sentigate.serve.app import create_app  # needs the extra `serve`

    document = create_app(ServeConfig(), {}).openapi()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for page in GENERATED:
        page.write_text(rendered(page), encoding="utf-8")
    (ROOT / "docs" / "openapi.json").write_text(interface(), encoding="utf-8")
