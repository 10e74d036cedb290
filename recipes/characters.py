"""Teachers for languages with few labelled texts: characters in each language, `en` for English.

    python recipes/characters.py multi DATA -o scores.parquet
    python recipes/characters.py multi DATA -o scores.parquet --models multi
    python recipes/make.py multi DATA -o OUT --teacher scores.parquet

For each source that the recipe marks with `pieces`, TF-IDF of characters and words with logistic
regression, learnt on three quarters of its rows, answers the other quarter and new texts pieced
together from it, so that it never answers what it has learnt. Earlier models of the recipe may be
one more voice; they, and the model that a source names as its `teacher`, did learn these rows. That
one lends its answer to the same rows with words of many languages swapped in.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ensemble import ask
from numpy.typing import NDArray
from recipe import SourceRecipe, read_recipe, read_sources, recipe_parser, say
from scores import write_scores
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_union
from words import swapped

from sentigate.config import HeadConfig
from sentigate.model.artifact import find_model
from sentigate.records import Example
from sentigate.runtime.model import Model
from sentigate.text.normalise import normalise

Answers = tuple[list[str], NDArray[np.float32]]
FOLDS = 4
HEAD = HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive"))


def folds(rows: Sequence[Example], head: HeadConfig, pieces: int) -> Answers:
    """Answers of character n-grams to rows and pieces that they have not learnt from."""
    texts = [row.text or "" for row in rows]
    labels = np.array([head.labels.index(str(row.label)) for row in rows])
    table = features().fit([normalise(text) for text in texts])
    found: list[Answers] = []
    for learnt, held in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(texts, labels):
        model = OneVsRestClassifier(LogisticRegression(C=6.0, solver="liblinear"))
        model.fit(table.transform([normalise(texts[i]) for i in learnt]), labels[learnt])
        own = [texts[i] for i in held]
        asked = [*own, *pieced(own, pieces * len(own))]
        found.append((asked, model.predict_proba(table.transform(list(map(normalise, asked))))))
    return joined(found)


def features() -> TfidfVectorizer:
    """Two to five characters within words, and words and pairs of them."""
    return make_union(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True),
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+"),
    )


def pieced(texts: Sequence[str], count: int) -> list[str]:
    """New texts: the beginning of one and the end of another."""
    rng = np.random.default_rng(0)
    words = [text.split() for text in texts if text.split()]
    made = []
    for _ in range(count):
        one, other = (words[place] for place in rng.integers(len(words), size=2))
        start, end = rng.integers(len(one) + 1), rng.integers(len(other) + 1)
        made.append(" ".join([*one[:start], *other[end:]]))
    return [text for text in made if text]


def joined(parts: Sequence[Answers]) -> Answers:
    """Several as one."""
    texts = [text for some, _ in parts for text in some]
    return texts, np.concatenate([answers for _, answers in parts]).astype(np.float32)


def lent(model: Model, rows: Sequence[Example], head: HeadConfig, most: int) -> Answers:
    """A model's answers to rows, and the same answers to the rows with words swapped."""
    texts = [row.text for row in rows if row.text]
    order = np.random.default_rng(0).permutation(len(texts))[:most]
    asked = [texts[place] for place in order]
    answers = ask(model, asked)[head.name]
    pairs = list(swapped(asked))
    return joined(
        [(asked, answers), ([text for _, text in pairs], answers[[place for place, _ in pairs]])]
    )


def answers_for(
    source: SourceRecipe, rows: list[Example], voices: Sequence[Model], most: int
) -> Answers | None:
    """What is said of a source; None where nobody is asked."""
    if source.teacher:
        return lent(Model.open(find_model(source.teacher)), rows, HEAD, most)
    if not source.pieces:
        return None
    texts, answers = folds(rows, HEAD, source.pieces)
    others = [ask(model, texts)[HEAD.name] for model in voices]
    return texts, (answers + np.mean(others, axis=0)) / 2 if others else answers


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write what the teachers say."""
    parser = recipe_parser(__doc__)
    parser.add_argument("--models", type=Path, nargs="*", default=[], help="one more voice")
    parser.add_argument("-o", "--output", type=Path, required=True, help="Parquet file to write")
    parser.add_argument("--rows", type=int, default=6_000, help="most texts a model is asked")
    given = parser.parse_args(arguments)
    recipe = read_recipe(given.recipe)
    splits = read_sources(recipe, given.data)
    voices = [Model.open(folder) for folder in given.models]
    found = []
    for source, (rows, _dev) in zip(recipe.sources, splits, strict=True):
        answers = answers_for(source, rows, voices, given.rows)
        if answers:
            say(f"{source.name}: {len(answers[0]):,} answers")
            found.append(answers)
    texts, table = joined(found)
    write_scores(texts, {HEAD.name: table}, [HEAD], given.output)


if __name__ == "__main__":
    main()
