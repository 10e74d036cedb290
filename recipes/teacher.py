"""Fine-tune a sentence encoder on a recipe's data and let it say what it thinks of texts.

    python recipes/teacher.py en DATA ENCODER -o scores.parquet [--resume]
    python recipes/make.py en DATA -o OUT --teacher scores.parquet

ENCODER is a folder that transformers can open (a BERT-like model of the language). The scores are
probabilities of every shipped head for training texts of each set of the recipe and for sentences
of its unlabelled texts. The encoder is a tool of the recipe: no part of it is shipped.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from recipe import (
    Recipe,
    make_head,
    make_sources,
    read_recipe,
    read_sources,
    recipe_parser,
    say,
    shipped,
)
from scores import texts_to_score, write_scores
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoModel, AutoTokenizer

from sentigate.config import HeadConfig, TrainConfig
from sentigate.data.batching import make_batches
from sentigate.runtime.decide import probabilities
from sentigate.train.loop import Run, fit_network
from sentigate.train.ranks import refuse_several

SETTINGS: Mapping[str, Any] = {
    "learning_rate": 1e-4,
    "schedule": "warmup",
    "batch_size": 32,
    "max_tokens": 96,
    "dropout": 0.1,
    "ema": 0.0,
}
FROZEN_LAYERS = 1


class WordPieces:
    """The encoder's tokeniser, as far as training asks for one."""

    def __init__(self, folder: Path, max_tokens: int) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.max_tokens = max_tokens

    def encode_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Return the ids of each text, int32 [time]; all there is behind `max_tokens` is cut."""
        plain = [readable(text) for text in texts]
        rows = self.tokenizer(plain, truncation=True, max_length=self.max_tokens)["input_ids"]
        return [np.array(row, dtype=np.int32) for row in rows]


def mean_state(encoder: nn.Module, ids: Tensor, mask: Tensor) -> Tensor:
    """The mean of the last layer over the tokens of each text, float [batch, width]."""
    states = encoder(ids, attention_mask=mask).last_hidden_state
    mean: Tensor = (states * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
    return mean


class Teacher(nn.Module):
    """A sentence encoder, the mean of its last layer, and one linear head a question."""

    def __init__(self, folder: Path, heads: Sequence[HeadConfig], dropout: float) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        width = self.encoder.config.hidden_size
        self.heads = nn.ModuleDict({head.name: nn.Linear(width, head.logits) for head in heads})
        self.dropout = dropout
        # Its word vectors know more words than the data hold; moving only those would hurt it.
        self.encoder.embeddings.requires_grad_(False)
        for layer in self.encoder.encoder.layer[:FROZEN_LAYERS]:
            layer.requires_grad_(False)

    def forward(self, ids: Tensor, lengths: Tensor) -> dict[str, Tensor]:
        """Return the logits of every head, [batch, logits] each."""
        places = torch.arange(ids.shape[1], device=ids.device)
        mask = (places[None, :] < lengths[:, None]).long()
        mean = F.dropout(mean_state(self.encoder, ids, mask), self.dropout, self.training)
        return {name: head(mean) for name, head in self.heads.items()}


def readable(text: str) -> str:
    """Masks and addresses in words that any encoder knows."""
    return re.sub(r"https?://\S+", "http", re.sub(r"@\w+|\[NAME\]", "someone", text))


def teach(recipe: Recipe, data: Path, encoder: Path, output: Path, rows: int, resume: bool) -> None:
    """Fine-tune on all sources of the recipe, then write the scores."""
    recipe = recipe.for_teacher()
    config = TrainConfig.from_dict({**recipe.train, **SETTINGS, **recipe.teacher.train})
    refuse_several(config, "recipes/teacher.py")
    splits = read_sources(recipe, data)
    heads = [make_head(head, recipe.sources, splits) for head in recipe.heads]
    pieces = WordPieces(encoder, config.max_tokens)
    training, dev = make_sources(recipe, splits, heads, pieces, config.max_tokens)
    run = Run(config, heads, training, dev, len(pieces.tokenizer))
    torch.manual_seed(config.seed)
    teacher = Teacher(encoder, heads, config.dropout)
    folder = output.with_name(f"{output.name}.training")
    progress = sys.stderr.isatty()
    fit_network(run, teacher, folder, resume=resume, progress=progress, report=say)
    kept = shipped(recipe, heads)
    texts = texts_to_score(recipe, splits, data, rows)
    tables = {head.name: np.zeros((len(texts), len(head.labels)), np.float32) for head in kept}
    for places, logits in score(teacher, pieces, texts):
        for head in kept:
            tables[head.name][places] = probabilities(head, logits[head.name])
    write_scores(texts, tables, kept, output)


@torch.inference_mode()
def score(
    teacher: Teacher, pieces: WordPieces, texts: Sequence[str], block: int = 8192
) -> Iterator[tuple[NDArray[np.int64], dict[str, NDArray[np.float32]]]]:
    """Yield places of texts and their logits, in batches of like length."""
    teacher.eval()
    for start in range(0, len(texts), block):
        ids = pieces.encode_ids(texts[start : start + block])
        for batch in make_batches(ids, max_tokens=4096, max_rows=128):
            logits = teacher(torch.from_numpy(batch.ids), torch.from_numpy(batch.lengths))
            yield batch.order + start, {name: each.numpy() for name, each in logits.items()}
        say(f"{min(start + block, len(texts)):,} of {len(texts):,} texts scored")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, train the teacher and write what it says."""
    parser = recipe_parser(__doc__)
    parser.add_argument("encoder", type=Path, help="folder of a BERT-like model")
    parser.add_argument("-o", "--output", type=Path, required=True, help="Parquet file to write")
    parser.add_argument("--rows", type=int, default=20_000, help="most texts of a set to score")
    parser.add_argument("--resume", action="store_true", help="go on where the run was killed")
    given = parser.parse_args(arguments)
    recipe = read_recipe(given.recipe)
    teach(recipe, given.data, given.encoder, given.output, given.rows, given.resume)


if __name__ == "__main__":
    main()
