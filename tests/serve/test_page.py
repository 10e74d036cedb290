"""The page in a browser: typing, files, themes, languages, keys; and that it asks nobody else."""

import csv
import io
import shutil

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ROWS = 2_000
ODD = [
    ["id", "text", "note"],
    ["1", 'said "no", then left', "a\nb"],
    ["2", "", ""],
    ["3", "好，吃", '""'],
    ["4", "a\r\nb;\tc", " x "],
]


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, address):
    """Open the page; at the end nothing was asked of others and nothing was said on the console."""
    asked, said, contexts = [], [], []

    def opened(width=1440, **options):
        viewport = {"width": width, "height": 900}
        context = browser.new_context(viewport=viewport, **{"locale": "en-US", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address)
        page.wait_for_selector("#model option", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith((address, "blob:"))] == []
    assert said == []


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
    page.click("#clear")
    page.wait_for_selector("#insight", state="hidden")


def test_a_text_is_shown_and_never_run(visit):
    page = visit()
    text = "<img src=x onerror=alert(1)> & <b>so</b>"
    page.fill("#text-box", text)
    page.wait_for_selector(".word")
    assert page.text_content("#words") == text
    assert page.locator("#words img, #words b").count() == 0


def test_a_large_file_is_scored_and_given_back(visit, tmp_path):
    file = tmp_path / "reviews.csv"
    texts = ["so good", "so bad, “cold”", "", "好吃\n很"]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["id", "text"])
        writer.writerows([row, texts[row % 4]] for row in range(ROWS))
    page = visit()
    page.click("#file-tab")
    page.set_input_files("#file-input", file)
    page.click("#score")
    page.wait_for_selector("#results", state="visible", timeout=60_000)
    assert page.locator("#table-body tr").count() == 50
    assert "2,000" in page.text_content("#shown")
    page.fill("#filter", "GOOD")
    assert "500" in page.text_content("#shown")
    page.click("[data-column=row]")
    assert page.text_content("#table-body td") == str(ROWS - 3)
    assert page.locator(".histogram rect").count() == 20
    with page.expect_download() as coming:
        page.click("#download")
    given = coming.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(given, newline="")))
    assert [row["text"] for row in rows] == [texts[row % 4] for row in range(ROWS)]
    assert {row["status"] for row in rows[2::4]} == {"empty"}
    assert all(-1 <= float(row["sentiment_score"]) <= 1 for row in rows[::4])


def test_modules_read_as_python_reads_and_write_what_it_compiles(visit):
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
    script = """async () => {
      const { written } = await import('/copy.js')
      return written('python', { texts: ['it\\'s "good"\\n'], model: 'auto' }, {})
    }"""
    compile(page.evaluate(script), "copied", "exec")


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
    page.click("[data-language=en]")
    assert page.text_content("#file-tab") == "File"
    assert page.text_content("#course-panel h2") == "The course of feeling"


def test_by_keyboard_alone(visit):
    page = visit()
    page.focus("#text-tab")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#file-view")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#compare-view")
    page.focus("#first-text")
    page.keyboard.type("so good")
    page.focus("#second-text")
    page.keyboard.type("so bad")
    page.wait_for_selector("#difference:not(:empty)")
    page.focus("#compare-tab")
    page.keyboard.press("ArrowRight")
    page.focus("#text-box")
    page.keyboard.type("so good")
    page.wait_for_selector(".word")
    page.focus(".word[tabindex='0']")
    page.keyboard.press("ArrowRight")
    assert "“good”" in page.text_content("#word-figure")
