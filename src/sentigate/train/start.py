"""What a network starts from: a tokeniser, the sizes of the encoder and first weights."""

from collections.abc import Sequence
from dataclasses import dataclass

from sentigate.config import TrainConfig
from sentigate.text.tokenizer import Tokenizer, train_tokenizer
from sentigate.train.loop import Weights
from sentigate.train.vectors import cooccurrence_vectors


@dataclass(frozen=True)
class Start:
    """Where a training begins.

    Args:
        tokenizer: from text to token ids.
        config: all settings; those of the encoder are the ones it will have.
        weights: first weights by name; what is not among them starts at random.
    """

    tokenizer: Tokenizer
    config: TrainConfig
    weights: Weights | None = None


def from_nothing(texts: Sequence[str], config: TrainConfig) -> Start:
    """Train a tokeniser on the training texts and, with `vectors`, factor their co-occurrences."""
    tokenizer = train_tokenizer(texts, config.vocab_size, seed=config.seed)
    if not config.vectors:
        return Start(tokenizer, config)
    vectors = cooccurrence_vectors(
        tokenizer.encode_ids(texts), tokenizer.vocab_size, config.embedding_size, config.seed
    )
    return Start(tokenizer, config, {"embedding.weight": vectors})
