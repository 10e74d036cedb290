import numpy as np

from sentigate.train.vectors import cooccurrence_vectors


def test_tokens_that_keep_the_same_company_are_near():
    """3 and 4 stand between the same neighbours; 5 stands among others."""
    rng = np.random.default_rng(0)
    rows = [np.array([1, rng.choice([3, 4]), 2, 2], dtype=np.int32) for _ in range(200)]
    rows += [np.array([6, 5, 7, 7], dtype=np.int32) for _ in range(200)]
    vectors = cooccurrence_vectors(rows, vocab_size=9, width=4)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    assert unit[3] @ unit[4] > 0.9
    assert unit[3] @ unit[5] < 0.5
    assert not vectors[0].any()
    assert not vectors[8].any()


def test_same_texts_same_vectors_and_narrow_vocabularies_are_padded():
    rows = [np.array([1, 2, 1, 2], dtype=np.int32)]
    first, second = (cooccurrence_vectors(rows, vocab_size=3, width=8) for _ in range(2))
    assert np.array_equal(first, second)
    assert first.shape == (3, 8)


def test_company_ends_with_the_text():
    apart = [np.array([1], dtype=np.int32), np.array([2], dtype=np.int32)]
    assert not cooccurrence_vectors(apart, vocab_size=3, width=2).any()
