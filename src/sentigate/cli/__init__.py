"""The command line: parse, call one function, show; no algorithms here."""

import sys
from io import TextIOWrapper


def main() -> None:
    """Run `sentigate`; the console entry point."""
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate in a text must not end the run; "\ud800" is also its form in JSON.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    from sentigate.cli.app import app

    app()
