"""The page in a browser: typing, files, keys, themes, languages; and that it asks nobody else.

Wherever the page is in a state worth looking at, axe looks at it too.
"""

import csv
import io
import json
import shlex
import shutil
from urllib.request import Request, urlopen

import pytest

from sentigate.config import HeadConfig
from sentigate.serve.security import add_key

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe here")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

ROWS = 10_000
ODD = [
    ["id", "text", "note"],
    ["1", 'said "no", then left', "a\nb"],
    ["2", "", ""],
    ["3", "好，吃", '""'],
    ["4", "a\r\nb;\tc", " x "],
]
DROP = """([text, name]) => {
  const carried = new DataTransfer()
  carried.items.add(new File([text], name, { type: 'text/csv' }))
  const at = { dataTransfer: carried, bubbles: true, cancelable: true }
  const dropped = (place) => document.querySelector(place).dispatchEvent(new DragEvent('drop', at))
  return ['footer', '#drop'].map(dropped)
}"""
AROUND = "getComputedStyle(document.activeElement).outlineStyle"
FOCUSED = "document.activeElement.id || document.activeElement.className"


@pytest.fixture(scope="module")
def browser():
    # Not of the whole session: while it is open, no other test of this thread can run a loop.
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, address):
    """Open the page; at the end nothing was asked of others and nothing was said on the console."""
    asked, said, contexts = [], [], []

    def opened(width=1440, url=address, **options):
        viewport = {"width": width, "height": 900}
        context = browser.new_context(viewport=viewport, **{"locale": "en-US", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append((url, request.url)))
        page.on("websocket", lambda one: asked.append((url, one.url.replace("ws:", "http:"))))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url)
        page.wait_for_selector("#text-tab:not(:empty)")
        page.said = said
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [there for url, there in asked if not there.startswith((url, "blob:"))] == []
    assert said == []


def look(page):
    """Have axe look at the page as it is; whatever it finds is a fault."""
    page.wait_for_timeout(300)  # colours that are on their way are not what people will see
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_the_answer_comes_while_typing(visit, analyze):
    page = visit()
    page.locator("#text-box").press_sequentially("So good. So bad.")
    page.wait_for_selector("#course-panel li")
    page.wait_for_selector(".word")
    said = analyze("So good. So bad.").heads["sentiment"]
    assert f"{abs(said.score):.2f}" in page.text_content(".gauge .figure")
    assert page.text_content(".gauge .figure-label") == said.label
    assert page.locator(".along polyline").count() == 1
    assert page.locator("#course-panel li").count() == 2
    page.hover(".word >> nth=1")
    assert "“good”" in page.text_content("#word-figure")
    page.click("#gates-panel summary")
    page.wait_for_selector("table.heat td")
    look(page)
    page.click("#clear")
    page.wait_for_selector("#insight", state="hidden")


def test_a_text_is_shown_and_never_run(visit):
    page = visit()
    text = "<img src=x onerror=alert(1)> & <b>so</b>"
    page.fill("#text-box", text)
    page.wait_for_selector(".word")
    assert page.text_content("#words") == text
    assert page.locator("#words img, #words b").count() == 0


def test_a_large_file_is_dropped_scored_and_given_back(visit):
    texts = ["so good", "so bad, “cold”", "", "好吃\n很"]
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(["id", "text"])
    writer.writerows([row, texts[row % 4]] for row in range(ROWS))
    page = visit()
    page.click("#file-tab")
    assert page.evaluate(DROP, [written.getvalue(), "reviews.csv"]) == [False, False]
    page.wait_for_selector("#preview", state="visible")
    assert "10,000 rows" in page.text_content("#preview-says")
    page.click("#score")
    page.wait_for_selector("#results", state="visible", timeout=120_000)
    assert page.locator("#table-body tr").count() == 50
    assert "10,000" in page.text_content("#shown")
    page.fill("#filter", "GOOD")
    assert "2,500" in page.text_content("#shown")
    page.click("[data-column=row]")
    assert page.text_content("#table-body td") == str(ROWS - 3)
    assert page.text_content("[data-column=others]") == "emotion"
    assert page.locator(".histogram rect").count() == 20
    look(page)
    with page.expect_download() as coming:
        page.click("#download")
    assert coming.value.suggested_filename == "reviews-scored.csv"
    given = coming.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(given, newline="")))
    assert [row["text"] for row in rows] == [texts[row % 4] for row in range(ROWS)]
    assert {row["status"] for row in rows[2::4]} == {"empty"}
    assert all(-1 <= float(row["sentiment_score"]) <= 1 for row in rows[::4])


def test_modules_read_as_python_reads_and_say_all_in_both_languages(visit):
    page = visit()
    script = """async text => {
      const { delimiterOf, line, rows } = await import('/csv.js')
      const delimiter = delimiterOf(text)
      const read = [...rows(text, delimiter)]
      return [read, [...rows(read.map((row) => line(row, delimiter)).join('\\n'), delimiter)]]
    }"""
    for delimiter in (",", ";", "\t"):
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=delimiter).writerows(ODD)
        once, again = page.evaluate(script, written.getvalue())
        assert once == again == ODD
    words = page.evaluate("import('/strings.js').then(({ words }) => words)")
    assert words["en"].keys() == words["zh"].keys()
    assert all(words["en"].values())
    assert all(words["zh"].values())


