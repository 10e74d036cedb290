"""`sentigate export`: one ONNX file that runs on its own."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")


def test_the_file_runs_on_its_own(run, tiny, tmp_path):
    import onnxruntime

    file = tmp_path / "deep" / "tiny.onnx"
    result = run("export", tiny, "-o", file)
    assert result.exit_code == 0, result.stderr
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (sentiment,) = session.run(["sentiment"], {"ids": np.array([[5, 6]]), "lengths": np.array([2])})
    assert sentiment.shape == (1, 3)


def test_a_place_that_cannot_be_written(run, tiny, tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = run("export", tiny, "-o", tmp_path / "file" / "tiny.onnx")
    assert result.exit_code == 1
    assert result.stderr.startswith("sentigate: cannot write")
