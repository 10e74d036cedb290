"""`sentigate tune`: what is kept and what is searched; errors before work begins."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("optuna")


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "reviews.csv"
    rows = [f"the food was {word} {n},{word}" for n in range(9) for word in ("good", "bad")]
    file.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return file


@pytest.fixture
def asked(monkeypatch):
    """What the searching function is called with; it does not search."""
    import sentigate.train.tune as module

    calls = []

    def tune(table, dev, config, search, **options):
        calls.append((table, dev, config, search))
        options["report"]("searching")
        return search.output

    monkeypatch.setattr(module, "tune", tune)
    return calls


def test_what_is_given_is_kept(run, data, asked, tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("hidden_size = 8\n")
    result = run(
        *("tune", data, "-o", tmp_path / "best.toml", "--trials", "7", "--preset", "tiny"),
        *("--config", file, "--set", "dropout=0.1", "--seed", "3", "--resume"),
    )
    assert result.exit_code == 0, result.stderr
    ((_, _, config, search),) = asked
    assert (config.vocab_size, config.hidden_size, config.dropout) == (2000, 8, 0.1)
    assert search.fixed == {"hidden_size", "dropout", "seed"}
    assert (search.trials, search.resume, search.space) == (7, True, None)
    assert f"--config {tmp_path / 'best.toml'}" in result.stderr
    assert result.stdout == ""


def test_what_to_search_can_be_said(run, data, asked):
    result = run("tune", data, "--search", "dropout=0..0.5", "--search", "hidden_size=8,16")
    assert result.exit_code == 0, result.stderr
    assert set(asked[0][3].space) == {"dropout", "hidden_size"}
    assert str(asked[0][3].output) == "tuned.toml"


def test_faults_are_told_before_anything_is_read(run, asked, tmp_path):
    result = run("tune", tmp_path / "none.csv", "--search", "dropout=9", "--search", "hiden=1..2")
    assert result.exit_code == 2
    assert "low..high" in result.stderr
    assert "unknown key 'hiden'" in result.stderr
    assert asked == []


def test_ctrl_c_says_how_to_go_on(run, data, monkeypatch):
    import sentigate.train.tune as module

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "tune", interrupted)
    result = run("tune", data)
    assert result.exit_code == 130
    assert "--resume" in result.stderr
