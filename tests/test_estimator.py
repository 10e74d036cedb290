"""scikit-learn's own checks, its tools around our estimators, and what its users hand in."""

import pickle

import numpy as np
import pytest

pytest.importorskip("torch")

from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import InputTags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data

import sentigate
from sentigate.errors import ConfigError, DataError
from sentigate.estimator import LSTMClassifier, LSTMRegressor

SMALL = {"preset": "tiny", "vocab_size": 300, "threads": 1}
FAST = {**SMALL, "embedding_size": 8, "hidden_size": 8, "epochs": 1}
LEARNING = {**SMALL, "batch_size": 8, "epochs": 10, "learning_rate": 0.02}
GOOD = ["lovely food", "great place", "so happy with it", "wonderful staff", "very good soup"]
BAD = ["awful food", "bad place", "so angry about it", "horrible staff", "very cold soup"]
TEXTS = [f"{text} {n}" for n in range(5) for pair in zip(GOOD, BAD, strict=True) for text in pair]
LABELS = ["pos", "neg"] * 25
CLASS_WEIGHT = {
    "check_class_weight_classifiers": "class_weight is 'balanced' or 'none', as everywhere here"
}


class NumbersAsTexts:
    """Writes rows of numbers as texts: scikit-learn checks no estimator that takes texts only.

    It also says so, and checks the numbers as scikit-learn demands; all the rest is ours.
    """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = InputTags()  # those of an estimator of numbers
        task = tags.classifier_tags or tags.regressor_tags
        task.poor_score = True  # one epoch, and numbers by their digits
        return tags

    def fit(self, X, y):
        X, y = validate_data(self, X, y, y_numeric=isinstance(self, LSTMRegressor))
        return super().fit(written(X), y)

    def predict(self, X):
        return super().predict(self._written(X))

    def _written(self, X):
        check_is_fitted(self)
        is_written = isinstance(X, list) and X and isinstance(X[0], str)
        return X if is_written else written(validate_data(self, X, reset=False))


class Classifier(NumbersAsTexts, LSTMClassifier):
    def predict_proba(self, X):
        return super().predict_proba(self._written(X))


class Regressor(NumbersAsTexts, LSTMRegressor):
    pass


def written(rows):
    return [" ".join(f"{chr(97 + j % 26)}{4 * x:.0f}" for j, x in enumerate(row)) for row in rows]


@parametrize_with_checks(
    [Classifier(**FAST, vectors=False)], expected_failed_checks=lambda _: CLASS_WEIGHT
)
def test_classifier_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


