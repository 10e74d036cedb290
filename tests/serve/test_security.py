"""Keys: only hashes are kept, any fault in the file is told, rates are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.errors import ConfigError
from sentigate.files import sha256
from sentigate.serve import security
from sentigate.serve.security import Key, Rates, add_key, find_key, host_of, read_keys


def test_a_key_is_shown_once_and_kept_as_a_hash(tmp_path):
    file = tmp_path / "keys.txt"
    alice = add_key(file, "alice")
    file.chmod(0o640)
    bob = add_key(file, "bob")
    assert alice != bob
    assert len(alice) > 40
    assert not {alice, bob} & set(file.read_text().split())
    keys = read_keys(file)
    assert [key.name for key in keys] == ["alice", "bob"]
    assert find_key(keys, bob).name == "bob"
    assert file.stat().st_mode & 0o777 == 0o640


def test_comments_blank_lines_and_rates(tmp_path):
    file = tmp_path / "keys.txt"
    file.write_text(f"# ours\n\nalice sha256:{'0' * 64} rate=5  # slow\nbob sha256:{'1' * 64}\n")
    assert [key.rate for key in read_keys(file)] == [5, None]


def test_a_key_in_the_clear_is_refused_and_not_shown(tmp_path):
    file = tmp_path / "keys.txt"
    file.write_text("alice hunter2\n")
    with pytest.raises(ConfigError, match="line 1: expected NAME sha256") as refused:
        read_keys(file)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("content", [None, b"", b"# nothing\n", b"\xff\xfe"])
def test_a_file_without_keys_is_refused(tmp_path, content):
    file = tmp_path / "keys.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError):
        read_keys(file)


@pytest.mark.parametrize("name", ["", "a b", "-", "alice\nbob", "x" * 65, "alice"])
def test_a_name_must_be_fit_and_new(tmp_path, name):
    file = tmp_path / "keys.txt"
    add_key(file, "alice")
    before = file.read_text()
    with pytest.raises(ConfigError):
        add_key(file, name)
    assert file.read_text() == before


@given(guess=st.text())
def test_a_guess_is_no_key(guess):
    assert find_key([Key("alice", sha256(b"sg_secret"))], guess) is None


def test_every_hash_is_compared_whichever_key_it_is(monkeypatch):
    keys = [Key(name, sha256(name.encode())) for name in "abc"]
    compared = []
    true = security.hmac.compare_digest
    monkeypatch.setattr(
        security.hmac, "compare_digest", lambda *pair: compared.append(pair) or true(*pair)
    )
    for presented in ("a", "c", "none"):
        compared.clear()
        find_key(keys, presented)
        assert len(compared) == 3


def test_a_bucket_refills_evenly(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(security.time, "monotonic", lambda: now[0])
    rates, key = Rates(default=60), Key("alice", "", rate=2)
    assert [rates.wait(key) for _ in range(2)] == [0.0, 0.0]
    assert rates.wait(key) == pytest.approx(30)
    now[0] += 30
    assert rates.wait(key) == 0.0
    assert rates.wait(key) > 0
    now[0] += 10_000
    assert [rates.wait(key) == 0 for _ in range(3)] == [True, True, False]
    assert rates.wait(Key("bob", "")) == 0.0


def test_no_rate_is_no_limit():
    rates = Rates(default=1)
    assert all(rates.wait(Key("alice", "", rate=0)) == 0 for _ in range(100))


@given(header=st.text())
def test_any_host_header_can_be_read(header):
    assert isinstance(host_of(header), str)
