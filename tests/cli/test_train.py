"""`sentigate train`: settings from flags, pairs, file and preset; errors before work begins."""

import pytest

torch = pytest.importorskip("torch")


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "reviews.csv"
    rows = [
        f"the food was {word} {n},{label}"
        for n in range(9)
        for word, label in (("good", "pos"), ("bad", "neg"))
    ]
    file.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return file


@pytest.fixture
def asked(monkeypatch):
    """What the training function is called with; it does not train."""
    import sentigate.train.fit as fit

    calls = []

    def train(table, dev, output, config, **options):
        calls.append((table, dev, output, config, options))
        options["report"]("learning")
        return output

    monkeypatch.setattr(fit, "train", train)
    return calls


def test_flags_win_over_pairs_over_file_over_preset(run, data, asked, tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("hidden_size = 8\nembedding_size = 8\nbatch_size = 8\n")
    result = run(
        *("train", data, "-o", tmp_path / "mine", "--preset", "tiny", "--config", file),
        *("--set", "hidden_size=16", "--set", "embedding_size=16", "--hidden-size", "24"),
        *("--pooling", "mean,last", "--no-bidirectional", "--resume"),
    )
    assert result.exit_code == 0, result.stderr
    ((table, dev, output, config, options),) = asked
    assert (config.hidden_size, config.embedding_size, config.batch_size) == (24, 16, 8)
    assert config.vocab_size == 2000
    assert (config.pooling, config.bidirectional) == (("mean", "last"), False)
    assert (len(table.examples), dev, output) == (18, None, tmp_path / "mine")
    assert options["resume"]


def test_what_was_guessed_and_done_is_said_on_stderr(run, data, asked, tmp_path):
    result = run("train", data, "-o", tmp_path / "mine", "--dev", data)
    assert result.stdout == ""
    assert "'text'" in result.stderr
    assert "learning" in result.stderr
    assert f"sentigate predict --model {tmp_path / 'mine'}" in result.stderr
    assert len(asked[0][1].examples) == 18


def test_all_faults_are_told_at_once_and_nothing_is_read(run, asked, tmp_path):
    arguments = ["--hidden-size", "x", "--set", "num_layers=0", "--set", "hiden_size=3"]
    result = run("train", tmp_path / "none.csv", "-o", tmp_path / "mine", *arguments)
    assert result.exit_code == 2
    for fault in ("hidden_size", "num_layers", "did you mean 'hidden_size'"):
        assert fault in result.stderr
    assert asked == []


def test_an_unknown_flag_gets_the_nearest(run, data, tmp_path):
    result = run("train", data, "-o", tmp_path / "mine", "--hiden-size", "64")
    assert result.exit_code == 2
    assert "--hidden-size" in result.stderr


def test_ctrl_c_ends_with_130(run, data, asked, monkeypatch, tmp_path):
    import sentigate.train.fit as fit

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(fit, "train", interrupted)
    result = run("train", data, "-o", tmp_path / "mine")
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "sentigate: stopped"