@parametrize_with_checks([Regressor(**FAST, vectors=False)], legacy=False)
def test_regressor_passes_the_checks_of_the_interface(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def fitted():
    return LSTMClassifier(**LEARNING).fit(TEXTS, LABELS)


def test_a_fitted_classifier_answers(fitted):
    assert fitted.classes_.tolist() == ["neg", "pos"]
    assert fitted.predict(["lovely soup", "awful soup"]).tolist() == ["pos", "neg"]
    assert fitted.score(TEXTS, LABELS) > 0.9
    probabilities = fitted.predict_proba(["lovely soup", "awful soup"])
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert probabilities.argmax(axis=1).tolist() == [1, 0]


def test_what_cannot_be_read_gets_the_shares_of_the_classes(fitted):
    inputs = ["good", None, float("nan"), "", "\x00", 7]
    probabilities = fitted.predict_proba(inputs)
    assert len(fitted.predict(inputs)) == len(inputs)
    assert probabilities[1:] == pytest.approx(np.full((5, 2), 0.5))
    assert probabilities[0, 1] != pytest.approx(0.5)


def test_shares_stand_in_the_order_of_the_classes():
    answers = LSTMClassifier(**FAST).fit([*TEXTS, "sold"] * 2, [*LABELS, "a note"] * 2)
    assert answers.classes_.tolist() == ["a note", "neg", "pos"]
    assert answers.predict_proba([None])[0] == pytest.approx([1 / 51, 25 / 51, 25 / 51])


def test_pickle_holds_no_torch_and_answers_alike(fitted):
    pickled = pickle.dumps(fitted)
    assert b"torch" not in pickled
    copy, inputs = pickle.loads(pickled), ["lovely soup", None]
    assert (copy.predict_proba(inputs) == fitted.predict_proba(inputs)).all()


def test_a_saved_model_is_a_model_folder_like_any_other(fitted, tmp_path):
    fitted.save(tmp_path / "mine")
    answer = sentigate.load(tmp_path / "mine")("lovely soup")
    assert answer.model == "mine"
    assert answer.heads["label"].probabilities["pos"] == fitted.predict_proba(["lovely soup"])[0, 1]
    card = (tmp_path / "mine" / "README.md").read_text("utf-8")
    assert "rows in memory" in card
    assert "sentigate train" not in card


@pytest.mark.parametrize(
    "classes", [(False, True), (3, 10), (2.0, -1.0), (" a", "a"), ("x,y", "z")]
)
def test_classes_of_any_kind_come_back_as_they_were(classes):
    labels = np.array(classes)[[1, 0] * 25]
    model = LSTMClassifier(**FAST).fit(TEXTS, labels)
    assert model.classes_.tolist() == sorted(classes)
    assert set(model.predict(TEXTS).tolist()) <= set(classes)
    assert model.predict(TEXTS).dtype == labels.dtype


def test_texts_may_be_any_column(fitted):
    expected = fitted.predict_proba(TEXTS)
    columns = [np.array(TEXTS), np.array(TEXTS, dtype=object)[:, None], tuple(TEXTS), iter(TEXTS)]
    for column in columns:
        assert (fitted.predict_proba(column) == expected).all()


def test_what_is_no_column_of_texts_is_refused(fitted):
    with pytest.raises(DataError, match="put it into a list"):
        fitted.predict("lovely soup")
    with pytest.raises(DataError, match=r"shape \(3, 2\), expected one column"):
        fitted.predict(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        LSTMClassifier(**FAST).fit(TEXTS, LABELS[1:])


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_what_is_not_fitted_says_so(method):
    with pytest.raises(NotFittedError, match="fit"):
        getattr(LSTMClassifier("tiny"), method)(["good"])
    with pytest.raises(NotFittedError, match="fit"):
        LSTMRegressor("tiny").predict(["good"])
    with pytest.raises(NotFittedError, match="fit"):
        LSTMClassifier("tiny").save("nowhere")


def test_nothing_to_learn_from_is_one_sentence():
    for texts, labels in ((TEXTS, ["one"] * 50), ([None, ""], ["a", "b"]), ([], [])):
        with pytest.raises(DataError, match="nothing"):
            LSTMClassifier(**FAST).fit(texts, labels)


def test_settings_are_parameters():
    model = LSTMClassifier("tiny", hidden_size=16)
    assert model.get_params()["hidden_size"] == 16
    assert model.get_params()["epochs"] is None
    assert clone(model).set_params(seed=7).get_params()["seed"] == 7
    with pytest.raises(TypeError, match="hiden_size"):
        LSTMClassifier(hiden_size=16)
    with pytest.raises(ConfigError, match="hidden_size"):
        LSTMClassifier(hidden_size=-1).fit(TEXTS, LABELS)


def test_pipeline_grid_search_and_cross_validation():
    model = make_pipeline(FunctionTransformer(), LSTMClassifier(**FAST))
    search = GridSearchCV(model, {"lstmclassifier__hidden_size": [4, 8]}, cv=2)
    search.fit(TEXTS, LABELS)
    assert set(search.best_params_) == {"lstmclassifier__hidden_size"}
    assert search.best_estimator_.predict(["good"]).shape == (1,)
    assert cross_val_score(LSTMClassifier(**FAST), TEXTS, LABELS, cv=3).shape == (3,)


def test_the_regressor_learns_numbers():
    numbers = [float(label == "pos") for label in LABELS]
    model = LSTMRegressor(**LEARNING).fit(TEXTS, numbers)
    good, bad, nothing = model.predict(["lovely soup", "awful soup", None])
    assert good > bad + 0.2
    assert nothing == pytest.approx(0.5)
    with pytest.raises(ValueError, match="NaN"):
        LSTMRegressor(**FAST).fit(TEXTS, [float("nan"), *numbers[1:]])


def test_it_can_start_from_a_base(tiny):
    model = LSTMClassifier(base=str(tiny), epochs=1, threads=1).fit(TEXTS, LABELS)
    names = [row["name"] for row in model.artifact_.metrics["data"]]
    assert names == ["rows in memory", str(tiny)]
