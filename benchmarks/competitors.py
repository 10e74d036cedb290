"""What throughput is compared with: each competitor makes its files once, then loads and predicts.

`prepare` runs in a process of its own, so that training costs nothing in the figures. Networks
that would need a download have random weights: the time is the same, the labels mean nothing.
"""

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from common import Predict, Rows, fasttext, fasttext_predict, tfidf, tfidf_predict

LABELS = np.array(["negative", "neutral", "positive"])
LONGEST = 128  # tokens a transformer reads; the rest of a text is cut off


@dataclass(frozen=True)
class Competitor:
    """One row of the table.

    Args:
        packages: the distributions it needs; their dependencies are found.
        load: from the folder that `prepare` filled to a function from texts to labels.
        prepare: makes what `load` needs from labelled rows.
        languages: which languages it reads; empty means any.
    """

    packages: tuple[str, ...]
    load: Callable[[Path], Predict]
    prepare: Callable[[Path, Rows], None] = lambda _folder, _rows: None
    languages: tuple[str, ...] = ()


def load_sentigate(engine: str) -> Callable[[Path], Predict]:
    """Sentigate with one of its engines: the shipped models, or the folder given as `--model`."""

    def load(folder: Path) -> Predict:
        import sentigate

        chosen = folder / "model"
        model = chosen.read_text() if chosen.exists() else None
        analyze = sentigate.load(model, engine=engine, threads=1)
        # A text in a language that no model reads has a status and no heads.
        return lambda texts: [
            next(iter(p.heads.values())).label if p.heads else p.status
            for p in analyze.predict(texts)
        ]

    return load


def load_vader(_folder: Path) -> Predict:
    """VADER: a word list with rules."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda texts: [_sign(analyzer.polarity_scores(text)["compound"]) for text in texts]


def load_textblob(_folder: Path) -> Predict:
    """TextBlob: the word list of Pattern."""
    from textblob import TextBlob

    return lambda texts: [_sign(TextBlob(text).sentiment.polarity) for text in texts]


def load_snownlp(_folder: Path) -> Predict:
    """SnowNLP: naive Bayes over its own word segmentation."""
    from snownlp import SnowNLP

    return lambda texts: [_sign(2 * SnowNLP(text).sentiments - 1) for text in texts]


def _sign(score: float) -> str:
    return str(LABELS[1 + (score > 0.05) - (score < -0.05)])


def prepare_fasttext(folder: Path, rows: Rows) -> None:
    """Train fastText and note the language."""
    fasttext(rows).save_model(str(folder / "fasttext.bin"))
    (folder / "chinese.json").write_text(json.dumps(rows.chinese))


def load_fasttext(folder: Path) -> Predict:
    """Load the fastText model."""
    import fasttext as library

    model = library.load_model(str(folder / "fasttext.bin"))
    chinese = json.loads((folder / "chinese.json").read_text())
    return fasttext_predict(model, chinese=chinese, several=False)


def prepare_tfidf(folder: Path, rows: Rows) -> None:
    """Fit TF-IDF and logistic regression."""
    import joblib

    joblib.dump(tfidf(rows), folder / "tfidf.joblib")


def load_tfidf(folder: Path) -> Predict:
    """Load the fitted pipeline."""
    import joblib

    return tfidf_predict(joblib.load(folder / "tfidf.joblib"))


def prepare_wordpiece(folder: Path, rows: Rows) -> None:
    """Train a WordPiece vocabulary of BERT's size on the texts."""
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer()
    tokenizer.train_from_iterator(rows.texts, vocab_size=30_522, show_progress=False)
    tokenizer.save(str(folder / "wordpiece.json"))


def prepare_model2vec(folder: Path, rows: Rows) -> None:
    """A static model of the size of potion-base-8M with random vectors, and a fitted head."""
    import joblib
    from sklearn.linear_model import LogisticRegression

    prepare_wordpiece(folder, rows)
    embed = _static_model(folder)
    head = LogisticRegression(max_iter=200).fit(embed.encode(rows.texts[:2000]), rows.labels[:2000])
    joblib.dump(head, folder / "head.joblib")


