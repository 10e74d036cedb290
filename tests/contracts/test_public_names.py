"""What can be imported is what `__all__` says, and all of it is documented."""

import importlib
import importlib.util
import inspect
import pkgutil

import pytest

import sentigate

PACKAGES = ["sentigate", *(f"sentigate.{m.name}" for m in pkgutil.iter_modules(sentigate.__path__))]
LIGHT = [name for name in PACKAGES if name.split(".")[-1] not in ("nn", "train", "estimator")]
NAMES = {
    "Analyzer",
    "Attribution",
    "GateReading",
    "HeadResult",
    "Prediction",
    "SentigateError",
    "Status",
    "Trajectory",
    "load",
    "pipeline",
    "push_to_hub",
}
NEED_AN_EXTRA = {"LSTMClassifier", "LSTMRegressor"}


def test_the_public_names():
    assert set(sentigate.__all__) == NAMES | {"__version__"}


@pytest.mark.parametrize("name", sorted(NEED_AN_EXTRA))
def test_a_name_that_needs_an_extra_is_there_or_says_which(name):
    if importlib.util.find_spec("sklearn"):
        assert inspect.getdoc(getattr(sentigate, name))
    else:
        with pytest.raises(sentigate.SentigateError, match="pip install 'sentigate"):
            getattr(sentigate, name)


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
