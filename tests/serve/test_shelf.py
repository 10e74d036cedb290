"""The models that are served: which answers under the name `auto`."""

from sentigate.serve.shelf import AUTO, open_shelf


def test_of_two_served_models_that_read_a_language_the_one_of_fewer_answers(make_model):
    several = {"any": (), "all": ("zh", "en"), "english": ("en",)}
    shelf = open_shelf({name: make_model(name, languages=codes) for name, codes in several.items()})
    assert shelf.names == [AUTO, "any", "all", "english"]
    answers = shelf.analyzers[AUTO](["The food was good.", "这家餐厅太棒了", "Очень хорошо"])
    assert [answer.model for answer in answers] == ["english", "all", "any"]
