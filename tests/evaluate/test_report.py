"""Reports: whole for every kind of head, self-contained, and safe whatever the texts hold."""

import json
import re
import shutil
from functools import cache
from html.parser import HTMLParser

import numpy as np
import pytest

from sentigate.evaluate.compare import compare
from sentigate.evaluate.duplicates import Duplicate
from sentigate.evaluate.evaluation import measure
from sentigate.evaluate.report import Report, card_section, excerpt, write_report

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")

KINDS = ["binary", "multiclass", "ordinal", "multilabel", "regression"]
TEXTS = [
    '<script>window.pwned = 1</script><img src="https://example.org/x.png" onerror="pwned = 2">',
    "</style></title></script><!-- <base href='https://example.org/'>",
    "مرحبا (العالم) <b>bold</b>",
    "\u202eoverride without an end",
    "e\u0301 n\u0303 combining, 👩‍👩‍👧‍👦 family",
    "{{ 7 * 7 }} {% raw %} | a *b* _c_ `d` [e](https://example.org)",
    "bell\a, a lone surrogate \ud800 and NUL \0",
    "two\nlines",
    "x" * 5000,
]


@pytest.fixture(scope="module")
def report(heads, drawn):
    """Return a function that makes a report for heads of some kinds, most often wrong on TEXTS."""

    @cache
    def make(*kinds, rows=27):
        texts = tuple(TEXTS[row % len(TEXTS)] for row in range(rows))
        answers = [
            drawn(heads[kind], rows=rows, skill=-2, seed=seed, texts=texts, model=f"<i>{kind}</i>")
            for seed, kind in enumerate(kinds)
        ]
        shops = ["<u>web</u>", None] * rows
        return Report(
            data="<s>test</s>.csv",
            evaluations=[
                measure(one, {"<b>shop</b>": shops[:rows]}, abstain=0.65) for one in answers
            ],
            comparisons=[compare(answers[0], other) for other in answers[1:]],
            train="train.csv",
            duplicates=[Duplicate(1, TEXTS[0], 2, TEXTS[1], 0.9)],
            command="a <b> `c`",
        )

    return make


