"""Search for settings: many short trainings, of which the best one's settings are written down.

    settings ─train─> dev score of the kept epoch ─Optuna (TPE, median pruning)─> settings ...

The first trial is the settings as they are. Each trial draws from a seed of its own and the trials
before it, so that a search that is stopped and resumed ends like one that is not.
"""

import json
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sentigate.config import HeadConfig, TrainConfig
from sentigate.data.readers import Table
from sentigate.errors import ConfigError, DataError, OutputError
from sentigate.extras import require
from sentigate.files import write_aside
from sentigate.records import Example
from sentigate.train.fit import Report, make_run, parts, texts_of
from sentigate.train.loop import OnEpoch, Run, fit
from sentigate.train.ranks import refuse_several
from sentigate.train.space import (
    Choice,
    Domain,
    Space,
    applied,
    default_space,
    encoder_keys,
    widened,
)
from sentigate.train.start import begin

Params = Mapping[str, str | float]


@dataclass(frozen=True)
class Search:
    """How to search.

    Args:
        output: TOML file for the best settings; the study lies beside it.
        trials: how many trainings in all, those of a resumed study included.
        space: what may change; None for what usually matters.
        fixed: settings that were given and so are left alone.
        resume: go on with the study that is there.
    """

    output: Path
    trials: int = 30
    space: Space | None = None
    fixed: frozenset[str] = field(default_factory=frozenset)
    resume: bool = False

    @property
    def study(self) -> Path:
        """The file that holds the trials."""
        return self.output.with_suffix(".study")


@dataclass(frozen=True)
class Lesson:
    """What every trial learns: the head, the rows, and the settings that a trial changes."""

    head: HeadConfig
    training: list[Example]
    held: list[Example]
    config: TrainConfig

    def run(self, params: Params, report: Report = lambda _line: None) -> tuple[Run, bool]:
        """Return the run with some settings changed, and whether it starts from a base."""
        config = applied(self.config, params) if params else self.config
        start = begin(texts_of(self.training), [self.head], config, report)
        return make_run(self.training, self.held, self.head, start), start.base is not None


def tune(
    data: Table,
    dev: Table | None,
    config: TrainConfig,
    search: Search,
    *,
    progress: bool = False,
    report: Report = lambda _line: None,
) -> Path:
    """Search for the settings that score best on dev rows; write them as a TOML file.

    Args:
        data: labelled rows.
        dev: rows to score on; None holds some of `data` out.
        config: the settings to start from.
        search: how to search.
        progress: show a progress bar for each training.
        report: takes one line of text at a time, for people.

    Returns:
        The TOML file, which `sentigate train --config` reads. After each better trial it holds the
        best so far.

    Raises:
        ConfigError: nothing to search, sizes to search that a base fixes, or several devices.
        DataError: rows that cannot be learnt from, or a study over other data or settings.
        MissingExtraError: Optuna is not installed.
        OutputError: a study is there and is not to be resumed, or a file cannot be written.
        KeyboardInterrupt: Ctrl-C; `resume` goes on behind the last whole trial.
    """
    refuse_several(config, "sentigate tune")
    optuna = require("optuna", "tune")
    lesson = Lesson(*parts(data, dev, config, report), config)
    run, base = lesson.run({}, report)
    space, values = widened(_space(search, lesson.head, base), run.config)
    report(f"searching {', '.join(space)}")
    with _quietly(optuna):
        study = _open(optuna, search, f"{run.fingerprint()} {space}", run.epochs)
        trials = _Trials(optuna, study, lesson, space, progress)
        began = time.monotonic()
        done = at_start = len(trials.finished)
        while done < search.trials:
            line = trials.next(values if done == 0 else None)
            _write(search, data, trials)
            done += 1
            left = (time.monotonic() - began) / (done - at_start) * (search.trials - done)
            report(f"trial {done}/{search.trials}: {line}{_left(left) if progress else ''}")
        _write(search, data, trials)
    report(f"best: trial {trials.best.number + 1} with {trials.best.value:.4f}")
    return search.output


