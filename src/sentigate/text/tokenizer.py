"""The tokeniser: text to token ids and back to places in the text.

SentencePiece (Kudo and Richardson, 2018), unigram, with byte fallback: it needs no spaces between
words, and no text is unknown to it. The normalisation before it is ours, so SentencePiece's own is
switched off. Knows nothing of labels or networks.
"""

import io
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from sentigate.errors import DataError, ModelError
from sentigate.records import Encoded
from sentigate.text.normalise import SYMBOLS, Aligned, normalise, normalise_aligned

PAD_ID = 0
UNK_ID = 1
SPACE = "▁"
_BYTE = re.compile("<0x[0-9A-F]{2}>")
_FIXED = 2 + 256 + len(SYMBOLS)
_LONGEST_TRAINED = 4096
_MOST_TRAINED = 1_000_000


class Tokenizer:
    """A trained tokeniser.

    Args:
        model: a serialised SentencePiece model, as in the file `tokenizer.model`.

    Raises:
        ModelError: the bytes are no such model.

    Example:
        >>> tokenizer = train_tokenizer(["so cold", "cold"] * 9, vocab_size=300)
        >>> tokenizer.pieces(tokenizer.encode("COLD").ids)
        ['▁<caps>', '▁cold']
        >>> tokenizer.encode("COLD").spans
        ((0, 0), (0, 4))
    """

    def __init__(self, model: bytes) -> None:
        self.model = model
        self._processor = _open(model)

    def __reduce__(self) -> tuple[type["Tokenizer"], tuple[bytes]]:
        return Tokenizer, (self.model,)

    @property
    def vocab_size(self) -> int:
        """How many ids there are; every id is smaller."""
        return int(self._processor.get_piece_size())

    def encode(self, text: str) -> Encoded:
        """Return ids with their places in the raw text; slower than `encode_ids`."""
        aligned = normalise_aligned(text)
        ids = self._processor.encode(aligned.text, out_type=int) if aligned.text else []
        spans = _spans(self.pieces(ids), aligned)
        return Encoded(np.array(ids, np.int32), tuple(spans))

    def encode_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Return int32 [time] for each text, on one thread; no ids where nothing is left of it."""
        normalised = [normalise(text) for text in texts]
        encoded = self._processor.encode(normalised, out_type=int, num_threads=1)
        return [
            np.array(ids if text else (), np.int32)
            for ids, text in zip(encoded, normalised, strict=True)
        ]

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """Return the pieces behind ids; `▁` stands for a space, `<0xE4>` for a byte."""
        pieces: list[str] = self._processor.id_to_piece([int(number) for number in ids])
        return pieces


def train_tokenizer(
    texts: Iterable[str], vocab_size: int, *, seed: int = 0, characters: str = ""
) -> Tokenizer:
    """Fit a tokeniser to training texts; the same texts, size and seed give the same bytes.

    Args:
        texts: raw texts; they are normalised here.
        vocab_size: how many pieces at most; a small corpus gets fewer.
        seed: chooses the texts where there are more than a million lines.
        characters: that have pieces of their own however rare they are, such as emoji.

    Raises:
        DataError: no text holds anything, or `vocab_size` is too small even for single bytes.
    """
    lines = _sample([line for text in texts for line in _lines(normalise(text))], seed)
    room = vocab_size - _FIXED - len(characters)
    if not lines:
        raise DataError("no text to train a tokeniser on: every text is empty")
    if room < 4:
        least = _FIXED + len(characters) + 4
        raise DataError(f"vocab_size is {vocab_size}, expected {least} or more")
    lines = _without_rare(lines, room // 2, characters)
    return Tokenizer(_train(lines, vocab_size, characters))


def _open(model: bytes) -> sentencepiece.SentencePieceProcessor:
    processor = sentencepiece.SentencePieceProcessor()
    try:
        processor.load_from_serialized_proto(model)
    except RuntimeError as error:
        raise ModelError(
            f"{len(model)} bytes that are no SentencePiece model: fetch or train it again"
        ) from error
    return processor


def _train(lines: list[str], vocab_size: int, characters: str) -> bytes:
    """Return a serialised model.

    The number of threads is part of the result (sums are taken per thread), so it is fixed.
    """
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
        vocab_size=vocab_size,
        character_coverage=1.0,
        required_chars=characters,
        byte_fallback=True,
        split_digits=True,
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        user_defined_symbols=[SPACE + symbol for symbol in SYMBOLS],
        pad_id=PAD_ID,
        unk_id=UNK_ID,
        bos_id=-1,
        eos_id=-1,
        max_sentence_length=4 * _LONGEST_TRAINED,
        num_threads=2,
        minloglevel=2,
    )
    return model.getvalue()


def _without_rare(lines: list[str], most: int, kept_anyway: str) -> list[str]:
    """Leave out the rarest characters, beyond 99.95 % of the text and beyond `most` of them.

    They are spelt in bytes later. SentencePiece could do the first but fails on the second.
    """
    counts = Counter(char for line in lines for char in line)
    ranked = [char for char, _ in counts.most_common()]
    covered = np.cumsum([counts[char] for char in ranked])
    kept = min(most, int(np.searchsorted(covered, 0.9995 * covered[-1])) + 1)
    if kept >= len(ranked):
        return lines
    left_out = "".join(char for char in ranked[kept:] if char not in kept_anyway)
    if not left_out:
        return lines
    rare = re.compile(f"[{re.escape(left_out)}]+")
    thinned = (" ".join(rare.sub(" ", line).split()) for line in lines)
    return [line for line in thinned if line]


def _lines(text: str) -> Iterator[str]:
    """Cut a text into lines short enough for SentencePiece, which skips longer ones."""
    for start in range(0, len(text), _LONGEST_TRAINED):
        yield text[start : start + _LONGEST_TRAINED]


def _sample(lines: list[str], seed: int) -> list[str]:
    if len(lines) <= _MOST_TRAINED:
        return lines
    return random.Random(seed).sample(lines, _MOST_TRAINED)


def _spans(pieces: list[str], aligned: Aligned) -> Iterator[tuple[int, int]]:
    """Yield the raw place of each piece, without the space before it.

    The pieces spell the normalised text behind one leading space, byte by byte: a character that
    has no piece of its own is several pieces, which all stand for that character.
    """
    char_of_byte = np.repeat(np.arange(len(aligned.text)), [len(c.encode()) for c in aligned.text])
    place = -1
    for piece in pieces:
        size = 1 if _BYTE.fullmatch(piece) else len(piece.encode()) - 2 * piece.count(SPACE)
        first, end = place + piece.startswith(SPACE), place + size
        place = end
        start = aligned.starts[char_of_byte[first]]
        yield start, aligned.ends[char_of_byte[end - 1]] if first < end else start