class Page(HTMLParser):
    """What a browser would make of a page: its tags, what they point to, its ids and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.targets, self.ids, self.words, self.policy = set(), [], [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        values = dict(attributes)
        self.targets += [v for k, v in attributes if re.search(r"href|src|action|data$", k)]
        self.targets += re.findall(r"url\(([^)]*)\)", " ".join(v or "" for v in values.values()))
        self.ids += [values["id"]] if "id" in values else []
        assert not any(name.startswith("on") for name in values), f"a handler on <{tag}>"
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("kinds", [*[(kind,) for kind in KINDS], ("multiclass", "binary")])
def test_the_page_stands_alone_and_obeys_no_text(report, kinds):
    page = Page(report(*kinds).html())
    assert "default-src 'none'" in page.policy
    assert "script-src 'none'" in page.policy
    assert not page.tags & {"script", "img", "link", "iframe", "object", "base", "form", "i-"}
    within = {target for target in page.targets if not target.startswith("data:image/png;base64,")}
    assert all(target.startswith("#") for target in within), within
    assert {target[1:] for target in within} <= set(page.ids), "a link that leads nowhere"
    words = "".join(page.words)
    assert "<script>window.pwned = 1</script>" in words
    assert "{{ 7 * 7 }}" in words
    assert f"<i>{kinds[0]}</i> " in words


@pytest.mark.parametrize("kind", ["multilabel", "regression"])
def test_all_files_are_written_and_can_be_read(report, kind, tmp_path):
    (tmp_path / "mine.txt").write_text("stays")
    made = report(kind)
    write_report(made, tmp_path)
    told = json.loads((tmp_path / "metrics.json").read_text("utf-8"))
    assert told["models"][0]["n"] == 27
    assert (tmp_path / "report.html").read_text("utf-8").rstrip().endswith("</html>")
    plots = sorted(plot.name for plot in made.chapters[0].plots.values())
    files = sorted(file.name for file in (tmp_path / "plots").iterdir())
    assert files == sorted(f"{name}.{form}" for name in plots for form in ("png", "svg"))
    assert (tmp_path / "mine.txt").read_text() == "stays"


@pytest.mark.parametrize("kinds", [*[(kind,) for kind in KINDS], ("multiclass", "binary")])
def test_markdown_shows_markup_and_its_tables_are_whole(report, kinds):
    text = report(*kinds).markdown()
    assert not re.search(r"<(?!!)[a-z/]", text), "raw HTML"
    assert "(https://example.org)" not in re.sub(r"\\\]\(", "", text).replace("\\[e\\](", "")
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(blocks) >= 3
    for block in blocks:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block
    images = re.findall(r"!\[[^]]*\]\((.*?)\)", text)
    assert images
    assert all(image.startswith("plots/") for image in images)


def test_plots_follow_the_colours_of_the_page(report):
    plots = report("multiclass").chapters[0].plots
    assert set(plots) == {"roc", "precision_recall", "reliability", "coverage"}
    for plot in plots.values():
        svg = plot.svg()
        assert "var(--series-1)" in svg
        assert not re.search(r"#[0-9a-f]{6}\b(?!\w)", re.sub(r'"#\w+"|\(#\w+\)', "", svg))
        assert "<g id" not in svg


def test_labels_may_hold_markup_mathematics_and_chinese(heads, drawn):
    head = heads["multiclass"].model_copy(update={"labels": ("<b>$x$", "很好", "_a & b")})
    evaluation = measure(drawn(head))
    html = Report("a.csv", [evaluation]).html()
    assert "&lt;b&gt;$x$" in html
    assert "很好" in html
    assert "<b>$x$" not in html


def test_a_perfect_head_and_a_file_of_one_class(heads, answers_to):
    head = heads["multiclass"]
    for targets in ([0, 1, 2] * 10, [1] * 30):
        evaluation = measure(answers_to(head, np.eye(3)[targets] * 9, targets))
        report = Report("a.csv", [evaluation])
        assert "every row is answered as the file has it" in report.html()
        assert "## Mistakes" in report.markdown()


def test_many_classes_draw_the_most_frequent_and_say_so(heads, drawn):
    labels = tuple(f"class {place}" for place in range(9))
    made = Report(
        "a.csv", [measure(drawn(heads["multiclass"].model_copy(update={"labels": labels})))]
    )
    assert len(made.chapters[0].drawn) == 6
    assert "of the 6 most frequent classes" in made.html()


def test_skipped_rows_and_notes_are_told(heads, drawn):
    answers = drawn(heads["binary"], skipped={"no_label": 1234}, notes=("two of three labels",))
    html = Report("a.csv", [measure(answers)]).html()
    assert "1,234 no label" in html
    assert "two of three labels" in html


def test_abstaining_is_in_the_table_of_bands(report):
    bands = report("binary").chapters[0].bands
    assert [one.below for one in bands] == [0.5, 0.6, 0.65, 0.7, 0.8, 0.9]
    assert report("multilabel").chapters[0].bands == []


def test_a_section_for_the_card(heads, drawn):
    title, content = card_section(measure(drawn(heads["binary"])), "shop\n# evil.csv")
    assert title == "Measured on shop # evil.csv"
    assert "| accuracy | 0." in content
    assert "200 labelled texts, head `mood`." in content


@pytest.mark.parametrize("text", TEXTS)
def test_an_excerpt_is_short_and_without_controls(text):
    shown = excerpt(text)
    assert len(shown) <= 502
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", shown)


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium to open the report with")
def test_a_browser_asks_for_nothing_and_runs_nothing(report, tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api")
    write_report(report("multiclass", "binary"), tmp_path)
    address = (tmp_path / "report.html").as_uri()
    asked, said = [], []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address)
        assert asked == [address]
        assert said == []  # a breach of the policy would be here
        assert page.evaluate("typeof window.pwned") == "undefined"
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        shown = page.locator(".text").all_inner_texts()
        assert TEXTS[0] in shown
        assert TEXTS[2] in shown
        assert TEXTS[4] in shown
        arabic = page.locator(".text", has_text="مرحبا").first
        assert arabic.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert page.locator("figure svg").count() == 8
        browser.close()
