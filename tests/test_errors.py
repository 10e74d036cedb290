import pickle

import pytest

from sentigate import errors
from sentigate.errors import ConfigError

KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and kind is not ConfigError
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_another_process_says_the_same(kind):
    error = pickle.loads(pickle.dumps(kind("no file 'x'")))
    assert type(error) is kind
    assert str(error) == "no file 'x'"


def test_the_faults_of_another_process_stay_apart():
    error = pickle.loads(pickle.dumps(ConfigError(["seed: -1 is too small", "no 'hiden'"])))
    assert error.faults == ["seed: -1 is too small", "no 'hiden'"]
    assert str(error) == "seed: -1 is too small; no 'hiden'"
