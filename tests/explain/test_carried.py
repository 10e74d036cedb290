"""The carried state: read in one go or in parts, the answers are those of each beginning."""

import numpy as np
import pytest

from sentigate.explain.carried import Carried

TEXT = "the food was good, but so cold"


@pytest.mark.parametrize("pooling", [("last",), ("mean",), ("max",), ("attention",)])
@pytest.mark.parametrize("options", [{}, {"cell": "rnn"}, {"num_layers": 2}], ids=str)
@pytest.mark.parametrize("part", [1, 3, 100])
def test_it_gives_what_each_beginning_gives(make_reader, pooling, options, part):
    model = make_reader(bidirectional=False, pooling=pooling, **options).open()
    (ids,) = model.tokenizer.encode_ids([TEXT])
    carried = Carried(model.equations)
    parts = [carried.read(ids[start : start + part]) for start in range(0, len(ids), part)]
    beginnings = model.read_rows([ids[:end] for end in range(1, len(ids) + 1)])
    for head, logits in beginnings.items():
        found = np.concatenate([one[head] for one in parts])
        np.testing.assert_allclose(found, logits, atol=1e-4)


def test_a_network_of_two_directions_cannot_carry_on(reader):
    model = reader.open()
    (ids,) = model.tokenizer.encode_ids([TEXT])
    carried = Carried(model.equations)
    carried.read(ids)
    with pytest.raises(ValueError, match="bidirectional"):
        carried.read(ids)
