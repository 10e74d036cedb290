"""Which arithmetic `auto` takes, by what the hardware says of itself."""

import pytest
import torch

from sentigate.train.precision import choose_precision


@pytest.fixture
def cpu(monkeypatch):
    """A machine without a GPU whose CPU has these capabilities and no others."""

    def has(*names):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        capabilities = dict.fromkeys(names, True)
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)

    return has


@pytest.mark.parametrize("instructions", ["amx_bf16", "avx512_bf16"])
def test_auto_takes_bfloat16_where_the_cpu_multiplies_it(cpu, instructions):
    cpu("avx2", instructions)
    assert choose_precision("auto") == "bf16-mixed"


def test_auto_takes_float32_where_bfloat16_is_emulated(cpu):
    cpu("avx2", "avx512_f")
    assert choose_precision("auto") == "32-true"


def test_auto_takes_float32_where_torch_does_not_say(cpu, monkeypatch):
    cpu()
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert choose_precision("auto") == "32-true"


@pytest.mark.parametrize(("wanted", "name"), [("32", "32-true"), ("bf16", "bf16-mixed")])
def test_what_is_asked_for_is_taken(cpu, wanted, name):
    cpu("amx_bf16")
    assert choose_precision(wanted) == name
    cpu("avx2")
    assert choose_precision(wanted) == name
