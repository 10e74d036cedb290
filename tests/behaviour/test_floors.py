"""Floors: read, chosen by model and language, written a little below what was reached."""

from pathlib import Path

import pytest

from sentigate.behaviour.floors import floors_of, read_floors, render_floors, require_floors
from sentigate.behaviour.records import BehaviourTest, Case, Outcome, Suite, SuiteResult
from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.errors import BelowFloorError, ConfigError
from sentigate.runtime.readings import Reader

TEST = BehaviourTest(name="one", kind="label", label="positive", texts=("Good.",))
HEAD = HeadConfig(name="label", kind="binary", labels=("neg", "pos"))


def suite(language="en", required=True):
    return Suite(
        name="praise", language=language, about="Praise.", required=required, tests=(TEST,)
    )


def reader(name, *languages):
    config = ModelConfig(name=name, languages=languages, encoder=EncoderConfig(), heads=(HEAD,))
    return Reader(config, lambda: pytest.fail("opened"))


def result(passed, failed, floor=None, **options):
    outcomes = [True] * passed + [False] * failed
    case = Case(("Good.",))
    made = tuple(Outcome("one", case, (), (), "positive", outcome) for outcome in outcomes)
    return SuiteResult(suite(**options), made, floor)


def test_one_number_for_all_that_are_required():
    suites = [suite(), suite("zh", required=False)]
    assert floors_of([reader("mine")], suites, 0.8) == {"en/praise": 0.8}
    assert floors_of([reader("mine")], suites, None) == {}


def test_a_file_has_floors_by_model(tmp_path):
    file = tmp_path / "floors.toml"
    file.write_text('[en]\n"en/praise" = 0.5\n"zh/praise" = 0.1\n[zh]\n"zh/praise" = 0.7\n')
    readers = [reader("en", "en"), reader("zh", "zh")]
    wanted = {"en/praise": 0.5, "zh/praise": 0.7}
    assert floors_of(readers, [suite(), suite("zh")], file) == wanted
    assert floors_of([reader("other")], [suite()], file) == {}


def test_every_fault_of_a_file_is_told(tmp_path):
    file = tmp_path / "floors.toml"
    file.write_text('en = 3\n[zh]\n"zh/praise" = 70\n"zh/blame" = "high"\n"zh/ok" = true\n')
    with pytest.raises(ConfigError) as caught:
        read_floors(file)
    assert len(caught.value.faults) == 4
    assert "zh/praise: expected a share from 0 to 1, got 70" in str(caught.value)
    with pytest.raises(ConfigError, match="cannot read"):
        read_floors(Path("none.toml"))


def test_what_is_written_is_read_and_kept(tmp_path):
    readers = [reader("my model", "en"), reader("zh", "zh")]
    results = [result(7, 3), result(9, 1, language="zh"), result(1, 9, required=False)]
    file = tmp_path / "floors.toml"
    file.write_text(render_floors(readers, results))
    assert read_floors(file) == {"my model": {"en/praise": 0.68}, "zh": {"zh/praise": 0.88}}


def test_a_floor_is_never_under_nothing():
    assert '"en/praise" = 0.00' in render_floors([reader("m")], [result(0, 9)])


def test_only_what_is_below_raises():
    require_floors([result(7, 3, 0.7), result(0, 9)])
    with pytest.raises(BelowFloorError) as caught:
        require_floors([result(7, 3, 0.75), result(9, 1, 0.5), result(0, 0, 0.5, language="zh")])
    assert str(caught.value) == (
        "en/praise: 0.70 passed, floor 0.75; zh/praise: no case could be asked, floor 0.50"
    )
