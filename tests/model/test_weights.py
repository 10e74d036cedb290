"""The weights file: bytes and arrays, and the places the ONNX graph points at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from sentigate.errors import TamperedModelError
from sentigate.model.weights import from_bytes, places, to_bytes

ARRAYS = st.sampled_from([np.float16, np.float32]).flatmap(
    lambda dtype: arrays(dtype, array_shapes(max_dims=2, max_side=4))
)


@given(st.dictionaries(st.from_regex(r"[a-z_.0-9]{1,12}", fullmatch=True), ARRAYS, max_size=5))
def test_every_array_comes_back_and_lies_where_places_says(weights):
    content = to_bytes(weights)
    assert content == to_bytes(dict(reversed(weights.items())))
    loaded, where = from_bytes(content), places(content)
    assert loaded.keys() == where.keys() == weights.keys()
    for name, array in weights.items():
        np.testing.assert_array_equal(loaded[name], array)
        place = where[name]
        assert content[place.offset : place.offset + place.length] == array.tobytes()


def test_what_is_no_safetensors_file_is_refused():
    with pytest.raises(TamperedModelError, match="cannot be read"):
        from_bytes(b"not a weights file at all")
