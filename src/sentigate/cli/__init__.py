"""The command line: parse, call one function, show; no algorithms here."""

import os
import sys
from io import TextIOWrapper

from sentigate.errors import INTERRUPTED


def main() -> None:
    """Run `sentigate`; the console entry point."""
    # Python has None for a stream that the caller closed (`<&-`, a service without a terminal).
    sys.stdin = sys.stdin or open(os.devnull)
    sys.stdout = sys.stdout or open(os.devnull, "w")
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate in a text must not end the run; "\ud800" is also its form in JSON.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        from sentigate.cli.app import app
    except KeyboardInterrupt:  # before there is a command that would see to it
        sys.stderr.write("sentigate: stopped\n")
        sys.exit(INTERRUPTED)
    app()
