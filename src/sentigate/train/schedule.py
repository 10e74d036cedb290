"""The course of the learning rate. Knows nothing of networks."""

from typing import Literal

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

Schedule = Literal["one_cycle", "warmup", "constant"]


def make_schedule(
    optimizer: Optimizer, kind: Schedule, warmup: float, total_steps: int
) -> LRScheduler:
    """Return the course of every parameter group's rate from its own highest.

    Args:
        optimizer: its rates are the highest.
        kind: "one_cycle" (up and down in cosines), "warmup" (up and down in lines: the slanted
            triangle of Howard and Ruder 2018) or "constant".
        warmup: share of the steps in which the rate rises.
        total_steps: how many there will be.
    """
    if kind == "one_cycle":
        return OneCycleLR(
            optimizer,
            max_lr=[float(group["lr"]) for group in optimizer.param_groups],
            total_steps=total_steps,
            # A rise of exactly one step would be divided by its length, which is then 0.
            pct_start=max(warmup, 1e-3) + 1e-9,
            cycle_momentum=False,
        )
    warmup_steps = warmup * total_steps if kind == "warmup" else 0

    def factor(step: int) -> float:
        if step < warmup_steps:
            return (step + 1) / (warmup_steps + 1)
        if kind == "constant":
            return 1.0
        return max(0.0, (total_steps - step) / max(1.0, total_steps - warmup_steps))

    return LambdaLR(optimizer, factor)
