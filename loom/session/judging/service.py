"""Judging beside everything else: a thread that asks the engine in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from loom.engine.events import EngineEvent
from loom.engine.request import LoadSpec
from loom.errors import LoomError, UsageError
from loom.records import FloorFound, Join, JudgeSettings, JudgingCost
from loom.session.judging.scope import Asked, looked_at, stride_of
from loom.session.judging.vocabulary import Vocabulary
from loom.session.model_source import is_world
from loom.session.news import News
from loom.session.prompt_maker import PromptMaker
from loom.session.residents import Heard, Loss
from loom.tree.events import FuturesJudged, TreeEvent
from loom.tree.graph import Tree

if TYPE_CHECKING:
    from loom.convergence.futures import FutureBank
    from loom.convergence.spots import Spot
    from loom.session.judging.asking import EngineScorer
    from loom.session.judging.engines import Engines
    from loom.session.judging.rounds import Work

MOST_SPOTS = 1_000
"""Places that are compared in one run: each is looked at beside every other."""

MOST_KEPT = 500
"""Places of which futures are kept from one run to the next."""

NEUTRAL = "This is a text.\n\n"


@dataclass(frozen=True, slots=True)
class JudgingStatus:
    """How far judging is, what this run of it cost, and the branches that cannot be judged.

    `left_out` maps a node to the reason why.
    """

    running: bool = False
    spent: JudgingCost = field(default_factory=JudgingCost)
    n_not_reached: int = 0
    left_out: dict[str, str] = field(default_factory=dict)


class Judging:
    """The judge of one session. `start` belongs to the thread that owns the tree.

    What is found is appended to the journal as it is found, and reaches the tree with all else.
    """

    def __init__(self, path: Path, append: Callable[..., None], news: News) -> None:
        self._path = path
        self._append: Callable[[TreeEvent], None] = append
        self._news = news
        self._scorer: EngineScorer | None = None
        self._thread: threading.Thread | None = None
        self._bank: FutureBank | None = None
        self._vocabulary = Vocabulary()
        self._status = JudgingStatus()
        self.failure: LoomError | None = None

    @property
    def status(self) -> JudgingStatus:
        """How far it is; from any thread."""
        return self._status

    def in_front_of(self, heard: Heard) -> Heard:
        """Those who hear the engines, with what is meant for the judge taken out."""

        def events(said: tuple[EngineEvent, ...]) -> None:
            scorer = self._scorer
            heard.events(said if scorer is None else tuple(scorer.hear(said)))

        def lost(request_ids: Iterable[str], why: Loss) -> None:
            scorer = self._scorer
            heard.lost(request_ids if scorer is None else scorer.lose(request_ids, why), why)

        return Heard(events, lost, heard.say, heard.hashed)

    def start(
        self,
        tree: Tree,
        spec: LoadSpec,
        prompts: PromptMaker,
        words: Sequence[Join],
        asked: Asked,
        engines: Engines,
    ) -> None:
        """Begin to judge; what was being judged is stopped.

        LoomError if nothing can be: what, and why.
        """
        # What judges is loaded with the first judgement, not with the program.
        from loom.convergence.spots import spots_of
        from loom.convergence.suspected import suspected_pairs
        from loom.session.judging.asking import EngineScorer, JudgedBy
        from loom.session.judging.reading import TreeReader
        from loom.session.judging.rounds import Work

        self.stop()
        chosen = looked_at(tree, asked)
        reader = TreeReader(tree, self._path, spec, prompts, self._vocabulary)
        found = spots_of(tree, chosen, reader, stride_of(spec))
        self.failure = None
        self._status = JudgingStatus(left_out=dict(found.left_out))
        fitting = _fitting(found.spots, self._vocabulary.source(spec).window, asked.settings)
        if len(fitting) < len(found.spots):
            n_long = len(found.spots) - len(fitting)
            self._news.say("warning", f"{n_long} places lie too deep for {spec.name}'s window.", "")
        chosen_spots = fitting[:: -(-len(fitting) // MOST_SPOTS) or 1]
        pairs = asked.pairs_among(tree, chosen_spots)
        if asked.join is not None and not pairs:
            raise _no_place_behind()
        marks = reader.document_marks()
        neutral = () if any(marks) else reader.tokens_of(NEUTRAL, special=False)
        work = Work(
            model_name=spec.name,
            spots=chosen_spots,
            suspected=suspected_pairs(words, chosen_spots),
            pairs=pairs,
            settings=asked.settings,
            budget=replace(asked.budget, tokens_per_s=_pace_before(tree, spec)),
            floor=_known_floor(tree, spec, asked.settings),
            exact=is_world(spec),
            has_vectors=asked.embedder is not None or not is_world(spec),
            neutral=neutral,
            n_beyond=len(fitting) - len(chosen_spots),
            n_left_before=tree.judged[-1].n_not_reached if tree.judged else 0,
        )
        pieces = reader.known_pieces()
        if self._scorer is not None and self._scorer.fingerprint == spec.fingerprint:
            pieces.update(self._scorer.known_pieces)
        by = JudgedBy(spec.fingerprint, *marks, pieces)
        self._begin(work, EngineScorer(by, engines.futures, engines.vectors))

    def _begin(self, work: Work, scorer: EngineScorer) -> None:
        self._scorer, self._bank = scorer, self._bank_for(scorer, work.settings)
        self._status = replace(self._status, running=True)
        self._thread = threading.Thread(
            target=self._run, args=(self._bank, work), name="loom judge", daemon=True
        )
        self._thread.start()

    def make_ready(self, spec: LoadSpec) -> None:
        """Read behind what `start` with this model would otherwise wait for."""
        self._vocabulary.read_behind(spec)

    def stop(self) -> None:
        """End what is being judged; what was found is kept."""
        if self._scorer is not None:
            self._scorer.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wait(self) -> None:
        """Until judging has ended; LoomError if it ended because it could not go on."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self.failure is not None:
            raise self.failure

    def _bank_for(self, scorer: EngineScorer, settings: JudgeSettings) -> FutureBank:
        """What was drawn before is not drawn again: more looks at a place cost only these."""
        from loom.convergence.futures import FutureBank

        bank = self._bank
        if bank is None or not bank.serves(scorer, settings) or len(bank) > MOST_KEPT:
            return FutureBank(scorer, settings)
        return bank.handed_to(scorer)

    def _run(self, bank: FutureBank, work: Work) -> None:
        from loom.convergence.scorer import ScoringStopped
        from loom.session.judging.rounds import rounds

        spent, n_not_reached = JudgingCost(), 0
        left_out = self._status.left_out
        try:
            for found in rounds(bank, work):
                spent, n_not_reached = found.spent, found.n_not_reached
                self._status = JudgingStatus(True, spent, n_not_reached, left_out)
                self._append(FuturesJudged(time.time(), found))
        except ScoringStopped:
            pass
        except LoomError as error:
            self.failure = error
            self._news.say("warning", error.what, error.remedy)
        finally:
            self._status = JudgingStatus(False, spent, n_not_reached, left_out)
            self._news.rouse()


def _no_place_behind() -> UsageError:
    return UsageError(
        "There is no place behind these words where what follows could be compared.",
        "Grow a little further on both branches.",
    )


def _fitting(
    spots: Sequence[Spot], window: int | None, settings: JudgeSettings
) -> tuple[Spot, ...]:
    """The spots that a model can read with a future behind them and a document in front."""
    from loom.session.judging.rounds import DOCUMENT_TOKENS

    most = None if window is None else window - settings.horizon - DOCUMENT_TOKENS - 2
    return tuple(spot for spot in spots if most is None or len(spot.history) <= most)


def _pace_before(tree: Tree, spec: LoadSpec) -> float | None:
    """Tokens a second of the last run of this model's that told them."""
    for one in reversed(tree.judged):
        if one.model == spec.fingerprint and one.spent.elapsed_s > 0:
            return one.spent.n_tokens / one.spent.elapsed_s
    return None


def _known_floor(tree: Tree, spec: LoadSpec, settings: JudgeSettings) -> FloorFound | None:
    for one in reversed(tree.judged):
        if one.model == spec.fingerprint and one.settings == settings:
            return one.floor
    return None
