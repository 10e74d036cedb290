"""The pages of explanations: the right words tinted, in a browser too; nothing is loaded."""

import re
import shutil
from html import unescape
from itertools import pairwise

import pytest

pytest.importorskip("jinja2", reason="pages need the extra report")

from sentigate.errors import DataError
from sentigate.explain.attribution import explain
from sentigate.explain.course import trajectory
from sentigate.explain.gates import read_gates
from sentigate.explain.markup import showable
from sentigate.explain.page import (
    attribution_page,
    bars,
    course_page,
    gates_page,
    summed,
    value_range,
)
from sentigate.explain.records import Contribution, Trajectory
from sentigate.records import Status

TEXTS = {
    "english": "I didn't like the <b>food</b> & the wait, but the staff!",
    "chinese": "这家餐厅太棒了，但是菜还是凉的！",
    "right to left": "הָאֹכֶל היה טוב مأُكول جيد",
    "combining marks": "cafe\u0301 na\u0308ive Z\u0351\u036bA\u0334L ok",
    "emoji sequences": "so 😂😂 👨\u200d👩\u200d👧\u200d👦 👍🏽!! 🇩🇪 ❤️ ok",
    "odd": "a\x00b \ud800 \u202eabc\u202c\n\tx </script><script>alert(1)</script>",
}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Where each highlight lies, and where a selection of the same characters of the text lies.
PLACES = """words => {
  const box = document.querySelector('.reading .tinted')
  const nodes = [], walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT)
  for (let node; (node = walker.nextNode());) nodes.push(node)
  const points = [...box.textContent], units = [0]
  for (const point of points) units.push(units.at(-1) + point.length)
  const find = (place) => {
    let left = units[place]
    for (const node of nodes) {
      if (left <= node.length) return [node, left]
      left -= node.length
    }
  }
  const spans = [...box.querySelectorAll('.word')]
  return words.map(([start, end], number) => {
    const range = document.createRange()
    range.setStart(...find(start))
    range.setEnd(...find(end))
    const [a, b] = [spans[number].getBoundingClientRect(), range.getBoundingClientRect()]
    return {
      text: spans[number].textContent,
      off: Math.max(Math.abs(a.left - b.left), Math.abs(a.right - b.right)),
      left: a.left,
      width: a.width,
      tint: getComputedStyle(spans[number]).backgroundColor,
    }
  })
}"""

LEGEND = """[...document.querySelectorAll('.legend i')]
  .map((swatch) => getComputedStyle(swatch).backgroundColor)"""
TINTS = {
    "light": {"rgba(23, 117, 106, 0.55)", "rgba(176, 67, 43, 0.55)"},
    "dark": {"rgba(64, 176, 160, 0.55)", "rgba(228, 112, 86, 0.55)"},
}


def highlights(html):
    """The words that a page's first text tints, as a browser would read them."""
    return [unescape(word) for word in re.findall(r'<span class="word"[^>]*>([^<]*)</span>', html)]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(reader):
    """Each kind of page, of all the texts together."""
    text = " ".join(TEXTS.values())
    return [
        attribution_page(explain([reader], text)),
        attribution_page(explain([reader], text, "stars", method="gates")),
        gates_page(read_gates([reader], text)),
        course_page(trajectory([reader], text * 3)),
    ]


@pytest.fixture
def visit(browser, tmp_path):
    """Open a page as a file; nothing may be requested but it, and nothing may go wrong."""

    def opened(html, width=1440, scheme="light"):
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append("dialog"))
        page.goto(file.as_uri())
        assert asked == [file.as_uri()]
        assert said == []
        return page

    return opened


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("method", ["gates", "occlusion"])
def test_the_words_are_tinted_and_the_text_is_all_there(reader, name, method):
    told = explain([reader], TEXTS[name], label="positive", method=method)
    html = attribution_page(told)
    first = html[: html.index('class="legend')]
    assert highlights(first) == [showable(word.text) for word in told.words]
    assert "<script" not in html
    assert "<b>" not in first.replace("<body>", "")
    html.encode("utf-8")


