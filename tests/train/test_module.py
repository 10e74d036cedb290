"""The course of the learning rate, for runs of any length."""

import pytest
import torch

from sentigate.config import TrainConfig
from sentigate.train.module import TrainingModule


@pytest.mark.parametrize("schedule", ["one_cycle", "warmup", "constant"])
@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.5])
def test_the_rate_rises_and_falls_however_few_the_steps(schedule, warmup):
    config = TrainConfig(schedule=schedule, warmup=warmup, learning_rate=0.5)
    for steps in range(1, 21):
        module = TrainingModule(torch.nn.Linear(1, 1), (), (), (), config, steps)
        parts = module.configure_optimizers()
        rates = []
        for _ in range(steps):
            rates.append(parts["optimizer"].param_groups[0]["lr"])
            parts["optimizer"].step()
            if len(rates) < steps:
                parts["lr_scheduler"]["scheduler"].step()
        assert all(0 <= rate <= 0.5 for rate in rates), (steps, rates)
        assert max(rates) > 0.2 or steps < 3, (steps, rates)
