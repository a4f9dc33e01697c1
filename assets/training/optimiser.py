"""Steps of the training: orthogonalised momentum for matrices (Muon), AdamW for the rest."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

MATRIX_RATE, OTHER_RATE = 0.02, 3e-3
FINAL_SHARE, N_WARMUP_STEPS = 0.02, 100
MOMENTUM, DECAY = 0.95, 0.02


def orthogonal(matrices: Tensor, n_rounds: int = 5) -> Tensor:
    """The nearest matrices with singular values near 1, by a quintic Newton-Schulz iteration.

    Of shape (n, rows, columns): matrices of one shape are turned together.
    """
    x = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    for _ in range(n_rounds):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum whose steps are orthogonal matrices, scaled by their shape."""

    def __init__(self, matrices: list[nn.Parameter], rate: float) -> None:
        """Move `matrices` at `rate`."""
        super().__init__(matrices, {"lr": rate})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Move every matrix along its gradient."""
        for group in self.param_groups:
            alike: dict[torch.Size, list[nn.Parameter]] = {}
            for weight in group["params"]:
                alike.setdefault(weight.shape, []).append(weight)
            for (n_rows, n_columns), weights in alike.items():
                directions = orthogonal(torch.stack([self._smoothed(one) for one in weights]))
                rate, scale = group["lr"], max(1.0, n_rows / n_columns) ** 0.5
                torch._foreach_mul_(weights, 1 - rate * DECAY)
                torch._foreach_add_(weights, list(directions), alpha=-rate * scale)

    def _smoothed(self, weight: nn.Parameter) -> Tensor:
        """The gradient, with momentum as Nesterov has it."""
        assert weight.grad is not None
        momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
        momentum.lerp_(weight.grad, 1 - MOMENTUM)
        return weight.grad.lerp(momentum, MOMENTUM)


class Steps:
    """Both optimisers on one schedule: a short warm-up, then half a cosine."""

    def __init__(self, model: nn.Module, n_steps: int, peak: float) -> None:
        """Plan `n_steps`; `peak` scales all rates (1 for a model that begins from nothing)."""
        inner = [w for name, w in model.named_parameters() if w.dim() == 2 and "embd" not in name]
        rest = [w for name, w in model.named_parameters() if w.dim() < 2 or "embd" in name]
        self._optimisers = [
            Muon(inner, MATRIX_RATE * peak),
            torch.optim.AdamW(rest, OTHER_RATE * peak, (0.9, 0.95), weight_decay=0.0, fused=True),
        ]
        self._peaks = [MATRIX_RATE * peak, OTHER_RATE * peak]
        self._n_steps = n_steps
        self._step = 0
        self._model = model

    def take(self, loss: Tensor) -> None:
        """One step down the gradient of `loss`."""
        share = self._share()
        for optimiser, peak in zip(self._optimisers, self._peaks, strict=True):
            optimiser.zero_grad()
            for group in optimiser.param_groups:
                group["lr"] = peak * share
        loss.backward()
        nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        for optimiser in self._optimisers:
            optimiser.step()
        self._step += 1

    @property
    def n_taken(self) -> int:
        """Steps so far."""
        return self._step

    def state(self) -> dict[str, object]:
        """All that a run needs to go on from here with the same model."""
        states = [optimiser.state_dict() for optimiser in self._optimisers]
        return {"n_taken": self._step, "optimisers": states}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._step = state["n_taken"]
        for optimiser, saved in zip(self._optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)

    def _share(self) -> float:
        if self._step < N_WARMUP_STEPS:
            return (self._step + 1) / N_WARMUP_STEPS
        turn = (self._step - N_WARMUP_STEPS) / max(1, self._n_steps - N_WARMUP_STEPS)
        return FINAL_SHARE + (1 - FINAL_SHARE) * (1 + math.cos(math.pi * turn)) / 2
