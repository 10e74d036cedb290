"""The trace: the numbers in it fulfil the equations, in the order of the text."""

import numpy as np

from sentigate.lstm.equations import Weights
from sentigate.lstm.traces import trace

LENGTHS = np.array([6, 2, 4])


def traced():
    generator = np.random.default_rng(0)
    layers = [
        [
            Weights(*(generator.normal(size=size) for size in ((12, width), (12, 3), (12,))))
            for _ in range(2)
        ]
        for width in (4, 6)
    ]
    return trace(generator.normal(size=(3, 6, 4)), LENGTHS, layers)


def test_there_is_one_for_each_layer_and_direction():
    places = [(one.layer, one.reverse) for one in traced()]
    assert places == [(0, False), (0, True), (1, False), (1, True)]


def test_the_memory_equation_holds_at_every_step_of_the_text():
    for one in traced():
        gates = one.gates
        for row, length in enumerate(LENGTHS):
            memory = np.zeros(3)
            steps = range(length)
            for t in reversed(steps) if one.reverse else steps:
                memory = (
                    gates.forget[row, t] * memory + gates.input[row, t] * gates.candidate[row, t]
                )
                np.testing.assert_allclose(one.memory[row, t], memory, atol=1e-12)
                shown = gates.output[row, t] * np.tanh(memory)
                np.testing.assert_allclose(one.hidden[row, t], shown, atol=1e-12)


def test_nothing_is_traced_on_the_padding():
    for one in traced():
        for course in (*one.gates, one.memory, one.hidden):
            for row, length in enumerate(LENGTHS):
                assert not course[row, length:].any()
                assert course[row, :length].all()
