"""Models with random weights of every shape, as readers."""

from functools import cache

import pytest

from sentigate.config import HeadConfig
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Reader

HEADS = (
    HeadConfig(
        name="sentiment",
        kind="multiclass",
        labels=("negative", "neutral", "positive"),
        temperature=1.7,
    ),
    HeadConfig(name="emotion", kind="multilabel", labels=("anger", "joy"), temperature=0.6),
    HeadConfig(name="spam", kind="binary", labels=("ham", "spam")),
    HeadConfig(name="rating", kind="ordinal", labels=("low", "middle", "high"), temperature=1.3),
    HeadConfig(name="stars", kind="regression"),
)
SHAPES = {
    "both ways": {},
    "one way": {"bidirectional": False, "pooling": ("last", "mean", "max", "attention")},
    "two layers": {"num_layers": 2, "pooling": ("attention", "last")},
}


@pytest.fixture(scope="session")
def make_reader(make_model, engine):
    """Return a function from encoder settings to a reader of a model with all kinds of heads."""

    @cache
    def make(**options):
        folder = make_model("tiny", HEADS, **{"languages": (), **options})
        model = Model.open(folder, engine=engine)
        return Reader(model.config, lambda: model)

    return make


@pytest.fixture(scope="session", params=SHAPES, ids=lambda name: name.replace(" ", "-"))
def shaped(request, make_reader):
    """A reader for each shape of an LSTM."""
    return make_reader(**SHAPES[request.param])


@pytest.fixture(scope="session")
def reader(make_reader):
    """A reader of the default shape."""
    return make_reader()
