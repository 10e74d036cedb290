"""NumPy engine, ONNX engine and torch give the same probabilities; a row knows no neighbour."""

import numpy as np
import pytest
import torch

from sentigate.records import Batch
from sentigate.runtime.engine import open_engine

ENGINES = ("onnx", "numpy")
CLOSE = 1e-5
ALL_POOLINGS = ("last", "mean", "max", "attention")


def probabilities(logits):
    """Softmax for `sentiment`, sigmoid for `emotion`, a climb for `stars`, in float64."""
    wide = {name: torch.tensor(np.asarray(array)).double() for name, array in logits.items()}
    on = wide["stars"].sigmoid()
    reached = torch.cat([torch.ones_like(on[:, :1]), on.cumprod(dim=1)], dim=1)
    return {
        "stars": torch.cat([reached[:, :-1] * (1 - on), reached[:, -1:]], dim=1).numpy(),
        "sentiment": wide["sentiment"].softmax(dim=1).numpy(),
        "emotion": wide["emotion"].sigmoid().numpy(),
    }


def assert_same(one, other):
    assert one.keys() == other.keys()
    mine, theirs = probabilities(one), probabilities(other)
    for name in mine:
        np.testing.assert_allclose(mine[name], theirs[name], rtol=0, atol=CLOSE)


def torch_logits(network, batch):
    with torch.no_grad():
        logits = network(torch.from_numpy(batch.ids), torch.from_numpy(batch.lengths))
    return {name: tensor.numpy() for name, tensor in logits.items()}


def assert_engines_agree(network, artifact, batch):
    expected = torch_logits(network, batch)
    for name in ENGINES:
        logits = open_engine(artifact, name).run(batch)
        assert all(array.dtype == np.float32 for array in logits.values())
        assert_same(logits, expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("cell", ["lstm", "rnn"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
def test_cells_layers_directions_and_storage(make_network, make_batch, dtype, cell, layers, both):
    network, artifact = make_network(
        dtype, cell=cell, num_layers=layers, bidirectional=both, pooling=ALL_POOLINGS
    )
    assert_engines_agree(network, artifact, make_batch([13, 1, 7, 13, 2]))


@pytest.mark.parametrize("pooling", [(kind,) for kind in ALL_POOLINGS] + [("max", "last")])
def test_each_pooling(make_network, make_batch, pooling):
    network, artifact = make_network(pooling=pooling)
    assert_engines_agree(network, artifact, make_batch([9, 1, 4]))


@pytest.mark.parametrize("lengths", [[1], [2], [17], [128], [500], [500, 1, 250, 3]])
def test_lengths_from_one_to_five_hundred(make_network, make_batch, lengths):
    network, artifact = make_network(pooling=ALL_POOLINGS)
    assert_engines_agree(network, artifact, make_batch(lengths))


@pytest.mark.parametrize("rows", [1, 2, 31, 64, 200])
def test_batch_sizes(make_network, make_batch, rows):
    network, artifact = make_network(pooling=ALL_POOLINGS)
    lengths = np.random.default_rng(rows).integers(1, 20, rows)
    assert_engines_agree(network, artifact, make_batch(lengths))


@pytest.mark.parametrize("lengths", [[1], [5], [1, 5, 3]])
def test_rows_of_nothing_but_unknown_tokens(make_network, make_batch, lengths):
    network, artifact = make_network(pooling=ALL_POOLINGS)
    batch = make_batch(lengths)
    unknown = Batch(batch.mask.astype(np.int64), batch.lengths, batch.order)
    assert_engines_agree(network, artifact, unknown)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_a_row_alone_is_the_row_in_any_batch_and_any_order(make_network, make_batch, name, cell):
    _, artifact = make_network(cell=cell, num_layers=2, pooling=ALL_POOLINGS)
    engine = open_engine(artifact, name)
    batch = make_batch(np.random.default_rng(0).integers(1, 60, 40))
    together = engine.run(batch)

    order = np.random.default_rng(1).permutation(len(batch.ids))
    mixed = engine.run(Batch(batch.ids[order], batch.lengths[order], batch.order[order]))
    assert_same(mixed, {head: logits[order] for head, logits in together.items()})

    padded = np.pad(batch.ids, ((0, 0), (0, 30)))
    assert_same(engine.run(Batch(padded, batch.lengths, batch.order)), together)

    for row, length in enumerate(batch.lengths):
        alone = Batch(
            batch.ids[row : row + 1, :length], batch.lengths[row : row + 1], np.array([0])
        )
        assert_same(engine.run(alone), {h: logits[row : row + 1] for h, logits in together.items()})


def test_one_thread_gives_what_two_give(make_network, make_batch):
    _, artifact = make_network(hidden_size=64, num_layers=2, pooling=ALL_POOLINGS)
    batch = make_batch(np.random.default_rng(0).integers(1, 60, 64))
    one, two = (open_engine(artifact, "onnx", threads=n).run(batch) for n in (1, 2))
    assert_same(one, two)


def test_what_stands_in_the_padding_changes_nothing(make_network, make_batch):
    _, artifact = make_network(pooling=ALL_POOLINGS)
    batch = make_batch([12, 5, 1])
    noisy = Batch(np.where(batch.mask, batch.ids, 77), batch.lengths, batch.order)
    for name in ENGINES:
        engine = open_engine(artifact, name)
        assert_same(engine.run(noisy), engine.run(batch))
