"""The application: its commands and what they have in common."""

import re
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from sentigate import __version__
from sentigate.cli.check import check
from sentigate.cli.course import course
from sentigate.cli.distil import distil
from sentigate.cli.evaluate import evaluate
from sentigate.cli.explain import explain
from sentigate.cli.export import export
from sentigate.cli.guard import guarded
from sentigate.cli.models import models
from sentigate.cli.predict import predict
from sentigate.cli.pretrain import pretrain
from sentigate.cli.score import score
from sentigate.cli.serve import key, serve
from sentigate.cli.train import train
from sentigate.cli.tune import tune

# Plain help: the same on every terminal, in a pipe and in the documentation.
app = typer.Typer(
    name="sentigate",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


class Command(TyperCommand):
    """A command whose help writes arguments and types alike: `IN...`, `<str>`, `<int>`.

    typer alone writes `{IN...}...`, `<list[str]>` and `<int range>`.
    """

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The parts of the line `Usage:`."""
        return [_argument(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_help(self, ctx: Any) -> str:
        """The whole help; what is taken out of a column is filled up with spaces."""
        alike = re.sub(r"<(?:list\[(\w+)\]|(\w+) range)>", _sort, super().get_help(ctx))
        return re.sub(r" +$", "", alike, flags=re.MULTILINE)


def _argument(piece: str) -> str:
    return re.sub(r"^\{(.+?)\}(\.\.\.)?$", r"\1", piece)


def _sort(found: re.Match[str]) -> str:
    return f"<{(found[1] or found[2]).lower()}>".ljust(len(found[0]))


EXAMPLES: dict[Callable[..., None], tuple[str, ...]] = {
    predict: (
        'sentigate predict "I waited an hour and the food was cold." "这家餐厅太棒了！"',
        "cat reviews.txt | sentigate predict - --format json",
    ),
    score: (
        "sentigate score reviews.csv -o scored.csv --text review",
        "sentigate score data/*.jsonl.gz -o scored/ --workers 2 --resume",
        "cat tweets.txt | sentigate score - -o - --format jsonl",
        "sentigate score 'data/*.parquet' -o scored/ --engine ray",
    ),
    train: ("sentigate train reviews.csv -o models/mine --preset tiny --seed 7",),
    tune: ("sentigate tune reviews.csv --trials 30 --epochs 5",),
    pretrain: (
        "sentigate pretrain corpus.txt -o encoders/mine",
        "sentigate train reviews.csv --base encoders/mine -o models/mine",
    ),
    distil: ("sentigate distil --teacher en --texts reviews.csv -o models/small",),
    evaluate: (
        "sentigate evaluate models/mine test.csv --report report/",
        "sentigate evaluate models/a models/b test.csv --explanations",
    ),
    explain: (
        'sentigate explain "The plot is thin, but the acting is not bad at all." --html why.html',
        'sentigate explain "So happy for you!" --head emotion --label joy --method gates',
        'sentigate explain --gates "Not bad." --html gates.html',
    ),
    course: ("sentigate course long_review.txt --html course.html",),
    check: (
        "sentigate check",
        "sentigate check models/mine --suite negation,emoji --failures 3 --floor 0.7",
    ),
    models: ("sentigate models", "sentigate models en"),
    serve: (
        "sentigate serve",
        "sentigate serve --model mine=models/mine --host 0.0.0.0 --api-key-file keys.txt",
    ),
    key: ("sentigate key alice keys.txt",),
    export: ("sentigate export en -o en.onnx",),
}
for command, examples in EXAMPLES.items():
    # The backspace tells the help formatter to leave the lines as they are.
    app.command(cls=Command, epilog="\n  ".join(["\b\nExample:", *examples]))(guarded(command))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sentigate {__version__}")
        raise typer.Exit


@app.callback()
def _application(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Sentiment and emotion from text with LSTM networks."""
