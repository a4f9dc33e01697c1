"""The appendix in sentences, for write-ups that have no tables."""

from __future__ import annotations

from collections.abc import Iterator

from loom.formats.writeup.appendix import Appendix, ModelRow, RequestRow
from loom.formats.writeup.passages import count

HEADING = "How this was made"
SAME_AGAIN = (
    "Every branch of a growth draws from a hash of its seed and its number, so the same model, "
    "sampler and seed grow the same text."
)


def summary(appendix: Appendix) -> str:
    """What holds for all of it."""
    return f"loom {appendix.loom_version}. {appendix.verified} {SAME_AGAIN}"


def model_words(row: ModelRow) -> str:
    """One model: what it is, which file exactly, and what it ran on."""
    known = f"SHA-256 {row.sha256}" if row.sha256 else f"fingerprint {row.fingerprint}"
    return ", ".join(filter(None, (row.name, row.about, known, row.device, row.build)))


def request_words(row: RequestRow) -> str:
    """One growth: from where, how many, how long, and with which dice."""
    parts = [
        f"from node {row.at}: {count(row.n_branches, 'branch', 'branches')}",
        f"at most {count(row.max_tokens, 'token')}",
        row.ending,
        f"seed {row.seed}",
        row.sampler,
        f"{row.mode} mode",
        row.model,
        f"prompt SHA-256 {row.prompt_sha256[:16]}" if row.prompt_sha256 else "",
    ]
    return ", ".join(filter(None, parts))


def told(appendix: Appendix) -> Iterator[str]:
    """The whole appendix, a sentence or a row at a time."""
    yield summary(appendix)
    yield from map(model_words, appendix.models)
    yield from map(request_words, appendix.requests)
