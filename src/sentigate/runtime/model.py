"""One model at work: texts in, logits out; every text is read whole, however long.

    texts ─tokenise─> ids ─cut into windows─> rows ─batch─> Engine ─average over windows─> logits

Knows nothing of languages, statuses or decisions.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sentigate.config import ModelConfig
from sentigate.data.batching import make_batches
from sentigate.errors import ModelError
from sentigate.model.artifact import Artifact, check_answers, load_artifact
from sentigate.runtime.engine import Engine, EngineName, open_engine
from sentigate.runtime.numpy_engine import NumpyEngine
from sentigate.text.tokenizer import Tokenizer

Ids = NDArray[np.int32]


class Model:
    """A trained model, ready to read.

    Args:
        config: its heads, sizes and window.
        tokenizer: from text to token ids.
        engine: from token ids to logits.
        artifact: where all of it comes from; explanations need its weights.
    """

    def __init__(
        self,
        config: ModelConfig,
        tokenizer: Tokenizer,
        engine: Engine,
        artifact: Artifact | None = None,
    ) -> None:
        self.config = config
        self.tokenizer = tokenizer
        self.engine = engine
        self._artifact = artifact

    @classmethod
    def open(
        cls, source: Artifact | Path | str, *, engine: EngineName = "onnx", threads: int = 1
    ) -> Self:
        """Open a model folder, or an artifact in memory.

        Args:
            source: the folder or the artifact.
            engine: what computes the network: "onnx" (fast) or "numpy" (legible).
            threads: CPU threads that the engine may use.

        Raises:
            ModelError: the folder is no model folder, is damaged, of a newer format or an encoder.
        """
        artifact = source if isinstance(source, Artifact) else load_artifact(source)
        check_answers(artifact)
        tokenizer = Tokenizer(artifact.tokenizer)
        return cls(artifact.config, tokenizer, open_engine(artifact, engine, threads), artifact)

    @property
    def artifact(self) -> Artifact:
        """What the model was opened from.

        Raises:
            ModelError: it was put together from parts.
        """
        if self._artifact is None:
            raise ModelError(
                f"the model {self.config.name!r} was put together without its weights: "
                "open it with Model.open"
            )
        return self._artifact

    @cached_property
    def equations(self) -> NumpyEngine:
        """The same network by its equations, every gate within reach; made when first needed."""
        engine = self.engine
        return engine if isinstance(engine, NumpyEngine) else NumpyEngine(self.artifact)

    def logits(
        self, texts: Sequence[str]
    ) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.int64]]:
        """Read texts whole.

        A text of more tokens than the window is read in consecutive windows of nearly equal
        length, whose logits are averaged by their number of tokens. Memory is bounded by the
        batches, not by the longest text.

        Args:
            texts: any number, of any length.

        Returns:
            For each head float32 [texts, logits], in the order of the texts, and the number of
            tokens of each text, int64 [texts]. A text without tokens has logits of 0.
        """
        rows = self.tokenizer.encode_ids(texts)
        counts = np.array([len(row) for row in rows], dtype=np.int64)
        windows, owners = self._windows(rows)
        lengths = np.array([len(window) for window in windows], dtype=np.int64)
        shares = (lengths / counts[owners]).astype(np.float32)
        answers = {}
        for name, logits in self.read_rows(windows).items():
            answers[name] = np.zeros((len(texts), logits.shape[1]), dtype=np.float32)
            np.add.at(answers[name], owners, logits * shares[:, None])
        return answers, counts

    def read_rows(self, rows: Sequence[Ids]) -> dict[str, NDArray[np.float32]]:
        """Run the engine over rows of token ids as they are, none of them empty.

        Returns:
            For each head float32 [rows, logits], in the order of the rows.
        """
        answers = {
            head.name: np.zeros((len(rows), head.logits), dtype=np.float32)
            for head in self.config.heads
        }
        for batch in make_batches(rows):
            for name, logits in self.engine.run(batch).items():
                answers[name][batch.order] = logits
        return answers

    def _windows(self, rows: Sequence[Ids]) -> tuple[list[Ids], NDArray[np.int64]]:
        """Cut rows into windows; each with the place of its row."""
        windows: list[Ids] = []
        owners: list[int] = []
        for place, row in enumerate(rows):
            cuts = window_cuts(len(row), self.config.window)
            windows += [row[start:end] for start, end in cuts]
            owners += [place] * len(cuts)
        return windows, np.array(owners, dtype=np.int64)


def window_cuts(tokens: int, window: int) -> list[tuple[int, int]]:
    """Return where a text is cut: start and end (exclusive) of windows of nearly equal length.

    Args:
        tokens: how many the text has.
        window: how many fit into a window.

    Example:
        >>> window_cuts(5, 2), window_cuts(0, 2)
        ([(0, 1), (1, 3), (3, 5)], [])
    """
    pieces = -(-tokens // window)
    return list(pairwise([0, *(tokens * piece // pieces for piece in range(1, pieces + 1))]))
