"""Explanations over HTTP are those of the library, or say why there is none."""

import pytest

from sentigate.serve.schemas import CourseResponse, GatesResponse, PredictResponse

TEXT = "the food was good"


def ask(server, **body):
    return server.post("/v1/predict", json=body)


@pytest.mark.parametrize("method", ["auto", "gates", "occlusion"])
def test_words_are_those_of_the_library(server, analyze, method):
    texts = [TEXT, None, "so cold"]
    response = ask(server, texts=texts, explain=method).json()
    assert PredictResponse(**response)
    results = response["results"]
    assert "explanation" not in results[1]
    for text, result in ((TEXT, results[0]), ("so cold", results[2])):
        wanted = analyze.explain(text, method=method).to_dict()
        found = result["explanation"]
        assert found["method"] == wanted["method"]
        assert found["label"] == result["heads"]["sentiment"]["label"] == wanted["label"]
        assert [word["text"] for word in found["words"]] == text.split()
        for word, other in zip(found["words"], wanted["words"], strict=True):
            assert word["value"] == pytest.approx(other["value"], abs=1e-4)


def test_a_head_and_a_label(server):
    body = {"texts": [TEXT], "heads": ["emotion"], "explain": "gates", "label": "joy"}
    (result,) = ask(server, **body).json()["results"]
    assert result["heads"].keys() == {"emotion"}
    assert (result["explanation"]["head"], result["explanation"]["label"]) == ("emotion", "joy")


def test_what_cannot_be_explained_is_told(start, server):
    (result,) = ask(server, texts=[TEXT], explain="gates", label="xyzzy").json()["results"]
    assert result["status"] == "ok"
    assert "no such head or label" in result["explanation"]["error"]
    assert "xyzzy" not in str(result)
    with start(max_explained_characters=9, max_explained_texts=1) as strict:
        (result,) = ask(strict, texts=[TEXT], explain="gates").json()["results"]
        assert "at most 9 characters" in result["explanation"]["error"]
        assert ask(strict, texts=[TEXT] * 2, explain="gates").status_code == 413
        assert ask(strict, texts=[TEXT] * 2).status_code == 200


def test_unknown_methods_are_refused(server):
    response = ask(server, texts=[TEXT], explain="gradients")
    assert response.status_code == 422
    assert "'none', 'auto', 'gates' or 'occlusion'" in response.json()["detail"]


def test_gates(server, analyze):
    found = server.post("/v1/gates", json={"text": TEXT}).json()
    wanted = analyze.gates(TEXT).to_dict()
    assert found.keys() == (wanted.keys() - {"text"}) | {"error"}
    assert found["tokens"] == wanted["tokens"]
    assert GatesResponse(**found)
    assert len(found["courses"]) == 2
    for course, other in zip(found["courses"], wanted["courses"], strict=True):
        assert course["input"] == [list(row) for row in other["input"]]


def test_course(server, analyze):
    text = "The food was good. It was so cold!"
    found = server.post("/v1/course", json={"text": text, "head": "emotion", "label": "joy"}).json()
    wanted = analyze.trajectory(text, "emotion", "joy")
    assert [one["value"] for one in found["sentences"]] == pytest.approx(wanted.values, abs=1e-4)
    assert len(found["steps"]) == len(wanted.steps)
    assert CourseResponse(**found)


@pytest.mark.parametrize("path", ["/v1/gates", "/v1/course"])
def test_looking_into_what_is_not_there(server, path):
    for text, status in (("", "empty"), (None, "missing"), (7, "not_text")):
        found = server.post(path, json={"text": text}).json()
        assert found["status"] == status
        assert found["error"]
    assert server.post(path, json={"text": "x", "model": "none"}).status_code == 404
    assert server.post(path, json={"text": "x", "head": "none"}).status_code == 404
    refused = server.post(path, json={"text": "good", "head": "sentiment", "label": "xyzzy"})
    assert (refused.status_code, "xyzzy" in refused.text) == (422, False)
    assert server.post(path, json={"text": "x" * 100_001}).status_code == 413
    assert server.post(path, content="x").status_code == 415
