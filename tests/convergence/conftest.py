"""What the small worlds are made with."""

from __future__ import annotations

import pytest

from tests.convergence.trees import Noise


@pytest.fixture
def noise() -> Noise:
    return Noise()
