"""Text: one road from raw text to token ids; sentences and language on the way. Knows no model."""

from sentigate.text.language import detect
from sentigate.text.normalise import SYMBOLS, Aligned, normalise, normalise_aligned
from sentigate.text.sentences import sentences
from sentigate.text.tokenizer import PAD_ID, UNK_ID, Tokenizer, train_tokenizer

__all__ = [
    "PAD_ID",
    "SYMBOLS",
    "UNK_ID",
    "Aligned",
    "Tokenizer",
    "detect",
    "normalise",
    "normalise_aligned",
    "sentences",
    "train_tokenizer",
]
