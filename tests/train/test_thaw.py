import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sentigate.config import EncoderConfig, HeadConfig, TrainConfig
from sentigate.nn.classifier import build_classifier
from sentigate.train.module import TrainingModule
from sentigate.train.sources import TrainBatch
from sentigate.train.thaw import layers, thawed

HEAD = HeadConfig(name="mood", kind="multiclass", labels=("bad", "so-so", "good"))


def network():
    encoder = EncoderConfig(
        vocab_size=20, embedding_size=4, hidden_size=3, num_layers=2, pooling=("mean", "attention")
    )
    return build_classifier(encoder, [HEAD])


def test_layers_from_the_heads_down_hold_every_parameter_once():
    net = network()
    names = {id(parameter): name for name, parameter in net.named_parameters()}
    found = [{names[id(parameter)].split("_l")[-1][:1] for parameter in one} for one in layers(net)]
    assert len(found) == 4
    assert [found[1], found[2]] == [{"1"}, {"0"}]
    assert layers(net)[-1] == [net.embedding.weight]
    assert sum(len(layer) for layer in layers(net)) == len(names)


@given(st.integers(1, 8), st.floats(0, 0.99))
def test_layers_thaw_one_by_one_and_all_in_time(count, unfreeze):
    course = [thawed(count, step / 1000, unfreeze) for step in range(1001)]
    assert course == sorted(course)
    assert course[0] == (count if unfreeze == 0 else 1)
    assert course[-1] == count
    assert set(course) <= set(range(1, count + 1))


def module(**settings):
    return TrainingModule(network(), [HEAD], [], [], TrainConfig(**settings), total_steps=10)


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
@pytest.mark.parametrize("schedule", ["one_cycle", "warmup"])
def test_each_layer_learns_slower_than_the_one_above(schedule):
    made = module(layer_decay=0.5, learning_rate=0.8, schedule=schedule, warmup=0.3)
    optimizer, scheduler = (
        made.configure_optimizers()[key] for key in ("optimizer", "lr_scheduler")
    )
    for _ in range(3):
        rates = [group["lr"] for group in optimizer.param_groups]
        assert rates == pytest.approx([rates[0] * 0.5**depth for depth in range(4)])
        scheduler["scheduler"].step()


def test_a_frozen_layer_stays_as_it_is_and_gets_no_gradient():
    made = module(unfreeze=0.5)
    before = {name: value.clone() for name, value in made.network.state_dict().items()}
    batch = TrainBatch(0, torch.tensor([[3, 4]]), torch.tensor([2]), torch.tensor([2]))
    made.on_train_batch_start(batch, 0)
    optimizer = made.configure_optimizers()["optimizer"]
    made.network(batch.ids, batch.lengths)["mood"].sum().backward()
    optimizer.step()
    changed = {
        name for name, value in made.network.state_dict().items() if not value.equal(before[name])
    }
    assert changed == {"heads.0.weight", "heads.0.bias", "attention.weight"}
