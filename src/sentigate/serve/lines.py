"""Lines of a body as they come: in blocks of what is there by now, of bounded length.

Knows bytes only; what a line means is the reader's matter.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Receive

from sentigate.serve.problems import Problem
from sentigate.serve.waiting import coming

Line = bytes | None
"""A line without its end; None where it was longer than a line may be."""


class Lines:
    """The lines of a body.

    `problem` says why reading ended before the body did, and is None where it did not.

    Args:
        receive: gives the parts of the body.
        longest: most bytes of a line.
        patience: seconds without a part after which reading ends.
    """

    def __init__(self, receive: Receive, longest: int, patience: float) -> None:
        self.problem: Problem | None = None
        self._receive = receive
        self._longest = longest
        self._patience = patience
        self._rest = b""
        self._skipping = False

    async def blocks(self, most: int, ending: asyncio.Event) -> AsyncIterator[list[Line]]:
        """Yield lines as they come.

        Args:
            most: most lines in a block.
            ending: set when no more should be read.
        """
        more = True
        while more:
            part, more = await self._part(ending)
            lines = self._split(part)
            if not more and self._rest and self.problem is None:
                lines.append(self._rest)
            for start in range(0, len(lines), most):
                yield lines[start : start + most]

    async def _part(self, ending: asyncio.Event) -> tuple[bytes, bool]:
        """The next part of the body, and whether more may come."""
        try:
            part = await coming(self._receive(), ending, self._patience)
        except Problem as problem:
            self.problem = problem
            return b"", False
        return part.get("body", b""), bool(part.get("more_body", False))

    def _split(self, part: bytes) -> list[Line]:
        """Cut what has come into lines; the last one may be unfinished and is kept."""
        if self._skipping:
            _, found, part = part.partition(b"\n")
            self._skipping = not found
        *lines, self._rest = (self._rest + part).split(b"\n")
        kept: list[Line] = [line if len(line) <= self._longest else None for line in lines]
        if len(self._rest) > self._longest:
            kept.append(None)
            self._rest, self._skipping = b"", True
        return kept