def test_copies_ask_again_what_the_page_asked(visit, address, analyze, capsys):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    text = 'it\'s "so" good \\ $HOME\n好吃 🥰'
    page.fill("#text-box", text)
    page.wait_for_selector("#copy-box", state="visible")

    def copied(form):
        page.evaluate("navigator.clipboard.writeText('')")
        page.click(f"[data-copy={form}]")
        page.wait_for_selector("#copied:has-text('Copied.')")
        return page.evaluate("navigator.clipboard.readText()")

    said = analyze(text)
    answer = json.loads(copied("json"))
    assert (answer["status"], answer["tokens"]) == ("ok", said.tokens)
    command, url, _, header, _, body = shlex.split(copied("curl").replace("\\\n", ""))
    assert command == "curl"
    with urlopen(Request(url, body.encode(), dict([header.split(": ")]))) as response:
        (result,) = json.load(response)["results"]
    assert result["heads"] == answer["heads"]
    exec(compile(copied("python"), "copied", "exec"), {})
    assert f"text={text!r}" in capsys.readouterr().out


def test_where_a_key_is_wanted_the_page_asks_for_it(visit, listen, tmp_path):
    key = add_key(tmp_path / "keys.txt", "alice")
    with listen(api_key_file=tmp_path / "keys.txt") as url:
        page = visit(url=url, permissions=["clipboard-read", "clipboard-write"])
        page.wait_for_selector("#key-box", state="visible")
        look(page)
        page.fill("#key", "sg_wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("#key-box", state="visible")
        page.fill("#key", key)
        page.keyboard.press("Enter")
        page.wait_for_selector("#key-box", state="hidden")
        page.keyboard.type("so good")
        page.wait_for_selector(".word")
        assert page.locator(".along polyline").count() == 1  # over the WebSocket, so with the key
        page.click("[data-copy=curl]")
        page.wait_for_selector("#copied:not(:empty)")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert '-H "Authorization: Bearer $SENTIGATE_KEY"' in copied
        assert key not in copied + page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        refused = [line for line in page.said if "401" in line]
        assert refused == page.said  # the browser's own words on what it was refused
        page.said.clear()
        page.context.close()


def test_dark_chinese_and_narrow(visit):
    page = visit(360, color_scheme="dark", locale="zh-CN")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert page.text_content("#file-tab") == "文件"
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(23, 24, 27)"
    page.fill("#text-box", "So good! So bad.")
    page.wait_for_selector("#course-panel li")
    page.wait_for_selector(".word")
    page.click("#gates-panel summary")
    page.wait_for_selector("table.heat td")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    look(page)
    page.click("[data-language=en]")
    assert page.text_content("#file-tab") == "File"
    assert page.text_content("#course-panel h2") == "The course of feeling"


def test_by_keyboard_alone(visit):
    page = visit()

    def tab_to(place):
        for _ in range(30):
            page.keyboard.press("Tab")
            assert page.evaluate(AROUND) == "solid", page.evaluate(FOCUSED)
            if page.evaluate(FOCUSED) == place:
                return
        raise AssertionError(f"{place} is not reached by Tab")

    tab_to("text-tab")
    tab_to("text-box")
    page.keyboard.type("so good")
    page.wait_for_selector(".word")
    tab_to("word")
    page.keyboard.press("ArrowRight")
    assert "“good”" in page.text_content("#word-figure")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("table.heat td")
    page.reload()
    tab_to("text-tab")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#file-view")
    with page.expect_file_chooser() as chooser:
        tab_to("choose")
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"text\nso good\n"})
    page.wait_for_selector("#column:focus")
    tab_to("score")
    page.keyboard.press("Enter")
    page.wait_for_selector("#results", state="visible")
    page.reload()
    tab_to("text-tab")
    page.keyboard.press("ArrowLeft")
    assert page.is_visible("#compare-view")
    tab_to("first-text")
    page.keyboard.type("so good")
    tab_to("second-text")
    page.keyboard.type("so bad")
    page.wait_for_selector("#difference:not(:empty)")
    look(page)


def test_a_model_with_one_head_among_three(visit, listen, make_model, tiny):
    head = HeadConfig(
        name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")
    )
    one_head = make_model("one", heads=(head,), languages=("fr", "zh"))
    with listen({"tiny": tiny, "one": one_head, "again": one_head}) as url:
        page = visit(768, url=url)
        assert page.locator("#model option").count() == 4
        page.fill("#text-box", "so good")
        page.wait_for_selector(".word")
        assert page.locator("#answer h2").all_text_contents() == ["Polarity", "emotion"]
        page.select_option("#model", "one")
        page.fill("#text-box", "好吃。很好。")
        page.wait_for_selector("#answer .status:has-text('model one')")
        assert page.locator("#answer h2").all_text_contents() == ["Polarity"]
        page.wait_for_selector("#course-panel li")
        assert page.locator("#explained-label option").count() == 3
        page.click("#file-tab")
        page.evaluate(DROP, ["text\n好吃\n", "a.csv"])
        page.click("#score")
        page.wait_for_selector("#table-body tr")
        assert page.locator("[data-column]").count() == 5
        page.context.close()


def test_the_documentation_in_a_browser(visit, address):
    page = visit(360)
    page.goto(f"{address}/docs")
    assert "POST /v1/predict" in page.text_content("body")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    look(page)
