"""The tokeniser: same ids on both roads, spans that slice back, any text, any corpus."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.errors import DataError, ModelError
from sentigate.text.normalise import normalise
from sentigate.text.tokenizer import PAD_ID, UNK_ID, Tokenizer, train_tokenizer

CORPUS = [
    "The food was cold and I waited an hour.",
    "What a GREAT movie, I loved every minute of it!!!",
    "这家餐厅太棒了，下次还来！",
    "服务很差，再也不来了。",
    "@bob see https://t.co/x #BestDayEver 😂😂",
] * 20


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(CORPUS, 400)


@given(raw=st.text(max_size=40) | st.sampled_from(CORPUS))
def test_both_roads_give_the_same_ids(tokenizer: Tokenizer, raw: str) -> None:
    (ids,) = tokenizer.encode_ids([raw])
    assert ids.dtype == np.int32
    assert tokenizer.encode(raw).ids.tolist() == ids.tolist()
    assert UNK_ID not in ids
    assert PAD_ID not in ids


@given(raw=st.text(max_size=40) | st.sampled_from(CORPUS))
def test_spans_are_ordered_and_cover_what_is_visible(tokenizer: Tokenizer, raw: str) -> None:
    spans = tokenizer.encode(raw).spans
    assert all(0 <= start <= end <= len(raw) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    covered = {place for start, end in spans for place in range(start, end)}
    assert {i for i, char in enumerate(raw) if char.isalnum() and normalise(char)} <= covered


def test_spans_slice_back(tokenizer: Tokenizer) -> None:
    raw = "@bob  LOVED ﬁne 鑫 #BestDay"
    encoded = tokenizer.encode(raw)
    pieces = tokenizer.pieces(encoded.ids)
    spelt = [
        (piece, raw[start:end]) for piece, (start, end) in zip(pieces, encoded.spans, strict=True)
    ]
    assert spelt[0] == ("▁<user>", "@bob")
    assert ("▁<caps>", "") in spelt
    assert [part for piece, part in spelt if piece.startswith("<0x")].count("鑫") == 3
    assert "".join(part for _, part in spelt if part != "鑫") == "@bobLOVEDﬁﬁne#BestDay"


@pytest.mark.parametrize("raw", ["", " \n\u3000", "\x00\x01", "\u200b"])
def test_nothing_gives_no_ids(tokenizer: Tokenizer, raw: str) -> None:
    assert len(tokenizer.encode(raw).ids) == 0
    assert [len(ids) for ids in tokenizer.encode_ids([raw, "good", raw])][::2] == [0, 0]


def test_no_texts_give_no_rows(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode_ids([]) == []
    assert tokenizer.pieces([]) == []


def test_a_text_is_encoded_alone_as_in_company(tokenizer: Tokenizer) -> None:
    together = tokenizer.encode_ids(CORPUS[:5])
    for raw, ids in zip(CORPUS, together, strict=False):
        assert tokenizer.encode_ids([raw])[0].tolist() == ids.tolist()


@pytest.mark.parametrize("unit", ["a", "the food is so good 好 ", "😀", "鑫"])
def test_a_megabyte_line(tokenizer: Tokenizer, unit: str) -> None:
    raw = unit * (1_000_000 // len(unit.encode()))
    (ids,) = tokenizer.encode_ids([raw])
    assert tokenizer.encode(raw).ids.tolist() == ids.tolist()


def test_same_texts_same_bytes() -> None:
    assert train_tokenizer(CORPUS, 380).model == train_tokenizer(iter(CORPUS), 380).model


def test_a_copy_is_equal(tokenizer: Tokenizer) -> None:
    for clone in (copy.deepcopy(tokenizer), pickle.loads(pickle.dumps(tokenizer))):
        assert clone.encode("good 好").ids.tolist() == tokenizer.encode("good 好").ids.tolist()


@pytest.mark.parametrize("corpus", [["a"], ["好"], ["😀 😀"], CORPUS, ["x" * 50_000]])
def test_small_corpora_lower_the_vocabulary(corpus: list[str]) -> None:
    assert train_tokenizer(corpus, 12_000).vocab_size <= 12_000


def test_many_characters_in_a_small_vocabulary() -> None:
    corpus = ["".join(map(chr, range(0x4E00 + i, 0x4E40 + i))) for i in range(0, 2000, 10)]
    tokenizer = train_tokenizer(corpus, 300)
    assert tokenizer.vocab_size <= 300
    assert len(tokenizer.encode("一二三").ids) > 0


@pytest.mark.parametrize("corpus", [[], ["", " \n"]])
def test_an_empty_corpus_is_refused(corpus: list[str]) -> None:
    with pytest.raises(DataError, match="every text is empty"):
        train_tokenizer(corpus, 400)


def test_a_vocabulary_without_room_is_refused() -> None:
    with pytest.raises(DataError, match="expected 266 or more"):
        train_tokenizer(CORPUS, 100)


@pytest.mark.parametrize("model", [b"", b"no model"])
def test_bytes_that_are_no_model_are_refused(model: bytes) -> None:
    with pytest.raises(ModelError, match="no SentencePiece model"):
        Tokenizer(model)
