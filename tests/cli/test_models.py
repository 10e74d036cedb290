"""`sentigate models`: what is shipped, and all about one model."""

import pytest

from sentigate.cli import models as module


@pytest.fixture
def shipped(monkeypatch, make_model):
    folders = {name: make_model(name, languages=(name,)) for name in ("en", "zh")}
    monkeypatch.setattr(module, "shipped", lambda: folders)


def test_the_list_says_heads_labels_size_licence_and_figures(run, shipped):
    result = run("models")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [line for line in lines if line in ("en", "zh")] == ["en", "zh"]
    for words in ("negative, neutral, positive", "MB", "apache-2.0", "macro f1 0.250 on reviews"):
        assert any(words in line for line in lines)


def test_one_model_is_told_in_full(run, tiny):
    result = run("models", tiny)
    assert result.exit_code == 0, result.stderr
    for words in (
        "head sentiment (multiclass)",
        "anger, joy, sadness",
        "apache-2.0",
        "CC0",
        "It knows nothing.",
        "sentigate train reviews.csv",
        str(tiny),
    ):
        assert words in result.stdout.replace("\n", ""), words


def test_no_models(run, monkeypatch):
    monkeypatch.setattr(module, "shipped", dict)
    assert run("models").stdout == "no models are shipped\n"


def test_an_unknown_model(run):
    result = run("models", "nowhere")
    assert result.exit_code == 1
    assert "no model 'nowhere'" in result.stderr
