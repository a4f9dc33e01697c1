"""Which next tokens a growth begins with when it covers them instead of drawing one."""

from __future__ import annotations

import math

from loom.engine.backend import Backend
from loom.engine.request import Grow


def choose_firsts(backend: Backend, law: int, request: Grow) -> tuple[list[int], float]:
    """The first tokens of a growth, from the i-th law of the last batch, and their mass.

    From the likeliest down, none less likely than `min_probability`, until they hold `share` of
    the mass or are as many as there may be branches. There is always one, unless a grammar
    forbids all that are looked at; what it forbids is left out.
    """
    cover = request.cover
    assert cover is not None
    sampler = backend.sampler(request.sampling, request.seed)
    likeliest = backend.statistics([law], [0], request.n_branches + 1)
    firsts: list[int] = []
    mass = 0.0
    pairs = zip(likeliest.top_ids[0].tolist(), likeliest.top_logprobs[0].tolist(), strict=True)
    for token_id, logprob in pairs:
        p = math.exp(logprob)
        enough = mass >= cover.share or p < cover.min_probability
        if firsts and (enough or len(firsts) == request.n_branches):
            break
        may_be = not request.ending.min_tokens or not backend.ends_text(token_id)
        if may_be and sampler.permits(token_id):
            firsts.append(token_id)
            mass += p
    sampler.close()
    return firsts, mass
