"""The card of a model, its README.md: what it answers, from which data, how well, and its limits.

Markdown under a YAML front matter as the Hugging Face hub reads it. Knows no files.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig

_PLAIN = re.compile(r"[a-z][\w.-]*", re.IGNORECASE)
_FIGURES = (
    "n",
    "skipped",
    "accuracy",
    "subset_accuracy",
    "macro_f1",
    "micro_f1",
    "macro_precision",
    "macro_recall",
    "jaccard",
    "mae",
    "qwk",
    "pearson",
    "spearman",
)
_QUESTIONS = {
    "binary": "one of two",
    "multiclass": "one of several",
    "ordinal": "one of several, which stand in order",
    "multilabel": "any number of several",
    "regression": "a number",
}


def card(config: ModelConfig, metrics: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Write the card.

    Args:
        config: the model.
        metrics: as the folder keeps them; `dev` maps "DATA/HEAD" to figures by name, and an
            encoder has a `perplexity`.
        facts: any of `licence` (of the weights), `data` (a list of mappings with `name` and any of
            `rows`, `licence`, `note`), `limits` (sentences) and `command` (what makes it again).

    Example:
        >>> config = ModelConfig(
        ...     name="mine",
        ...     encoder=EncoderConfig(),
        ...     heads=(HeadConfig(name="mood", kind="binary", labels=("bad", "good")),),
        ... )
        >>> text = card(config, {"dev": {"dev/mood": {"n": 20, "accuracy": 0.85}}}, {})
        >>> "| dev | 20 | 0.850 |" in text
        True
    """
    sections = [
        _front_matter(config, facts),
        f"# {config.name}\n\n{_summary(config)}",
        f"## What it answers\n\n{_answers(config.heads)}",
        *_section("Data", _data(facts.get("data") or [])),
        *_section("Figures on dev data", _figures(config, metrics)),
        f"## Limits\n\n{_limits(config, facts)}",
        f"## Use\n\n{_use(config)}",
        *_section("How it was made", _fenced(facts.get("command") or "")),
    ]
    return "\n\n".join(sections) + "\n"


def with_section(text: str, title: str, content: str) -> str:
    r"""Put a section into a card: in place of the one of that title, else before the limits.

    Args:
        text: the card.
        title: of the section, without the number signs.
        content: Markdown.

    Example:
        >>> with_section("# mine\n\n## Limits\n\nMany.\n", "Figures", "1.0")
        '# mine\n\n## Figures\n\n1.0\n\n## Limits\n\nMany.\n'
    """
    section = f"## {title}\n\n{content.strip()}\n\n"
    sections = re.split(r"^(?=## )", text.rstrip("\n") + "\n\n", flags=re.MULTILINE)
    heads = [part.partition("\n")[0] for part in sections]
    if f"## {title}" in heads:
        sections[heads.index(f"## {title}")] = section
    else:
        place = heads.index("## Limits") if "## Limits" in heads else len(sections)
        sections.insert(place, section)
    return "".join(sections).rstrip("\n") + "\n"


def _front_matter(config: ModelConfig, facts: Mapping[str, Any]) -> str:
    datasets = [row["name"] for row in facts.get("data") or []]
    keys = {
        "library_name": "sentigate",
        "license": (facts.get("licence") or "").lower(),  # as the hub spells SPDX names
        "language": list(config.languages),
        "datasets": datasets,
        "pipeline_tag": "text-classification",
        "tags": ["lstm", "sentiment-analysis"],
        "metrics": ["accuracy", "f1"],
    }
    lines = [f"{key}: {_yaml(value)}" for key, value in keys.items() if value]
    return "\n".join(["---", *lines, "---"])


def _yaml(value: str | Sequence[str]) -> str:
    """A plain word as it stands, everything else as JSON, which is YAML too."""
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _summary(config: ModelConfig) -> str:
    languages = ", ".join(config.languages) or "any language"
    return f"Reads text ({languages}) with {_network(config.encoder)}."


def _network(encoder: EncoderConfig) -> str:
    direction = "bidirectional " if encoder.bidirectional else ""
    layers = "one layer" if encoder.num_layers == 1 else f"{encoder.num_layers} layers"
    cell = {"lstm": "LSTM", "rnn": "plain RNN"}[encoder.cell]
    return (
        f"a {direction}{cell} ({layers}, hidden size {encoder.hidden_size}, embeddings of "
        f"{encoder.embedding_size}, {encoder.vocab_size:,} tokens), pooled by "
        f"{' + '.join(encoder.pooling)}"
    )


def _answers(heads: Sequence[HeadConfig]) -> str:
    if not heads:
        return "Nothing yet: it is an encoder, pre-trained on texts without labels."
    rows = [
        (f"`{head.name}`", _QUESTIONS[head.kind], ", ".join(head.labels) or "–") for head in heads
    ]
    return _table(("head", "answer", "labels"), rows)


def _data(data: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            row["name"],
            f"{row['rows']:,}" if row.get("rows") else "–",
            row.get("licence") or "not stated",
            row.get("note") or "",
        )
        for row in data
    ]
    return _table(("name", "rows", "licence", "note"), rows) if rows else ""


def _figures(config: ModelConfig, metrics: Mapping[str, Any]) -> str:
    """One table a head, a row for each dev set; of an encoder its perplexity."""
    if perplexity := metrics.get("perplexity"):
        return f"Perplexity {perplexity:.1f} a token, over the whole vocabulary, on texts held out."
    dev: Mapping[str, Mapping[str, Any]] = metrics.get("dev") or {}
    tables = []
    for head in config.heads:
        places = ((*key.rpartition("/"), figures) for key, figures in dev.items())
        own = {data: figures for data, _, name, figures in places if name == head.name}
        names = [name for name in _FIGURES if any(name in row for row in own.values())]
        rows = [(data, *(_number(row.get(name)) for name in names)) for data, row in own.items()]
        if rows:
            header = ("data", *(name.replace("_", " ") for name in names))
            tables.append(f"### {head.name}\n\n{_table(header, rows)}")
    return "\n\n".join(tables)


def _limits(config: ModelConfig, facts: Mapping[str, Any]) -> str:
    sentences = [
        "It reads words, not minds: irony, quotations and what the reader is meant to know mislead "
        "it. Do not decide about people by it alone.",
    ]
    if config.heads:
        sentences.append(
            "Temperatures and thresholds were fitted on the dev data; on other texts the "
            "probabilities may be off, so evaluate it on your own before relying on them."
        )
    if config.languages:
        sentences.append(
            f"Texts in other languages than {', '.join(config.languages)} are not for it."
        )
    return "\n".join(f"- {sentence}" for sentence in [*(facts.get("limits") or []), *sentences])


def _use(config: ModelConfig) -> str:
    if not config.heads:
        return _fenced(f"sentigate train labelled.csv --base path/to/{config.name} -o models/mine")
    return _fenced(f'sentigate predict --model path/to/{config.name} "..."')


def _section(title: str, content: str) -> list[str]:
    return [f"## {title}\n\n{content}"] if content else []


def _fenced(command: str) -> str:
    return f"```sh\n{command}\n```" if command else ""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    """One line, and no bar that would end the cell."""
    return " ".join(text.replace("|", "\\|").split())


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
