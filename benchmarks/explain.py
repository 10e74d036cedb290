"""How long an explanation takes, beside LIME and Captum in a loop, on one core and one network.

    python benchmarks/explain.py [--model en] [--seconds 3]

Every row explains the same label of the same text of twenty tokens by the same model. LIME asks for
5,000 variants of the text through Sentigate's fast engine; Captum runs on the torch network of the
model, one forward and backward pass at a time. Times are medians; "core" is processor time, which
does not count what other programs took.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
from common import machine, markdown, one_core

import sentigate
from sentigate.analyzer import Analyzer

TEXTS = {
    "en": "The plot is thin and slow, but the acting is not bad at all, I liked it.",
    "zh": "这家餐厅的菜还可以，但是服务员态度很差，我们等了一个小时，不会再来了。",
}
STEPS, SAMPLES, LEAST = 32, 5_000, 3


def main() -> None:
    """Measure every explainer and print a table."""
    one_core()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="en", choices=list(TEXTS))
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each is measured")
    chosen = parser.parse_args()
    analyze, text = sentigate.load(chosen.model), TEXTS[chosen.model]
    tokens = analyze(text).tokens
    rows = []
    for name, explain in explainers(analyze, text):
        wall, core = measure(explain, chosen.seconds)
        rows.append({"what": name, "ms": 1e3 * wall, "core ms": 1e3 * core})
    best = {row["what"]: row["core ms"] for row in rows}["Sentigate, occlusion"]
    table = [row | {"ratio": f"{row['core ms'] / best:,.3g}×"} for row in rows]
    print(f"{machine()}; one core; model {chosen.model}, a text of {tokens} tokens\n")
    print(markdown(table))


def measure(explain: Callable[[], object], seconds: float) -> tuple[float, float]:
    """Median seconds on the clock and on the processor, after a first call that does not count."""
    explain()
    walls, cores = [], []
    start = time.perf_counter()
    while len(walls) < LEAST or time.perf_counter() - start < seconds:
        wall, core = time.perf_counter(), time.process_time()
        explain()
        walls.append(time.perf_counter() - wall)
        cores.append(time.process_time() - core)
    return statistics.median(walls), statistics.median(cores)


def explainers(analyze: Analyzer, text: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Name each explainer and make a function that explains the text once."""
    label = analyze(text).sentiment.label
    for method in ("gates", "occlusion"):
        yield (
            f"Sentigate, {method}",
            lambda method=method: analyze.explain(text, "sentiment", label, method),
        )
    yield (
        f"Sentigate, integrated gradients, {STEPS} steps",
        lambda: analyze.explain(text, "sentiment", label, "gradients"),
    )
    gradients, ablation = captum_loops(analyze, text, label)
    yield f"Captum, integrated gradients, {STEPS} steps one by one", gradients
    yield "Captum, feature ablation, token by token", ablation
    yield f"LIME, {SAMPLES:,} samples", lime(analyze, text, label)


def captum_loops(
    analyze: Analyzer, text: str, label: str
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Captum as its tutorials use it: on a network, one input at a time."""
    import torch
    from captum.attr import FeatureAblation, LayerIntegratedGradients

    from sentigate.nn.gradients import open_network

    torch.set_num_threads(1)
    model = analyze.readers[0].open()
    network = open_network(model.artifact)
    place = model.config.head("sentiment").labels.index(label)
    ids = torch.from_numpy(model.tokenizer.encode_ids([text])[0].astype(np.int64))[None]
    unknown, lengths = torch.ones_like(ids), torch.tensor([ids.shape[1]])

    def score(ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return network(ids, lengths)["sentiment"][:, place]

    gradients = LayerIntegratedGradients(score, network.embedding)
    ablation = FeatureAblation(score)

    def explain_by_gradients() -> object:
        return gradients.attribute(
            ids,
            unknown,
            additional_forward_args=(lengths,),
            n_steps=STEPS,
            internal_batch_size=1,
        )

    def explain_by_ablation() -> object:
        with torch.no_grad():
            return ablation.attribute(ids, unknown, additional_forward_args=(lengths,))

    return explain_by_gradients, explain_by_ablation


def lime(analyze: Analyzer, text: str, label: str) -> Callable[[], object]:
    """LIME with its defaults; Chinese is given to it character by character."""
    from lime.lime_text import LimeTextExplainer

    labels = analyze.heads["sentiment"].labels
    chinese = not text.isascii()
    explainer = LimeTextExplainer(class_names=labels, char_level=chinese, random_state=0)

    def predict(texts: list[str]) -> np.ndarray:
        # A variant without any word has no answer: every label is as likely.
        even = dict.fromkeys(labels, 1 / len(labels))
        answers = [p.sentiment.probabilities if p.heads else even for p in analyze.predict(texts)]
        return np.array([list(answer.values()) for answer in answers])

    return lambda: explainer.explain_instance(
        text, predict, labels=(labels.index(label),), num_features=len(text), num_samples=SAMPLES
    )


if __name__ == "__main__":
    main()
