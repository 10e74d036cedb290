"""NDJSON: a line in, a line out, in order, bounded, whatever the lines are."""

import asyncio
import json
import logging
import socket
import time
from urllib.request import urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.serve.lines import Lines
from sentigate.serve.schemas import TextAnswer
from sentigate.serve.stream import MEDIA_TYPE

PATH = "/v1/predict/stream"
HEADERS = {"content-type": MEDIA_TYPE}


def answers(server, content, query=""):
    response = server.post(PATH + query, content=content, headers=HEADERS)
    assert response.status_code == 200
    assert response.headers["content-type"] == MEDIA_TYPE
    return [json.loads(line) for line in response.text.splitlines()]


def test_a_line_for_each_line(server, analyze):
    lines = [b'"the food was good"', b'{"id": "b", "text": "bad"}', b"rubbish", b"", b"\xff", b"7"]
    found = answers(server, b"\n".join(lines))
    assert [one["status"] for one in found] == ["ok", "ok", "not_text", "empty", *["not_text"] * 2]
    assert [one["id"] for one in found] == [0, "b", 2, 3, 4, 5]
    score = analyze("the food was good").sentiment.score
    assert found[0]["heads"]["sentiment"]["score"] == pytest.approx(score, abs=1e-5)
    assert [TextAnswer(**one) for one in found]


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_parts_may_end_anywhere(server, size):
    content = "\n".join(json.dumps(f"这家餐厅 {n}", ensure_ascii=False) for n in range(9)).encode()
    parts = (content[start : start + size] for start in range(0, len(content), size))
    assert [one["id"] for one in answers(server, parts)] == list(range(9))


def test_many_lines(server, analyze):
    texts = [f"the food was good {n}" for n in range(700)]
    found = answers(server, "\n".join(map(json.dumps, texts)))
    assert [one["tokens"] for one in found] == [one.tokens for one in analyze(texts)]


def test_a_long_line_gets_a_status_and_does_not_spoil_the_next(start):
    with start(max_body_bytes=1024) as server:
        lines = [b'"good"', b'"' + b"x" * 5000 + b'"', b'"bad"']
        content = b"\n".join(lines)
        parts = (content[at : at + 500] for at in range(0, len(content), 500))
        assert [one["status"] for one in answers(server, parts)] == ["ok", "too_long", "ok"]


def test_some_heads_and_a_model(server):
    (found,) = answers(server, b'"good"', "?head=emotion&model=tiny")
    assert found["heads"].keys() == {"emotion"}
    assert server.post(f"{PATH}?head=none", content=b"", headers=HEADERS).status_code == 404
    assert server.post(f"{PATH}?model=none", content=b"", headers=HEADERS).status_code == 404


def test_only_lines_are_taken(server):
    assert server.post(PATH, json={"texts": []}).status_code == 415


def test_nothing_in_nothing_out(server):
    assert answers(server, b"") == []


def test_so_many_streams_and_no_more(start):
    with start(max_streams=0) as server:
        response = server.post(PATH, content=b'"good"', headers=HEADERS)
        assert response.status_code == 429
        assert response.headers["retry-after"]


@settings(max_examples=25, deadline=None)
@given(lines=st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line), max_size=5))
def test_any_lines_get_a_status_each(server, lines):
    found = answers(server, b"".join(line + b"\n" for line in lines))
    assert [one["id"] for one in found] == list(range(len(lines)))


def test_a_client_that_does_not_read_is_no_fault_of_ours(listen, caplog):
    caplog.set_level(logging.INFO, "sentigate.serve")
    content = b'"good"\n' * 3000
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {MEDIA_TYPE}\r\n"
    with listen(buffer=4096, stream_seconds=0.2) as url, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.connect(("127.0.0.1", int(url.rpartition(":")[2])))
        client.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        end = time.monotonic() + 20
        while "request" not in caplog.messages and time.monotonic() < end:
            time.sleep(0.02)
        with urlopen(f"{url}/metrics") as response:
            shown = response.read().decode()
    assert f'sentigate_requests_total{{method="POST",route="{PATH}",status="200"}} 1.0' in shown
    assert "sentigate_errors_total 0.0" in shown
    assert [record.message for record in caplog.records if record.levelno > logging.INFO] == []


def read(parts, **options):
    """The blocks of lines in some parts of a body, and the problem at their end."""

    async def run():
        left = [{"body": part, "more_body": True} for part in parts]

        async def receive():
            if left:
                return left.pop(0)
            if options.get("silent"):
                await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        ending = asyncio.Event()
        if options.get("ending"):
            ending.set()
        lines = Lines(receive, options.get("longest", 100), patience=0.05)
        return [block async for block in lines.blocks(2, ending)], lines.problem

    return asyncio.run(run())


def test_blocks_are_what_is_there_and_bounded():
    assert read([b"a\nb\nc\nd", b"e\n"])[0] == [[b"a", b"b"], [b"c"], [b"de"]]


def test_silence_ends_a_stream():
    blocks, problem = read([b"a\nb"], silent=True)
    assert blocks == [[b"a"]]
    assert problem.kind == "silence"


def test_a_server_that_ends_reads_no_more():
    blocks, problem = read([], silent=True, ending=True)
    assert (blocks, problem.kind) == ([], "shutting-down")


@given(
    lines=st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line)),
    size=st.integers(1, 9),
    longest=st.integers(1, 12),
)
def test_lines_survive_any_cut(lines, size, longest):
    content = b"".join(line + b"\n" for line in lines)
    parts = [content[start : start + size] for start in range(0, len(content), size)]
    blocks, _ = read(parts, longest=longest)
    found = [line for block in blocks for line in block]
    assert found == [line if len(line) <= longest else None for line in lines]
