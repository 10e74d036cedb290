"""Token ids to vectors, with the noise that keeps a small model from learning words by heart."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sentigate.nn.dropout import locked_dropout, word_dropout

UNK_ID = 1


class Embedding(nn.Module):
    """One learned vector for each token of the vocabulary.

    Args:
        vocab_size: number of tokens.
        embedding_size: width of a vector.
        word_dropout: probability that a token is read as the unknown one, in training.
        embedding_dropout: probability that a feature is dropped at all steps, in training.

    Shapes:
        ids [batch, time] -> [batch, time, embedding_size]

    Example:
        >>> Embedding(vocab_size=300, embedding_size=8)(torch.tensor([[4, 2, 0]])).shape
        torch.Size([1, 3, 8])
    """

    def __init__(
        self,
        *,
        vocab_size: int,
        embedding_size: int,
        word_dropout: float = 0.0,
        embedding_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.word_dropout = word_dropout
        self.embedding_dropout = embedding_dropout
        self.weight = nn.Parameter(torch.empty(vocab_size, embedding_size))
        nn.init.normal_(self.weight, std=0.1)

    def forward(self, ids: Tensor) -> Tensor:
        """Look the tokens up: int64 [batch, time] -> [batch, time, embedding_size]."""
        ids = word_dropout(ids, self.word_dropout, UNK_ID, training=self.training)
        vectors = F.embedding(ids, self.weight)
        return locked_dropout(vectors, self.embedding_dropout, training=self.training)
