"""POST /v1/predict and /v1/hf: what goes in comes out answered, as the library answers."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.records import Status
from sentigate.serve.schemas import HfLabel, PredictResponse

CLOSE = 1e-5
TEXTS = ["the food was good", "", None, 7, "这家餐厅太棒了", "what a waste of time " * 20, "🥰"]


def ask(server, body, **options):
    return server.post("/v1/predict", json=body, **options)


def test_answers_are_those_of_the_library(server, analyze):
    results = ask(server, {"texts": TEXTS}).json()["results"]
    for place, (result, wanted) in enumerate(zip(results, analyze(TEXTS), strict=True)):
        assert (result["id"], result["status"]) == (place, wanted.status)
        assert (result["language"], result["tokens"]) == (wanted.language, wanted.tokens)
        assert result["error"] == wanted.status.words
        assert result["heads"].keys() == wanted.heads.keys()
        for name, head in wanted.heads.items():
            shown = result["heads"][name]
            assert shown["probabilities"] == pytest.approx(head.probabilities, abs=CLOSE)
            assert shown.get("label") == head.to_dict().get("label")
            assert shown.get("labels") == head.to_dict().get("labels")


def test_a_response_is_what_the_documentation_says(server):
    response = PredictResponse.model_validate_json(ask(server, {"texts": TEXTS}).content)
    assert response.models.keys() == {"tiny"}
    assert 0 <= response.timings.waited <= response.timings.total
    assert "the food" not in response.model_dump_json()


def test_ids_come_back(server):
    texts = [{"id": "a", "text": "good"}, {"text": "good"}, {"id": 9}, {"id": [1], "text": "x"}]
    results = ask(server, {"texts": texts}).json()["results"]
    assert [result["id"] for result in results] == ["a", 1, 9, 3]
    assert [result["status"] for result in results] == ["ok", "ok", "missing", "ok"]


def test_an_id_may_be_any_text_of_some_length(server):
    ids = ["\ud800", "\x00", "x" * 200, "x" * 201, "🥰"]
    body = json.dumps({"texts": [{"id": one, "text": "good"} for one in ids]})
    response = server.post(
        "/v1/predict", content=body, headers={"content-type": "application/json"}
    )
    assert [one["id"] for one in response.json()["results"]] == [*ids[:3], 3, ids[4]]


def test_a_text_that_is_too_long_gets_a_status_and_the_others_their_answers(start):
    with start(max_characters=20) as server:
        results = ask(server, {"texts": ["good", "x" * 21, "bad"]}).json()["results"]
        assert [one["status"] for one in results] == ["ok", "too_long", "ok"]
        assert ask(server, {"texts": ["good " * 9]}).json()["results"][0]["status"] == "too_long"


def test_some_heads(server):
    (result,) = ask(server, {"texts": ["good"], "heads": ["emotion"]}).json()["results"]
    assert result["heads"].keys() == {"emotion"}
    (result,) = ask(server, {"texts": ["good"], "heads": []}).json()["results"]
    assert result["heads"] == {}


def test_no_texts(server):
    assert ask(server, {"texts": []}).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "body.texts: Field required"),
        ({"texts": "one"}, "body.texts: Input should be a valid list"),
        ({"texts": [], "txets": 1}, "body: unknown key, did you mean 'texts'?"),
        ([], "body: "),
    ],
)
def test_what_does_not_fit_is_told(server, body, told):
    response = ask(server, body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert told in problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"texts": [], "heads": ["sentimant"]}, "no such head, did you mean 'sentiment'?"),
        ({"texts": [], "model": "tinny"}, "no such model, did you mean 'tiny'?"),
    ],
)
def test_what_is_not_there_is_told(server, body, told):
    response = ask(server, body)
    assert (response.status_code, told in response.json()["detail"]) == (404, True)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"texts": ["\xff"]}', b"[" * 100_000, b"9" * 5000]
)
def test_what_is_no_json_is_refused(server, body):
    headers = {"content-type": "application/json"}
    response = server.post("/v1/predict", content=body, headers=headers)
    assert response.status_code in (400, 422)
    assert response.json()["type"].startswith("urn:sentigate:problem:")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(server, media_type):
    body = json.dumps({"texts": ["good"]})
    response = server.post("/v1/predict", content=body, headers={"content-type": media_type})
    assert response.status_code == 415


def test_ten_thousand_texts_are_told_to_come_in_parts(server):
    response = ask(server, {"texts": ["good"] * 10_000})
    assert response.status_code == 413
    assert "at most 1000" in response.json()["detail"]


def test_a_thousand_texts(server, analyze):
    texts = [f"the food was good {n}" for n in range(1000)]
    results = ask(server, {"texts": texts}).json()["results"]
    assert [one["tokens"] for one in results] == [one.tokens for one in analyze(texts)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(JSON, max_size=6))
def test_any_texts_get_a_status_each(server, texts):
    body = json.dumps({"texts": texts})
    response = server.post(
        "/v1/predict", content=body, headers={"content-type": "application/json"}
    )
    assert response.status_code == 200
    statuses = [one["status"] for one in response.json()["results"]]
    assert len(statuses) == len(texts)
    assert set(statuses) <= set(Status)


@settings(max_examples=25, deadline=None)
@given(body=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_body_is_a_fault_of_ours(server, body):
    for path in ("/v1/predict", "/v1/hf"):
        response = server.post(path, content=body, headers={"content-type": "application/json"})
        assert response.status_code < 500


def test_hugging_face_ranks_labels(server, analyze):
    wanted = analyze("the food was good").sentiment.probabilities
    response = server.post("/v1/hf", json={"inputs": "the food was good"})
    ((first, second, third),) = response.json()
    assert first["score"] >= second["score"] >= third["score"]
    assert {one["label"] for one in (first, second, third)} == set(wanted)
    assert first["score"] == pytest.approx(max(wanted.values()), abs=CLOSE)


def test_hugging_face_parameters(server):
    body = {"inputs": ["good", None], "parameters": {"top_k": 1, "function_to_apply": "softmax"}}
    good, missing = server.post("/v1/hf", json=body).json()
    assert len(good) == 1
    assert missing == [HfLabel(label=None, score=None).model_dump()]
    body = {"inputs": "good", "parameters": {"head": "emotion"}}
    assert len(server.post("/v1/hf?model=tiny", json=body).json()[0]) == 3
    assert server.post("/v1/hf?model=none", json=body).status_code == 404
    body["parameters"]["head"] = "none"
    assert server.post("/v1/hf", json=body).status_code == 404
