"""What may be searched: the bounds, how they are written, and that they hold what there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.config import TrainConfig, presets, train_config
from sentigate.errors import ConfigError
from sentigate.train.space import (
    FROM_NOTHING,
    TRAINING,
    WITH_A_BASE,
    Choice,
    Range,
    applied,
    default_space,
    parse_space,
    widened,
)

EVERYTHING = {**TRAINING, **WITH_A_BASE, **FROM_NOTHING}


def values(domain):
    if isinstance(domain, Choice):
        return st.sampled_from(domain.values)
    return st.floats(domain.low, domain.high)


@given(st.fixed_dictionaries({key: values(domain) for key, domain in EVERYTHING.items()}))
def test_all_that_may_be_searched_is_valid(params):
    config = applied(TrainConfig(), params)
    assert config.model_fields_set == set(EVERYTHING)


@pytest.mark.parametrize("preset", presets())
def test_there_is_room_for_every_preset(preset):
    config = train_config(preset)
    space, current = widened(EVERYTHING, config)
    for key, domain in space.items():
        if isinstance(domain, Choice):
            assert current[key] in domain.values
        else:
            assert domain.low <= current[key] <= domain.high
            assert not domain.log or domain.low > 0
    assert applied(config, current) == config


def test_what_is_given_is_not_searched():
    space = default_space("multilabel", base=False, fixed=frozenset({"hidden_size", "dropout"}))
    assert not {"hidden_size", "dropout", "label_smoothing", "layer_decay"} & set(space)
    assert {"learning_rate", "embedding_size"} <= set(space)
    with pytest.raises(ConfigError, match="nothing is left to search"):
        default_space("binary", base=False, fixed=frozenset(EVERYTHING))


def test_bounds_and_choices_are_read():
    space = parse_space(
        ["dropout=0..0.5", "hidden_size = 32..256", "cell=lstm,rnn", "pooling=last,mean+max"]
    )
    assert space == {
        "dropout": Range(0.0, 0.5),
        "hidden_size": Range(32, 256, whole=True),
        "cell": Choice(("lstm", "rnn")),
        "pooling": Choice(("last", "mean+max")),
    }
    assert parse_space(["learning_rate=1e-4..1e-2"])["learning_rate"].log


def test_all_faults_are_told_at_once():
    pairs = ["hiden_size=1,2", "dropout=0.1", "dropout=0.5..0.1", "cell=lstm..rnn", "cell=lstm,gru"]
    with pytest.raises(ConfigError) as caught:
        parse_space(pairs)
    message = str(caught.value)
    for part in ("did you mean 'hidden_size'", "expected low..high", "must be the smaller", "gru"):
        assert part in message
    assert len(caught.value.faults) == 5
