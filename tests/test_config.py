"""Settings: every fault told once, in words a user knows."""

import pytest

from sentigate.config import HeadConfig, TrainConfig, presets, train_config
from sentigate.errors import ConfigError


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_valid(name):
    assert train_config(name)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"task": "foo"}, ["task: Input should be 'auto', 'binary'"]),
        ({"pooling": ("foo",)}, ["pooling.0: Input should be 'last'"]),
        ({"pooling": ()}, ["pooling: Tuple should have at least 1 item"]),
        ({"head": "ids"}, ["head: this is the name of an input of the network"]),
        ({"seed": -1, "hiden": 3}, ["unknown key 'hiden'", "seed: "]),
    ],
)
def test_each_fault_is_told_once(values, told):
    with pytest.raises(ConfigError) as raised:
        TrainConfig.from_dict(values)
    assert len(raised.value.faults) == len(told)
    for fault, beginning in zip(raised.value.faults, told, strict=True):
        assert fault.startswith(beginning)


def test_a_later_value_wins(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("hidden_size = 8\nembedding_size = 8\n")
    config = train_config("tiny", file, {"hidden_size": 9})
    assert (config.hidden_size, config.embedding_size, config.vocab_size) == (9, 8, 2000)


@pytest.mark.parametrize(
    ("content", "told"), [(b"a = ", "not valid TOML"), (b"\xff", "not valid TOML")]
)
def test_a_file_that_is_no_toml_is_named(tmp_path, content, told):
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=told):
        train_config(file=file)


def test_a_wrong_preset_gets_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'tiny'"):
        train_config("tiney")


def test_an_ordinal_head_has_a_logit_for_each_step_and_three_labels_at_least():
    assert HeadConfig(name="stars", kind="ordinal", labels=("1", "2", "3")).logits == 2
    with pytest.raises(ConfigError, match="head of kind ordinal has 2 labels, expected 3 to"):
        HeadConfig.from_dict({"name": "stars", "kind": "ordinal", "labels": ("1", "2")})
