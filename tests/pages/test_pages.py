"""Pages stand alone, show markup instead of obeying it, and run no script but their own."""

import base64
import hashlib
import re

import pytest

pytest.importorskip("jinja2")

from sentigate.errors import MissingExtraError
from sentigate.pages import _environment, render

EVIL = '</title><script>alert(1)</script><img src=x onerror="alert(2)">'


def page(body, **values):
    """A page that extends the base as the real ones do."""
    return _environment().from_string('{% extends "base.html" %}' + body).render(values)


def policy(html):
    return re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]


def test_values_are_shown_and_not_obeyed():
    html = page(
        "{% block title %}{{ evil }}{% endblock %}{% block main %}{{ evil }}{% endblock %}",
        evil=EVIL,
    )
    assert html.count("&lt;script&gt;alert(1)") == 3  # tab, heading, content
    assert "<script" not in html
    assert "<img" not in html


def test_a_page_without_script_allows_none():
    assert "script-src 'none'" in policy(render("base.html"))


def test_only_the_script_of_the_page_is_allowed_by_its_hash():
    html = page("{% block script %}if (1 < 2 && true) { document.title += '!' }{% endblock %}")
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "1 < 2 && true" in script
    assert f"script-src 'sha256-{digest}'" in policy(html)


def test_nothing_may_be_loaded():
    assert policy(render("base.html")).startswith("default-src 'none'; img-src data:;")


def test_a_name_without_a_value_is_an_error():
    with pytest.raises(Exception, match="'missing' is undefined"):
        page("{% block main %}{{ missing }}{% endblock %}")


def test_numbers_for_people():
    html = page(
        "{% block main %}{{ 0.5|figure }} {{ 1500|figure }} {{ 0.123|percent }}{% endblock %}"
    )
    assert "0.500 1,500 12.3 %" in html


def test_the_missing_extra_is_one_sentence(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    _environment.cache_clear()
    try:
        with pytest.raises(MissingExtraError, match=r"pip install 'sentigate\[report\]'"):
            render("base.html")
    finally:
        _environment.cache_clear()