def load_model2vec(folder: Path) -> Predict:
    """Load the static model and its head."""
    import joblib

    embed, head = _static_model(folder), joblib.load(folder / "head.joblib")
    return lambda texts: head.predict(embed.encode(list(texts)))


def _static_model(folder: Path):
    from model2vec import StaticModel
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "wordpiece.json"))
    shape = (tokenizer.get_vocab_size(), 256)
    return StaticModel(np.random.default_rng(0).standard_normal(shape, np.float32), tokenizer)


def distilbert():
    """A network of DistilBERT's size with random weights, one thread."""
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    torch.manual_seed(0)
    torch.set_num_threads(1)
    return DistilBertForSequenceClassification(DistilBertConfig(num_labels=3)).eval()


def load_distilbert(folder: Path) -> Predict:
    """A network of DistilBERT's size with random weights, in torch."""
    import torch

    network = distilbert()

    def logits(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            found = network(torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
        return found.logits.numpy()

    return _batched(folder, logits)


def prepare_distilbert_int8(folder: Path, rows: Rows) -> None:
    """The same network as ONNX with weights in eight bits."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    prepare_wordpiece(folder, rows)
    names = ["input_ids", "attention_mask"]
    ids = torch.ones(2, 8, dtype=torch.long)
    plain = folder / "distilbert.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's remarks on branches that are never taken
        torch.onnx.export(
            distilbert(),
            (ids, torch.ones_like(ids)),
            str(plain),
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "time"} for name in names},
            dynamo=False,
        )
    quantize_dynamic(plain, folder / "distilbert.int8.onnx", weight_type=QuantType.QInt8)
    plain.unlink()


def load_distilbert_int8(folder: Path) -> Predict:
    """Load the ONNX network with one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(folder / "distilbert.int8.onnx"), options, providers=["CPUExecutionProvider"]
    )
    return _batched(
        folder,
        lambda ids, mask: session.run(None, {"input_ids": ids, "attention_mask": mask})[0],
    )


def _batched(
    folder: Path, logits: Callable[[np.ndarray, np.ndarray], np.ndarray], size: int = 32
) -> Predict:
    """Tokenise, sort by length, run in padded batches, and put the labels in the texts' order."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "wordpiece.json"))
    tokenizer.enable_truncation(LONGEST)

    def predict(texts: Sequence[str]) -> Sequence[str]:
        rows = [encoded.ids for encoded in tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        labels = np.empty(len(rows), dtype=object)
        for start in range(0, len(order), size):
            places = order[start : start + size]
            ids = np.zeros((len(places), max(len(rows[i]) for i in places)), dtype=np.int64)
            mask = np.zeros_like(ids)
            for line, place in enumerate(places):
                ids[line, : len(rows[place])] = rows[place]
                mask[line, : len(rows[place])] = 1
            labels[places] = LABELS[logits(ids, mask).argmax(1)]
        return list(labels)

    return predict


COMPETITORS = {
    "Sentigate (onnx)": Competitor(("sentigate",), load_sentigate("onnx")),
    "Sentigate (numpy)": Competitor(("sentigate",), load_sentigate("numpy")),
    "VADER": Competitor(("vaderSentiment",), load_vader, languages=("en",)),
    "TextBlob": Competitor(("textblob",), load_textblob, languages=("en",)),
    "SnowNLP": Competitor(("snownlp",), load_snownlp, languages=("zh",)),
    "fastText": Competitor(("fasttext",), load_fasttext, prepare_fasttext),
    "TF-IDF + LR": Competitor(("scikit-learn",), load_tfidf, prepare_tfidf),
    "model2vec, random": Competitor(
        ("model2vec", "scikit-learn"), load_model2vec, prepare_model2vec
    ),
    "DistilBERT size, random, torch": Competitor(
        ("torch", "transformers"), load_distilbert, prepare_wordpiece
    ),
    "DistilBERT size, random, ONNX int8": Competitor(
        ("onnxruntime", "tokenizers"), load_distilbert_int8, prepare_distilbert_int8
    ),
}
