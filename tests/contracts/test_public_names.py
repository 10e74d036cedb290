"""What can be imported is what `__all__` says, and all of it is documented."""

import importlib
import inspect
import pkgutil

import pytest

import sentigate

PACKAGES = ["sentigate", *(f"sentigate.{m.name}" for m in pkgutil.iter_modules(sentigate.__path__))]
LIGHT = [name for name in PACKAGES if name.split(".")[-1] not in ("nn", "train")]
NAMES = {
    "Analyzer",
    "HeadResult",
    "Prediction",
    "SentigateError",
    "Status",
    "load",
    "pipeline",
}


def test_the_public_names():
    assert set(sentigate.__all__) == NAMES | {"__version__"}


def test_nothing_else_is_visible():
    assert set(dir(sentigate)) == set(sentigate.__all__)


@pytest.mark.parametrize("package", LIGHT)
def test_every_exported_name_exists_and_is_documented(package):
    module = importlib.import_module(package)
    assert module.__doc__
    for name in getattr(module, "__all__", []):
        value = getattr(module, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), f"{package}.{name} has no docstring"
