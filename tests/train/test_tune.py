"""A search: what comes out trains as the trial did, and a stopped one ends like one that is not."""

import pytest

pytest.importorskip("optuna")

import optuna

from sentigate.config import train_config
from sentigate.data.readers import read
from sentigate.errors import DataError, OutputError
from sentigate.train import tune as module
from sentigate.train.fit import train
from sentigate.train.space import parse_space
from sentigate.train.tune import Search, tune

GOOD = ["lovely food", "great place", "so happy with it", "wonderful staff", "very good soup"]
BAD = ["awful food", "bad place", "so angry about it", "horrible staff", "very cold soup"]
GIVEN = {"threads": 1, "epochs": 2, "vocab_size": 300, "embedding_size": 8}
SPACE = parse_space(["learning_rate=0.001..0.1", "hidden_size=4,8", "pooling=last,mean+max"])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    file = tmp_path_factory.mktemp("tune") / "reviews.csv"
    rows = [
        f"{text} {n},{label}"
        for n in range(8)
        for label, texts in (("pos", GOOD), ("neg", BAD))
        for text in texts
    ]
    file.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return read(file)


def settings(**changes):
    return train_config("tiny", overrides=GIVEN | {"dev_fraction": 0.3} | changes)


def search(data, output, trials=3, resume=False, **changes):
    plan = Search(output, trials, SPACE, resume=resume)
    return tune(data, None, settings(**changes), plan, report=changes.pop("report", lambda _: None))


def trials(output):
    """What a study holds of its whole trials."""
    backend = optuna.storages.journal.JournalFileBackend(str(output.with_suffix(".study")))
    storage = optuna.storages.JournalStorage(backend)
    study = optuna.load_study(study_name="sentigate", storage=storage)
    return [(t.params, t.value) for t in study.trials if t.state != optuna.trial.TrialState.FAIL]


@pytest.fixture(scope="module")
def searched(data, tmp_path_factory):
    return search(data, tmp_path_factory.mktemp("searched") / "tuned.toml")


def test_the_first_trial_is_the_settings_as_they_are(searched):
    params, score = trials(searched)[0]
    assert params == {"learning_rate": 0.004, "hidden_size": 32, "pooling": "mean+max"}
    assert f"started from {score:.4f}" in searched.read_text("utf-8")


def test_training_with_the_file_scores_as_the_trial_did(searched, data, tmp_path):
    best = max(score for _, score in trials(searched) if score is not None)
    lines = []
    config = train_config("default", searched)
    train(data, None, tmp_path / "mine", config, report=lines.append)
    scores = [
        float(line.split("dev_score ")[1].split()[0]) for line in lines if "dev_score" in line
    ]
    assert max(scores) == pytest.approx(best, abs=1e-4)
    assert config.vocab_size == 300


def test_same_seed_same_search_and_another_seed_another(searched, data, tmp_path):
    again = search(data, tmp_path / "again.toml")
    assert trials(again) == trials(searched)
    assert again.read_text("utf-8").replace("again.toml", "tuned.toml") == searched.read_text(
        "utf-8"
    )
    assert trials(search(data, tmp_path / "other.toml", trials=2, seed=1))[1] != trials(again)[1]


def test_stopped_and_resumed_equals_uninterrupted(searched, data, tmp_path, monkeypatch):
    output, fit, calls = tmp_path / "tuned.toml", module.fit, []

    def killed_in_the_second(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return fit(*arguments, **options)

    monkeypatch.setattr(module, "fit", killed_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        search(data, output)
    assert "best of 1 trials" in output.read_text("utf-8")
    search(data, output, resume=True)
    assert trials(output) == trials(searched)
    assert output.read_text("utf-8") == searched.read_text("utf-8")


def test_a_study_is_not_mixed_with_another(searched, data):
    with pytest.raises(OutputError, match="--resume"):
        search(data, searched)
    with pytest.raises(DataError, match="other data or settings"):
        search(data, searched, resume=True, batch_size=4)


def test_hopeless_trials_are_given_up(data, tmp_path):
    space = parse_space(["learning_rate=1e-9..1e-8"])
    config = settings(epochs=4, learning_rate=0.02, hidden_size=16)
    lines = []
    plan = Search(tmp_path / "tuned.toml", 7, space)
    output = tune(data, None, config, plan, report=lines.append)
    assert any("given up" in line for line in lines)
    assert train_config("default", output) == config
