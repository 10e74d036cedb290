"""Models to and from a stand-in of the hub on this machine, through the real huggingface_hub."""

import base64
import hashlib
import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

pytest.importorskip("huggingface_hub")

import huggingface_hub
from huggingface_hub import constants

import sentigate
from sentigate.errors import ModelError, OutputError, TamperedModelError
from sentigate.model.artifact import FILES, SUMS, find_model, load_artifact
from sentigate.model.hub import parse_address


class Hub(BaseHTTPRequestHandler):
    """What the hub answers to the calls of `snapshot_download` and `upload_folder`.

    `repos` maps owner/name to its commits, the newest last; each maps names to bytes.
    """

    protocol_version = "HTTP/1.1"
    repos: dict
    asked: list
    url: str

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        self.asked.append(self.path)
        kind, repo, revision, rest = self._parts()
        commits = self.repos.get(repo)
        if commits is None:
            return self._refuse(401, "RepoNotFound")
        number = len(commits) if revision in ("main", "", None) else int(revision.strip("c"), 16)
        if not 1 <= number <= len(commits):
            return self._refuse(404, "RevisionNotFound")
        files = commits[number - 1]
        if kind == "resolve":
            return self._file(files[rest], commit(number))
        listing = [
            {"type": "file", "path": name, "size": len(content), "oid": sha(content)}
            for name, content in files.items()
        ]
        if kind == "tree":
            return self._json(listing)
        siblings = [{"rfilename": name} for name in files]
        return self._json({"id": repo, "sha": commit(number), "siblings": siblings})

    def do_POST(self):
        self.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/validate-yaml":
            return self._json({"errors": [], "warnings": []})
        if self.headers.get("Authorization") != "Bearer hf_right":
            return self._refuse(401, None)
        if self.path == "/api/repos/create":
            asked = json.loads(body)
            repo = f"{asked.get('organization') or 'owner'}/{asked['name']}"
            self.repos.setdefault(repo, [])
            return self._json({"url": f"{self.url}/{repo}", "name": repo})
        kind, repo, _, _ = self._parts()
        if kind == "preupload":
            names = [file["path"] for file in json.loads(body)["files"]]
            modes = [{"path": n, "uploadMode": "regular", "shouldIgnore": False} for n in names]
            return self._json({"files": modes})
        lines = [json.loads(line) for line in body.splitlines()]
        files = [line["value"] for line in lines if line["key"] == "file"]
        self.repos[repo].append({f["path"]: base64.b64decode(f["content"]) for f in files})
        number = len(self.repos[repo])
        return self._json(
            {"commitUrl": f"{self.url}/{repo}/commit/{commit(number)}", "commitOid": commit(number)}
        )

    def _parts(self):
        """/api/models/o/n/KIND/REVISION or /o/n/resolve/REVISION/FILE to their parts."""
        parts = self.path.partition("?")[0].strip("/").removeprefix("api/models/").split("/")
        kind, revision, *rest = [*parts[2:], None, None, None]
        return kind, "/".join(parts[:2]), revision, rest[0]

    def _file(self, content, revision):
        self.send_response(200)
        self.send_header("ETag", f'"{sha(content)}"')
        self.send_header("X-Repo-Commit", revision)
        self._send(content)

    def _json(self, value):
        self.send_response(200)
        self._send(json.dumps(value).encode())

    def _refuse(self, status, code):
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self._send(b"{}")

    def _send(self, content):
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def sha(content):
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def commit(number):
    return f"{number:040x}"


def point_to(url, monkeypatch):
    """What HF_ENDPOINT does, which the library reads once only."""
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", url)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A stand-in hub, empty; the library's endpoint, cache and log-in point to it."""
    handler = type("StandIn", (Hub,), {"repos": {}, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    handler.url = f"http://127.0.0.1:{server.server_port}"
    point_to(handler.url, monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()
    huggingface_hub.close_session()


@pytest.fixture
def pushed(hub, tiny):
    sentigate.push_to_hub(tiny, "owner/mine")
    return hub


def test_what_is_pushed_is_loaded(pushed, tiny):
    assert set(pushed.repos["owner/mine"][0]) == {*FILES, SUMS}
    folder = find_model("hf://owner/mine")
    assert load_artifact(folder).config == load_artifact(tiny).config
    assert (folder / "README.md").read_bytes() == (tiny / "README.md").read_bytes()


def test_a_revision_can_be_named(pushed, make_model):
    sentigate.push_to_hub(make_model("second"), "owner/mine")
    names = [
        load_artifact(find_model(f"hf://owner/mine{revision}")).config.name
        for revision in ("", f"@{commit(1)}", f"@{commit(2)}")
    ]
    assert names == ["second", "tiny", "second"]
    with pytest.raises(ModelError, match="no such revision"):
        find_model("hf://owner/mine@7")


def test_hashes_are_verified(pushed):
    pushed.repos["owner/mine"][0]["weights.safetensors"] += b"\0"
    with pytest.raises(TamperedModelError, match=r"weights\.safetensors is not what SHA256SUMS"):
        load_artifact(find_model("hf://owner/mine"))


def test_without_a_network_the_cache_answers_or_one_sentence(pushed, monkeypatch):
    cached = find_model("hf://owner/mine")
    point_to("http://127.0.0.1:9", monkeypatch)
    assert find_model("hf://owner/mine") == cached
    with pytest.raises(
        ModelError, match=r"cannot be reached and 'owner/other' is not in the cache"
    ):
        find_model("hf://owner/other")
    with pytest.raises(OutputError, match="owner/mine"):
        sentigate.push_to_hub(cached, "owner/mine")


def test_wrong_names_and_rights_are_one_sentence(hub, tiny, monkeypatch):
    with pytest.raises(ModelError, match="no 'owner/other' on the hub, or it is not open to you"):
        find_model("hf://owner/other")
    for address in ("hf://mine", "hf://a/b/c", "hf://a/b@"):
        with pytest.raises(ModelError, match="expected hf://owner/name"):
            parse_address(address)
    with pytest.raises(OutputError, match="no name of a repository"):
        sentigate.push_to_hub(tiny, "a--b/..")
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(OutputError, match="hf auth login"):
        sentigate.push_to_hub(tiny, "owner/mine")
    assert hub.repos == {}


def test_a_damaged_folder_is_not_pushed(hub, make_model):
    folder = make_model("damaged")
    (folder / "metrics.json").write_text("{}")
    with pytest.raises(TamperedModelError):
        sentigate.push_to_hub(folder, "owner/mine")
    assert hub.asked == []


def test_commands_take_addresses(pushed, tmp_path):
    command = [sys.executable, "-W", "error", "-m", "sentigate", "predict", "good"]
    result = subprocess.run(
        [*command, "--model", "hf://owner/mine", "--format", "json"],
        env=os.environ | {"HF_ENDPOINT": pushed.url, "HF_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    assert json.loads(result.stdout)["model"] == "tiny"
