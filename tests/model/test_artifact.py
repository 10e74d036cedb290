"""The model folder: what goes in comes out, and nothing damaged or newer is accepted."""

import json
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.errors import ModelError, NewerFormatError, OutputError, TamperedModelError
from sentigate.files import sha256
from sentigate.model import artifact as module
from sentigate.model.artifact import (
    FILES,
    GRAPH,
    SUMS,
    Artifact,
    check_answers,
    find_model,
    load_artifact,
    replace_card,
    save,
)


def small():
    config = ModelConfig(
        name="mine",
        languages=("en",),
        encoder=EncoderConfig(vocab_size=300),
        heads=(HeadConfig(name="mood", kind="multiclass", labels=("bad", "good")),),
    )
    weights = {"heads.mood.bias": np.arange(2, dtype=np.float16), "a": np.ones((2, 2), np.float32)}
    return Artifact(config, b"pieces", weights, b"graph", {"macro_f1": 0.5, "note": "好"})


@pytest.fixture
def folder(tmp_path):
    save(small(), tmp_path / "mine", "# Card")
    return tmp_path / "mine"


def test_what_is_saved_is_what_is_loaded(folder):
    loaded = load_artifact(str(folder))
    assert (loaded.config, loaded.tokenizer, loaded.onnx) == (small().config, b"pieces", b"graph")
    assert loaded.metrics == small().metrics
    assert loaded.path == folder
    for name, array in small().weights.items():
        assert loaded.weights[name].dtype == array.dtype
        assert np.array_equal(loaded.weights[name], array)


def test_the_folder_holds_nothing_but_its_files_and_sha256sum_agrees(folder):
    assert sorted(file.name for file in folder.iterdir()) == sorted((*FILES, SUMS))
    check = subprocess.run(["sha256sum", "-c", SUMS], cwd=folder, capture_output=True, text=True)
    assert check.returncode == 0, check.stdout
    assert check.stdout.count("OK") == len(FILES)


def test_saving_again_replaces_the_folder(folder):
    save(small(), folder, "# Another card")
    assert (folder / "README.md").read_text() == "# Another card"
    assert [file.name for file in folder.parent.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", [*FILES, SUMS])
@pytest.mark.parametrize("damage", ["change", "truncate", "remove"])
def test_any_damage_to_any_file_is_noticed(folder, name, damage):
    file = folder / name
    content = file.read_bytes()
    if damage == "remove":
        file.unlink()
    else:
        flipped = bytes([content[0] ^ 1]) + content[1:]
        file.write_bytes(flipped if damage == "change" else content[:-2])
    removed_config = (name, damage) == ("config.json", "remove")
    kind, match = (ModelError, "no model folder") if removed_config else (TamperedModelError, ":")
    with pytest.raises(kind, match=match):
        load_artifact(folder)


def test_a_file_that_is_not_listed_is_not_trusted(folder):
    lines = (folder / SUMS).read_text().splitlines(keepends=True)
    (folder / SUMS).write_text("".join(line for line in lines if "model.onnx" not in line))
    with pytest.raises(TamperedModelError, match=r"model\.onnx"):
        load_artifact(folder)


def test_a_newer_format_is_named_before_anything_else_is_looked_at(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"format_version": 99, "new": 1}))
    (folder / "model.onnx").unlink()
    with pytest.raises(NewerFormatError, match="99"):
        load_artifact(folder)


def test_a_reader_of_the_first_format_refuses_ordinal_heads_and_takes_the_others(
    tmp_path, monkeypatch
):
    ordinal = HeadConfig(name="mood", kind="ordinal", labels=("bad", "so-so", "good"))
    config = small().config.model_copy(update={"heads": (ordinal,)})
    save(replace(small(), config=config), tmp_path / "ordinal", "# Card")
    save(small(), tmp_path / "multiclass", "# Card")
    assert load_artifact(tmp_path / "ordinal").config.heads == (ordinal,)
    monkeypatch.setattr(module, "FORMAT_VERSION", 1)
    assert load_artifact(tmp_path / "multiclass")
    with pytest.raises(NewerFormatError, match="format version 2, this Sentigate reads up to 1"):
        load_artifact(tmp_path / "ordinal")


def test_a_config_that_fits_its_hash_but_not_the_format_is_a_model_error(folder):
    old = (folder / "config.json").read_bytes()
    new = json.dumps(json.loads(old) | {"windoww": 3}).encode()
    (folder / "config.json").write_bytes(new)
    sums = (folder / SUMS).read_text().replace(sha256(old), sha256(new))
    (folder / SUMS).write_text(sums)
    with pytest.raises(ModelError, match="did you mean 'window'"):
        load_artifact(folder)


def test_no_folder_and_a_folder_without_a_model(tmp_path):
    with pytest.raises(ModelError, match="there is no model folder"):
        load_artifact(tmp_path / "none")
    with pytest.raises(ModelError, match=r"it has no config\.json"):
        load_artifact(tmp_path)


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        save(small(), tmp_path / "file" / "mine", "# Card")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_model_is_found_by_shipped_name_then_by_folder(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "shipped", lambda: {"en": tmp_path / "shipped"})
    assert find_model("en") == tmp_path / "shipped"
    assert find_model(folder) == folder
    with pytest.raises(ModelError, match="there is: en"):
        find_model("nothing-like-it")
    with pytest.raises(ModelError, match="did you mean 'en'"):
        find_model("enn")


def rehashed(folder, name, content):
    """Change a file and its hash with it, as someone who means it would."""
    (folder / name).write_bytes(content)
    sums = "".join(f"{sha256((folder / file).read_bytes())}  {file}\n" for file in FILES)
    (folder / SUMS).write_text(sums)


@pytest.mark.parametrize(("old", "new"), [('"mood"', '"mode"'), ('"good"', '"good", "best"')])
def test_a_config_that_does_not_fit_the_weights_is_refused(folder, old, new):
    config = (folder / "config.json").read_text()
    rehashed(folder, "config.json", config.replace(old, new).encode())
    with pytest.raises(ModelError, match="has a head 'mo"):
        load_artifact(folder)


def test_metrics_that_are_no_json_are_refused(folder):
    rehashed(folder, "metrics.json", b"{")
    with pytest.raises(TamperedModelError, match=r"metrics\.json cannot be read"):
        load_artifact(folder)


def test_another_card_leaves_everything_else_and_its_hash_is_right(folder):
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("kept")
    before = {name: (folder / name).read_bytes() for name in FILES if name != "README.md"}
    replace_card(folder, "# 新卡\n")
    load_artifact(folder)
    assert (folder / "README.md").read_text("utf-8") == "# 新卡\n"
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert (folder / "notes" / "mine.txt").read_text() == "kept"


def test_a_damaged_folder_gets_no_fresh_hashes(folder):
    (folder / "weights.safetensors").write_bytes(b"other weights")
    with pytest.raises(TamperedModelError):
        replace_card(folder, "# Card\n")


def test_an_encoder_has_no_graph_and_a_model_must_have_one(tmp_path):
    encoder = replace(small(), config=small().config.model_copy(update={"heads": ()}))
    save(encoder, tmp_path / "encoder", "# an encoder\n")
    assert not (tmp_path / "encoder" / GRAPH).exists()
    assert load_artifact(tmp_path / "encoder").onnx == b""
    with pytest.raises(ModelError, match="answers nothing yet"):
        check_answers(load_artifact(tmp_path / "encoder"))
