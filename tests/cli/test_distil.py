"""`sentigate distil`: what the command hands on, and what it says."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("pyarrow")


@pytest.fixture
def asked(monkeypatch):
    """What the distilling function is called with; it does not train."""
    import sentigate.train.distil as module

    calls = []

    def distil(lesson, output, config, **options):
        calls.append((lesson, output, config, options))
        return output

    monkeypatch.setattr(module, "distil", distil)
    return calls


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "texts.csv"
    file.write_text("text,label\nso good,pos\nso bad,neg\n", encoding="utf-8")
    return file


def test_files_and_settings_are_handed_on(run, data, asked, tmp_path):
    result = run(
        *("distil", "--teacher", "mine:moods", "--texts", data, "--labels", data, "--dev", data),
        *("-o", tmp_path / "small", "--preset", "tiny", "--head", "mood", "--resume"),
    )
    assert result.exit_code == 0, result.stderr
    ((lesson, output, config, options),) = asked
    assert lesson.teacher == "mine:moods"
    assert [len(one.examples) for one in (lesson.texts, lesson.labels, lesson.dev)] == [2, 2, 2]
    assert (output, config.head, config.vocab_size) == (tmp_path / "small", "mood", 2000)
    assert options["resume"]
    assert f"sentigate predict --model {tmp_path / 'small'}" in result.stderr


def test_scores_need_no_texts(run, asked, tmp_path):
    result = run("distil", "--teacher", "scores.parquet", "-o", tmp_path / "small")
    assert result.exit_code == 0, result.stderr
    assert asked[0][0].texts is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--teacher", "nowhere:f", "--texts"], "there is no module 'nowhere'"),
        (["--teacher", "ennn", "--texts"], "did you mean 'en'?"),
        (["--teacher", "none.parquet", "--texts"], "there is no file none.parquet"),
    ],
)
def test_a_teacher_that_is_not_there_is_one_sentence(run, data, tmp_path, arguments, said):
    result = run("distil", *arguments, data, "-o", tmp_path / "small")
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert "Traceback" not in result.stderr
