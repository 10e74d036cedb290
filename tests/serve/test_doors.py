"""Who comes in: keys, rates, hosts, origins."""

import pytest

from sentigate.serve.security import add_key

ASK = {"texts": ["good"]}


@pytest.fixture
def keys(tmp_path):
    """A file of keys, and the key of alice."""
    file = tmp_path / "keys.txt"
    return file, add_key(file, "alice")


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def test_without_a_key_nothing_is_answered(start, keys):
    file, key = keys
    with start(api_key_file=file) as server:
        for headers in ({}, bearer("sg_wrong"), bearer(""), {"Authorization": key}):
            response = server.post("/v1/predict", json=ASK, headers=headers)
            assert response.status_code == 401
            assert response.headers["www-authenticate"] == "Bearer"
            assert key not in response.text
        assert server.get("/metrics").status_code == 401
        assert server.post("/v1/nowhere").status_code == 401
        assert server.get("/health/ready").status_code == 200
        assert server.get("/").status_code == 200


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_with_a_key_one_comes_in(start, keys, header):
    file, key = keys
    value = f"bearer {key}" if header == "Authorization" else key
    with start(api_key_file=file) as server:
        assert server.post("/v1/predict", json=ASK, headers={header: value}).status_code == 200
        assert server.get("/metrics", headers={header: value}).status_code == 200


def test_each_key_has_its_rate(start, keys):
    file, alice = keys
    bob = add_key(file, "bob")
    with start(api_key_file=file, rate_limit=2) as server:
        codes = [server.get("/v1/models", headers=bearer(alice)).status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        refused = server.get("/v1/models", headers=bearer(alice))
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert server.get("/v1/models", headers=bearer(bob)).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "", "localhost.evil"])
def test_a_name_made_to_lead_here_is_not_answered(server, host):
    response = server.get("/v1/models", headers={"host": host})
    assert response.status_code == 421


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
def test_own_names_are_answered(server, host):
    assert server.get("/v1/models", headers={"host": host}).status_code == 200


def test_allowed_hosts(start):
    with start(host="0.0.0.0", auth=False, allowed_hosts=("a.example",)) as server:
        assert server.get("/", headers={"host": "a.example:80"}).status_code == 200
        assert server.get("/", headers={"host": "b.example"}).status_code == 421
    with start(host="0.0.0.0", auth=False) as server:
        assert server.get("/", headers={"host": "b.example"}).status_code == 200


def test_other_pages_may_not_read_answers_unless_they_are_named(start, server):
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    refused = server.options("/v1/predict", headers=asked)
    assert not any(name.startswith("access-control") for name in refused.headers)
    with start(cors_origins=("https://shop.example",)) as open_server:
        granted = open_server.options("/v1/predict", headers=asked)
        assert granted.headers["access-control-allow-origin"] == "https://shop.example"
        other = open_server.options("/v1/predict", headers={**asked, "Origin": "https://b.example"})
        assert "access-control-allow-origin" not in other.headers
