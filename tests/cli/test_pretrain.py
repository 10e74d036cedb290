"""`sentigate pretrain`: what the command hands on, and what it says."""

import pytest

pytest.importorskip("torch")


def test_files_and_settings_are_handed_on(run, monkeypatch, tmp_path):
    import sentigate.train.pretrain as module

    calls = []

    def pretrain(tables, output, config, **options):
        calls.append((tables, output, config, options))
        return output

    monkeypatch.setattr(module, "pretrain", pretrain)
    lines, table = tmp_path / "corpus.txt", tmp_path / "more.csv"
    lines.write_text("so good\nso bad\n", encoding="utf-8")
    table.write_text("id,body\n1,so so\n", encoding="utf-8")
    result = run(
        *("pretrain", lines, table, "-o", tmp_path / "mine", "--hidden-size", "24", "--resume"),
        *("--set", "epochs=2", "--no-bidirectional"),
    )
    assert result.exit_code == 0, result.stderr
    ((tables, output, config, options),) = calls
    assert [example.text for one in tables for example in one.examples] == [
        *("so good", "so bad", "so so")
    ]
    assert (output, options["resume"]) == (tmp_path / "mine", True)
    assert (config.hidden_size, config.epochs, config.bidirectional) == (24, 2, False)
    assert f"--base {tmp_path / 'mine'}" in result.stderr


def test_all_faults_are_told_at_once(run, tmp_path):
    result = run("pretrain", "none.txt", "-o", tmp_path, "--hidden-size", "x", "--set", "bppt=3")
    assert result.exit_code == 2
    for fault in ("hidden_size", "did you mean 'bptt'"):
        assert fault in result.stderr
