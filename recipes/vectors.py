"""What a sentence encoder makes of texts, in a form that `sentigate distil` learns from.

    python recipes/vectors.py corpus.parquet ENCODER -o vectors.parquet
    sentigate distil --teacher vectors.parquet --base ./en-encoder -o en-sense

ENCODER is a folder that transformers can open (a BERT-like model of the language), a tool of the
recipe: no part of it is shipped. It is run in 8-bit integers, which halves the time.
`sentigate.train.sense` says what becomes of its vectors.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import quantize_dynamic
from recipe import say
from scores import pieces
from teacher import WordPieces, mean_state
from torch import Tensor, nn
from transformers import AutoModel

from sentigate.data.batching import make_batches
from sentigate.records import Batch
from sentigate.train.sense import sense
from sentigate.train.teacher import write_answers

MAX_TOKENS = 96


class Mean(nn.Module):
    """A sentence encoder and the mean of its last layer."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            folder, add_pooling_layer=False, attn_implementation="eager"
        )

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return one vector a text, float [batch, width]."""
        return mean_state(self.encoder, ids, mask)


def quantised(folder: Path, work: Path) -> Path:
    """Export the encoder with 8-bit weights; return the file."""
    plain, small = work / "encoder.onnx", work / "encoder.int8.onnx"
    axes = {0: "batch", 1: "time"}
    example = (torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64))
    torch.onnx.export(
        Mean(folder).eval(),
        example,
        plain,
        input_names=["ids", "mask"],
        output_names=["vector"],
        dynamic_axes={"ids": axes, "mask": axes},
        dynamo=False,
    )
    quantize_dynamic(plain, small)
    return small


def vectors(
    model: Path, words: WordPieces, texts: Sequence[str], threads: int, block: int = 16_384
) -> Iterator[NDArray[np.float32]]:
    """Yield the vectors of each block of texts, of length 1: float32 [texts, width]."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    for start in range(0, len(texts), block):
        ids = words.encode_ids(texts[start : start + block])
        batches = list(make_batches(ids, max_tokens=2048, max_rows=128))
        means = np.concatenate([_means(session, batch) for batch in batches])
        as_given = np.concatenate([batch.order for batch in batches]).argsort()
        say(f"{min(start + block, len(texts)):,} of {len(texts):,} texts read")
        yield (means / np.linalg.norm(means, axis=1, keepdims=True))[as_given]


def _means(session: onnxruntime.InferenceSession, batch: Batch) -> NDArray[np.float32]:
    mask = (np.arange(batch.ids.shape[1]) < batch.lengths[:, None]).astype(np.int64)
    (means,) = session.run(None, {"ids": batch.ids, "mask": mask})
    return means


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, let the encoder read the texts and write its answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="Parquet file with a column `text`")
    parser.add_argument("encoder", type=Path, help="folder of a BERT-like model")
    parser.add_argument("-o", "--output", type=Path, required=True, help="Parquet file to write")
    parser.add_argument("--rows", type=int, default=400_000, help="most texts to read")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    texts = pieces(pq.read_table(given.corpus)["text"].to_pylist())[: given.rows]
    words = WordPieces(given.encoder, MAX_TOKENS)
    with tempfile.TemporaryDirectory() as work:
        model = quantised(given.encoder, Path(work))
        found = np.concatenate(list(vectors(model, words, texts, given.threads)))
    write_answers(given.output, sense(texts, found))
    say(f"wrote {given.output}: {len(texts):,} texts")


if __name__ == "__main__":
    main()