@pytest.mark.parametrize("name", TEXTS)
def test_the_gates_and_the_course_of_any_text(reader, name):
    read, course = read_gates([reader], TEXTS[name]), trajectory([reader], TEXTS[name])
    for html in (gates_page(read), course_page(course)):
        assert "<script" not in html
        html.encode("utf-8")
    assert gates_page(read).count("<tr>") == 2 * (len(read.tokens) + 1)
    sentences = highlights(course_page(course))[: len(course.sentences)]
    assert sentences == [showable(sentence.text) for sentence in course.sentences]


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "odd"])
def test_in_a_browser_highlights_sit_on_the_right_words(visit, reader, name):
    told = explain([reader], TEXTS[name], label="positive", method="gates")
    read = read_gates([reader], TEXTS[name], label="positive")
    for html, words in (
        (gates_page(read), summed(read.tokens)),
        (attribution_page(told), told.words),
    ):
        page = visit(html)
        places = page.evaluate(PLACES, [[word.start, word.end] for word in words])
        assert [place["text"] for place in places] == [word.text for word in words]
        assert all(place["off"] < 1 for place in places)
        strongest = max(range(len(places)), key=lambda number: abs(words[number].value))
        assert places[strongest]["tint"] in TINTS["light"]
        page.close()
    assert all(place["width"] > 0 for place in places)
    order = [place["left"] for place in places[:3]]
    assert order == sorted(order, reverse=name == "right to left")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_in_a_browser_pages_fit_and_load_nothing(visit, pages, width, scheme):
    for html in pages:
        page = visit(html, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(253, 252, 250)" if scheme == "light" else "rgb(23, 24, 27)"
        )
        assert set(page.evaluate(LEGEND)) <= TINTS[scheme]
        page.close()


def test_the_numbers_of_a_page_add_up(reader):
    told = explain([reader], TEXTS["english"], method="gates")
    html = attribution_page(told)
    cells = re.findall(r'<td class="number">([+-][\d.]+)</td></tr>', html)
    baseline, added, rounding, whole = map(float, cells[-4:])
    assert baseline + added + rounding == pytest.approx(whole, abs=2e-3)


def test_what_could_not_be_read_has_no_page(reader):
    for page, record in (
        (attribution_page, explain([reader], "")),
        (gates_page, read_gates([reader], None)),
        (course_page, trajectory([reader], 3)),
    ):
        with pytest.raises(DataError, match="there is nothing to explain: "):
            page(record)


def test_bars_lie_side_by_side_between_the_values(reader):
    course = trajectory([reader], "The food was good. Never again! So cold, so bad.")
    assert value_range(course) == (-1, 1)
    laid = bars(course)
    assert [bar.value for bar in laid] == course.values
    for one, other in pairwise(laid):
        assert one.x + one.width <= other.x
    assert all(0 <= bar.y <= bar.y + bar.height <= 100 for bar in laid)
    assert value_range(trajectory([reader], "good", "stars"))[0] <= 0
    assert value_range(Trajectory("a", Status.OK, label="joy")) == (0, 1)


@pytest.mark.parametrize(
    ("head", "label", "legend"),
    [
        (None, None, ["positive", "negative"]),
        (None, "joy", ["the stronger, the more probable is joy"]),
        ("stars", None, ["above zero", "below zero"]),
    ],
)
def test_a_course_says_what_its_colours_mean(reader, head, label, legend):
    html = course_page(trajectory([reader], "So good! So bad.", head, label))
    assert re.findall(r"</i>([^<]*)</span>", html) == legend


def test_many_sentences_have_a_running_mean(reader):
    assert "<polyline" in course_page(trajectory([reader], "So good! So bad. " * 30))
    assert "<polyline" not in course_page(trajectory([reader], "So good! So bad."))


def test_a_text_too_long_for_steps_says_so(reader):
    note = "too long to be followed token by token"
    assert note in course_page(trajectory([reader], "So good! " * 200))
    assert note not in course_page(trajectory([reader], "So good!"))


def test_tokens_of_one_place_are_one_highlight():
    tokens = [Contribution(0, 0, "", 9.0), Contribution(0, 1, "é", 1.0), Contribution(0, 1, "é", 2)]
    assert summed(tokens) == [Contribution(0, 1, "é", 3.0)]
