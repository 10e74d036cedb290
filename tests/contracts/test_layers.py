"""Imports point down only, without cycles, and torch stays above its line."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import sentigate

PACKAGE = Path(sentigate.__file__).parent
LAYERS = [
    {"records", "config", "errors", "files", "extras"},
    {"text", "data", "pages"},
    {"lstm", "model"},
    {"runtime", "evaluate", "behaviour"},
    {"nn", "train"},
    {"explain"},
    {"analyzer", "compat", "estimator"},
    {"client", "score", "serve"},
    {"cli"},
    {"sentigate", "__main__"},  # the public names and `python -m sentigate`
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
TORCH = {"torch", "lightning"}
TORCH_SIDE = {"nn", "train"}
OPTIONAL = TORCH | {
    *("sklearn", "scipy", "pyarrow", "onnx", "pandas", "polars", "tensorboard", "jinja2"),
    *("matplotlib", "captum", "spacy", "huggingface_hub", "optuna"),
}
SERVER = {"fastapi", "starlette", "uvicorn", "prometheus_client"}


def module_name(file):
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part(module):
    """The layer's member that a module belongs to: `sentigate.text.rules` -> `text`."""
    names = module.split(".")
    return names[1] if len(names) > 1 else names[0]


def imports(node):
    """Every module imported below a node, inside functions too; not those for type checkers."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imports(child)


FILES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}
IMPORTS = {
    module: set(imports(ast.parse(file.read_text(encoding="utf-8"))))
    for module, file in FILES.items()
}


def own(target):
    """The module of ours that an import reaches: the name itself, or the module it lies in."""
    return target if target in FILES else target.rpartition(".")[0]


def is_ours(target):
    return target.split(".")[0] == "sentigate"


EDGES = {
    module: {own(target) for target in targets - {"sentigate.__version__"} if is_ours(target)}
    for module, targets in IMPORTS.items()
}


def test_every_module_has_a_layer():
    assert {part(module) for module in FILES} == set(LEVEL)


def test_every_import_reaches_a_module():
    assert {target for targets in EDGES.values() for target in targets} <= set(FILES)


def test_imports_point_down():
    upward = [
        (module, target)
        for module, targets in EDGES.items()
        for target in targets
        if LEVEL[part(target)] > LEVEL[part(module)]
    ]
    assert not upward


def test_no_cycles():
    TopologicalSorter(EDGES).prepare()  # raises CycleError, which names the cycle


def test_no_cycles_between_packages():
    parts = {}
    for module, targets in EDGES.items():
        parts.setdefault(part(module), set()).update(map(part, targets))
    TopologicalSorter({name: targets - {name} for name, targets in parts.items()}).prepare()


def test_only_the_torch_side_names_torch():
    users = {part(module) for module, targets in IMPORTS.items() if roots(targets) & TORCH}
    assert users == TORCH_SIDE


def test_optional_libraries_are_imported_by_the_torch_side_or_through_extras():
    users = {part(module) for module, targets in IMPORTS.items() if roots(targets) & OPTIONAL}
    assert users <= TORCH_SIDE


def test_only_the_server_names_the_libraries_of_the_server():
    users = {part(module) for module, targets in IMPORTS.items() if roots(targets) & SERVER}
    assert users == {"serve"}


def test_networks_know_no_text_and_no_data():
    reached = {part(t) for module in FILES if part(module) == "nn" for t in EDGES[module]}
    assert not reached & {"text", "data"}


def roots(targets):
    return {target.split(".")[0] for target in targets}
