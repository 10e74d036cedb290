"""Options made from a configuration record."""

import pytest
import typer
from typer.testing import CliRunner

from sentigate.cli.settings import as_values, parse_pairs, with_settings
from sentigate.config import TrainConfig
from sentigate.errors import ConfigError


@pytest.fixture
def given():
    """Return a function that gives what a command with settings gets for some arguments."""
    app = typer.Typer(rich_markup_mode=None)
    seen = []

    @app.command()
    @with_settings(TrainConfig)
    def command(name: str, settings: dict) -> None:
        seen.append((name, dict(settings)))

    def call(*arguments):
        result = CliRunner().invoke(app, list(arguments))
        return seen.pop() if result.exit_code == 0 else result.stderr

    return call


def test_only_what_is_given_is_passed(given):
    assert given("x") == ("x", {})
    assert given("--hidden-size", "64", "x", "--seed=7") == (
        "x",
        {"hidden_size": "64", "seed": "7"},
    )


def test_switches_have_two_sides(given):
    assert given("x", "--bidirectional") == ("x", {"bidirectional": True})
    assert given("x", "--no-bidirectional") == ("x", {"bidirectional": False})


def test_every_key_is_an_option(given):
    for key, field in TrainConfig.model_fields.items():
        flag = f"--{key.replace('_', '-')}"
        arguments = [flag] if field.annotation is bool else [flag, "1"]
        assert set(given("x", *arguments)[1]) == {key}


def test_an_unknown_option_gets_the_nearest(given):
    assert "--hidden-size" in given("x", "--hiden-size", "64")


def test_pairs():
    assert parse_pairs(["a=1", " b = x=y "]) == {"a": "1", "b": "x=y"}
    with pytest.raises(ConfigError, match="'a' is not of the form key=value; 'b' is not"):
        parse_pairs(["a", "b"])


def test_texts_become_values_of_the_record():
    texts = {"pooling": "last,max", "num_layers": "2", "vectors": "false", "dropout": ".1"}
    config = TrainConfig.from_dict(as_values(TrainConfig, texts))
    assert config.pooling == ("last", "max")
    assert (config.num_layers, config.vectors, config.dropout) == (2, False, 0.1)
