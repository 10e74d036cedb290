"""The card: true to what it is given, silent on what it is not."""

import re

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.model.card import card, with_section

CONFIG = ModelConfig(
    name="en",
    languages=("en",),
    encoder=EncoderConfig(hidden_size=96),
    heads=(
        HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "positive")),
        HeadConfig(name="stars", kind="regression"),
    ),
)
METRICS = {
    "dev": {
        "a/b/sentiment": {"n": 1200, "macro_f1": 0.71234, "per_class": {"negative": {}}},
        "c/stars": {"n": 10, "mae": 0.5, "pearson": None},
    }
}
FACTS = {
    "licence": "apache-2.0",
    "data": [{"name": "tweets", "rows": 12345, "licence": "CC BY | 4.0", "note": "two\nlines"}],
    "limits": ["Not for medicine."],
    "command": "make en",
}


def test_it_tells_what_it_was_given():
    text = card(CONFIG, METRICS, FACTS)
    for part in (
        "# en\n",
        "hidden size 96",
        "| `sentiment` | one of several | negative, positive |",
        "| `stars` | a number | – |",
        r"| tweets | 12,345 | CC BY \| 4.0 | two lines |",
        "### sentiment\n\n| data | n | macro f1 |\n| --- | --- | --- |\n| a/b | 1,200 | 0.712 |",
        "### stars\n\n| data | n | mae | pearson |\n",
        "| c | 10 | 0.500 | – |",
        "- Not for medicine.",
        "```sh\nmake en\n```",
    ):
        assert part in text, part


def test_the_front_matter_is_what_the_hub_reads():
    front = card(CONFIG, METRICS, FACTS).split("---\n")[1].splitlines()
    assert front == [
        "library_name: sentigate",
        "license: apache-2.0",
        'language: ["en"]',
        'datasets: ["tweets"]',
        "pipeline_tag: text-classification",
        'tags: ["lstm", "sentiment-analysis"]',
        'metrics: ["accuracy", "f1"]',
    ]


def test_what_is_not_known_is_left_out():
    text = card(CONFIG, {}, {})
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["What it answers", "Limits", "Use"]
    assert "license" not in text
    assert "datasets" not in text


CARD = "---\nlicense: MIT\n---\n\n# mine\n\nWords.\n\n## Data\n\n| a |\n\n## Limits\n\n- Many.\n"


def test_a_section_goes_before_the_limits_and_replaces_its_like():
    once = with_section(CARD, "Measured on a.csv", "first")
    assert once.index("## Data") < once.index("## Measured on a.csv") < once.index("## Limits")
    again = with_section(once, "Measured on a.csv", "second\n")
    assert again == once.replace("first", "second")
    both = with_section(again, "Measured on b.csv", "third")
    assert both.count("## Measured on") == 2
    assert both.replace("## Measured on b.csv\n\nthird\n\n", "") == again


def test_a_card_without_limits_gets_it_at_the_end():
    assert with_section("# mine\n", "Figures", "1") == "# mine\n\n## Figures\n\n1\n"
