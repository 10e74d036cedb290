"""Language: scripts, frequent words, short English, mixtures, and nothing to go by."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.text.language import detect
from sentigate.text.words import WORDS


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *(
            (text, "en")
            for text in ("Great movie!", "not bad", "ok", "no", "LOL", "I’m so happy 😂", "C'mon!")
        ),
        *(
            (text, "en")
            for text in ("@user see http://t.co/x this <br /> now", "the café was nice", "meh")
        ),
        ("The food was cold and the waiter never came back.", "en"),
        *(
            (text, "zh")
            for text in ("好", "还不错", "這家餐廳太棒了", "我の家很好看", "[哈哈]太好笑了")
        ),
        ("我的iPhone坏了，气死我了", "zh"),
        ("OMG 太好吃了吧", "zh"),
        ("I really love this 包子 place", "en"),
        ("C'est vraiment dommage, je n'ai pas aimé l'histoire", "fr"),
        ("Das war leider nicht so gut wie ich dachte", "de"),
        ("Achtung, unkorrekter Witz!", "de"),
        ("Preisabschlag, Gleichbehandlung", "de"),
        ("Teri post acchi hai", "hi"),
        ("salman bhai ki movie dekhunga", "hi"),
        ("La comida estaba muy rica pero el servicio no", "es"),
        ("Non mi è piaciuto per niente, che delusione", "it"),
        ("Não gostei do filme, muito chato", "pt"),
        ("Het eten was niet lekker en ik heb lang gewacht", "nl"),
        ("To nie jest dobry film, nie polecam", "pl"),
        ("Bu film çok güzel değil", "tr"),
        ("yeh film bahut acchi hai yaar", "hi"),
        ("यह फिल्म बहुत अच्छी है", "hi"),
        ("この映画は最高でした", "ja"),
        ("最高の映画", "ja"),
        ("정말 재미있는 영화", "ko"),
        ("Очень хороший фильм, мы довольны", "ru"),
        ("Дуже гарний фільм, їжа смачна", "uk"),
        ("فيلم جيد جدا", "ar"),
        ("این فیلم خیلی خوب بود، گفت", "fa"),
        ("סרט טוב מאוד", "he"),
        ("πολύ καλή ταινία", "el"),
        ("หนังดีมาก", "th"),
    ],
)
def test_examples(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    "text",
    [
        *("Lovely kitchen", "Young", "Sweet revenge", "Challenge accepted!", "Ghost town", "k"),
        *("thx k", "Superb log cabin", "Epic announcement", "Pure amusement", "Toll road", "Bald"),
        *("Spectacular commando raid", "Dank memes", "Mag", "Kitsch", "Schlock", "Great cliché"),
        *("Mere mortals", "Male lead", "Golden era", "Take care", "Young, unsung", "Kinder words"),
    ],
)
def test_short_english_with_words_like_those_of_others_is_english(text: str) -> None:
    assert detect(text) == "en"


def test_one_word_of_a_foreign_shape_needs_another_or_a_known_word() -> None:
    texts = ("Gleichbehandlung", "Preisabschlag, Gleichbehandlung", "eine Gleichbehandlung")
    assert [detect(text) for text in texts] == ["en", "de", "de"]


@pytest.mark.parametrize(
    "text", ["", " ", "😂😂", "10/10", "!!!", ":)", "@user http://t.co/abc", "\x00"]
)
def test_no_language(text: str) -> None:
    assert detect(text) is None


def test_an_unknown_language_is_not_guessed() -> None:
    assert detect("zorb klen tavik moru shenda plim ostra wexel brun") is None


@given(st.text())
def test_any_text_gets_a_code_or_none(text: str) -> None:
    language = detect(text)
    assert language is None or (len(language) == 2 and language.islower())


@pytest.mark.parametrize("unit", ["a", "@", "<", "好", "the food is good ", "é", "http", "😂", "я"])
def test_a_megabyte_costs_no_more_than_a_page(unit: str) -> None:
    begun = time.process_time()
    detect(unit * (1_000_000 // len(unit)))
    assert time.process_time() - begun < 0.2


def test_words_are_as_they_occur_in_lowered_text() -> None:
    assert all(words == words.lower() for words in WORDS.values())
