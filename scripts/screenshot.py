"""Make the README's picture of the page, docs/images/page.png, from the real page in Chromium.

Run it from the root of the repository: python scripts/screenshot.py
"""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from sentigate.model.artifact import shipped
from sentigate.serve.app import create_app
from sentigate.serve.settings import ServeConfig

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "page.png"
SIZE = {"width": 1200, "height": 860}


@contextmanager
def serving() -> Iterator[str]:
    """Serve the shipped models; gives the address."""
    app = create_app(ServeConfig(), shipped())
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def main() -> None:
    """Type the first example and take the picture."""
    with serving() as address, sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light", locale="en-US")
        page.goto(address)
        page.click("#examples button")
        page.wait_for_selector(".word")
        page.wait_for_selector("#course-panel li")
        page.hover(".word >> nth=3")
        page.wait_for_timeout(500)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
