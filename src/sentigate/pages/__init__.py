"""Pages: one self-contained HTML file from a template and values. Knows nothing of what it shows.

    template, values ─jinja2─> one file that opens offline, asks nothing of anybody and runs no
                               script but its own

Every page extends `base.html`, which has the frame, the style and the policy that a browser holds
it to. What comes in as a value is escaped; a text with markup in it is shown, never obeyed. Needs
the extra `report` (jinja2).
"""

import base64
import hashlib
import re
from functools import cache
from typing import Any

from sentigate.extras import require

NOTHING = "–"


def render(template: str, **values: Any) -> str:
    """Fill in a template.

    Beside jinja2's own, templates have the filters `figure` (0.8312 → "0.831", 1234 → "1,234",
    None → "–"), `signed` (0.5 → "+0.50"), `percent` (0.8312 → "83.1 %"), `cell` (a text as one line
    of Markdown) and `digest` (for the policy).

    Args:
        template: the name of a file in this package, such as "base.html".
        values: what the template names; a name it has and `values` lack is an error.

    Returns:
        The whole page.

    Raises:
        MissingExtraError: jinja2 is not installed.

    Example:
        >>> page = render("base.html")
        >>> page.startswith("<!doctype html>"), "://" in page
        (True, False)
    """
    text: str = _environment().get_template(template).render(values)
    return text


@cache
def _environment() -> Any:
    jinja2 = require("jinja2", "report")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sentigate", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "figure": figure,
        "percent": percent,
        "signed": signed,
        "cell": cell,
        "digest": _digest,
    }
    return environment


def figure(value: float | None, places: int = 3) -> str:
    """Write a number for people.

    Example:
        >>> figure(0.83125), figure(12345), figure(None)
        ('0.831', '12,345', '–')
    """
    if value is None:
        return NOTHING
    return f"{value:,}" if isinstance(value, int) else f"{value:.{places}f}"


def signed(value: float, places: int = 2) -> str:
    """Write a number that may be for or against, with its sign; next to nothing is not negative.

    Example:
        >>> signed(0.5), signed(-1.234), signed(-0.001)
        ('+0.50', '-1.23', '+0.00')
    """
    return f"{round(value, places) + 0.0:+.{places}f}"


def percent(value: float | None, places: int = 1) -> str:
    """Write a share as a percentage.

    Example:
        >>> percent(0.8312), percent(None)
        ('83.1 %', '–')
    """
    return NOTHING if value is None else f"{100 * value:.{places}f} %"


def cell(text: str) -> Any:
    r"""Write a text of others as one line of Markdown that is shown and not obeyed.

    Example:
        >>> print(cell("<b>a|b</b>"), cell("two\nlines"))
        &lt;b&gt;a\|b&lt;/b&gt; two lines
    """
    marked = re.sub(r"([\\\\`*_{}\[\]#|~$])", r"\\\1", " ".join(text.split()))
    escaped = marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return require("markupsafe", "report").Markup(escaped)


def _digest(script: str) -> str:
    """The hash by which a content security policy knows a script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