class _Trials:
    """The trials of a study: those there were, and the next one."""

    def __init__(
        self, optuna: Any, study: Any, lesson: Lesson, space: Space, progress: bool
    ) -> None:
        self.optuna, self.study, self.lesson, self.progress = optuna, study, lesson, progress
        self.distributions = {key: _distribution(optuna, d) for key, d in space.items()}

    @property
    def finished(self) -> list[Any]:
        """The whole trials; one that was killed in the middle does not count."""
        state = self.optuna.trial.TrialState
        return list(self.study.get_trials(deepcopy=False, states=(state.COMPLETE, state.PRUNED)))

    @property
    def best(self) -> Any:
        return self.study.best_trial

    @property
    def config(self) -> TrainConfig:
        """The settings of the best trial."""
        if self.best.number == self.finished[0].number:
            return self.lesson.config
        return applied(self.lesson.config, _rounded(self.best.params))

    def next(self, values: Params | None) -> str:
        """Train once more, with the settings as they are (`values`) or new ones; say what came."""
        if values is not None:
            return self._first(values)
        seed = self.lesson.config.seed + len(self.finished)
        self.study.sampler = self.optuna.samplers.TPESampler(seed=seed)
        trial = self.study.ask(self.distributions)
        params = _rounded(trial.params)
        pruned = self.optuna.trial.TrialState.PRUNED
        try:
            score = self._train(params, self._pruner(trial))
        except self.optuna.TrialPruned:
            self.study.tell(trial, state=pruned)
            return f"given up, as most were better by then  {_shown(params)}"
        except DataError as error:
            self.study.tell(trial, state=pruned)
            return f"given up, {error}  {_shown(params)}"
        self.study.tell(trial, score)
        return f"{score:.4f} (best {self.best.value:.4f})  {_shown(params)}"

    def _first(self, values: Params) -> str:
        scores: dict[int, float] = {}
        score = self._train({}, scores.__setitem__)
        self.study.add_trial(
            self.optuna.trial.create_trial(
                params=dict(values),
                distributions=self.distributions,
                value=score,
                intermediate_values=scores,
            )
        )
        return f"{score:.4f}, the settings as they are"

    def _train(self, params: Params, on_epoch: OnEpoch) -> float:
        """Train; return the dev score of the epoch that is kept."""
        scores: list[float] = []

        def keep(epoch: int, score: float) -> None:
            scores.append(score)
            on_epoch(epoch, score)

        run, _ = self.lesson.run(params)
        with TemporaryDirectory() as folder:
            fit(
                run,
                Path(folder),
                resume=False,
                progress=self.progress,
                report=lambda _line: None,
                on_epoch=keep,
            )
        return max(scores) if run.keeps_best else scores[-1]

    def _pruner(self, trial: Any) -> OnEpoch:
        def judge(epoch: int, score: float) -> None:
            trial.report(score, epoch)
            if trial.should_prune():
                raise self.optuna.TrialPruned

        return judge


def _space(search: Search, head: HeadConfig, base: bool) -> Space:
    if search.space is None:
        return default_space(head.kind, base=base, fixed=search.fixed)
    if base and (sizes := encoder_keys(search.space)):
        raise ConfigError(
            [f"{', '.join(sizes)} cannot be searched: the base has them; add --base none"]
        )
    return search.space


def _open(optuna: Any, search: Search, mark: str, epochs: int) -> Any:
    """Open the study, or begin one; trials that were killed are closed."""
    if search.study.exists() and not search.resume:
        raise OutputError(
            f"{search.study} holds a search: go on with --resume, choose another place with -o, "
            "or remove it"
        )
    search.study.parent.mkdir(parents=True, exist_ok=True)
    backend = require("optuna.storages.journal", "tune").JournalFileBackend(str(search.study))
    study = optuna.create_study(
        study_name="sentigate",
        storage=optuna.storages.JournalStorage(backend),
        direction="maximize",
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=epochs // 3),
        load_if_exists=True,
    )
    if study.user_attrs.setdefault("mark", mark) != mark:
        raise DataError(
            f"{search.study} holds a search over other data or settings, so it cannot be resumed: "
            "give the same file and settings, or another place with -o"
        )
    study.set_user_attr("mark", mark)
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    return study


def _distribution(optuna: Any, domain: Domain) -> Any:
    kinds = optuna.distributions
    if isinstance(domain, Choice):
        return kinds.CategoricalDistribution(domain.values)
    if domain.whole:
        return kinds.IntDistribution(int(domain.low), int(domain.high), log=domain.log)
    return kinds.FloatDistribution(domain.low, domain.high, log=domain.log)


def _write(search: Search, data: Table, trials: _Trials) -> None:
    """Write the best settings as TOML, which JSON's values are, below what is known of them."""
    best, config = trials.best, trials.config
    command = f"sentigate train {shlex.quote(data.path.name)} -o models/mine --config "
    settings = config.model_dump(mode="json", exclude_unset=True)
    first, *others = trials.finished
    lines = [
        f"# The best of {1 + len(others)} trials of sentigate tune: dev score {best.value:.4f};",
        f"# with the settings that it started from {first.value:.4f}. The best of many on the same",
        "# dev rows flatters itself: measure it on rows that it has not met.",
        f"# {command}{shlex.quote(search.output.name)}",
        *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()),
    ]
    with write_aside(search.output) as aside:
        aside.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rounded(params: Params) -> Params:
    """To three digits, which is as much as a search can tell and as a reader wants to see."""
    return {
        key: float(f"{value:.3g}") if isinstance(value, float) else value
        for key, value in params.items()
    }


def _shown(params: Params) -> str:
    return "  ".join(f"{key} {value}" for key, value in params.items())


def _left(seconds: float) -> str:
    return f"  (about {seconds / 60:.0f} min left)" if seconds >= 60 else ""


@contextmanager
def _quietly(optuna: Any) -> Iterator[None]:
    """Keep Optuna's own lines from being mixed with ours."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(verbosity)
