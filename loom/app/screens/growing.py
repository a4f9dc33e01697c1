"""What the main screen does about growing: branches here, beside, further on, and everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from loom.app.meetings import Place
from loom.app.screens.speaking import SpeakingScreen
from loom.app.words import listed
from loom.errors import LoomError
from loom.records import Sampling
from loom.session import GrowSettings, Notice
from loom.session.from_nothing import begin_blank
from loom.session.plans import Plan
from loom.tree.origins import growth_of

_N_TOKENS = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
_MOST_BRANCHES = 999
_MOST_TENTHS = 30


class GrowingScreen(SpeakingScreen):
    """The part of the main screen that grows; the rest is the main screen's own."""

    def _stand_at(self, node_id: str, place: Place | None = None, item: str | None = None) -> None:
        raise NotImplementedError

    @property
    def is_growing(self) -> bool:
        """Whether there is anything to stop."""
        return bool(self._tree.growing_ids) or self._session.progress is not None

    def _n_awaited(self, node_id: str | None) -> int:
        """Branches asked for at a node that have not begun."""
        return 0 if node_id is None else self._session.waiting_at(node_id)

    def action_grow(self) -> None:
        """Grow branches here."""
        if self.space.here is None:
            self._grow_from_nothing()
        elif self._is_persons_turn_at(self.space.here):
            self._hint_at_persons_turn()
        else:
            self._grow_at(self.space.here)

    def _grow_from_nothing(self) -> None:
        """Grow what a model says when nothing was said; a chat begins with a message."""
        try:
            blank = begin_blank(self._session)
        except LoomError as error:
            self._say(Notice("information", error.what, "⟨write⟩ writes it."))
            return
        self._take_news()
        self._stand_at(blank)
        self._grow_at(blank)

    def action_more_like_this(self) -> None:
        """Grow more siblings of this node, as it was grown itself."""
        here = self.space.here
        parent_id = None if here is None else self._tree.node(here).parent_id
        if here is None or parent_id is None:
            self._say(Notice("information", "This is the beginning.", "⟨grow⟩ grows from it."))
        else:
            asks = self._tree.node(here).role == "user"
            settings = replace(self._settings_of(here), speaker="user" if asks else "next")
            self._grow_at(parent_id, settings)

    def action_continue_branch(self) -> None:
        """Go on with this branch: one, drawn as it was drawn itself."""
        here = self.space.here
        if here is not None and self._is_persons_turn_at(here):
            self._hint_at_persons_turn()
        elif here is not None:
            self._grow_at(here, self._settings_of(here).continuing())

    def action_deeper(self) -> None:
        """Ask how many levels and branches are to grow from here."""
        here = self.space.here
        if here is not None and self._is_persons_turn_at(here):
            self._hint_at_persons_turn()
        elif here is not None:
            self._ask_for_plan((here,))

    def action_all_ends(self) -> None:
        """Ask how many branches are to grow at every end of the tree."""
        leaves = self._session.leaves()
        if leaves:
            self._ask_for_plan(leaves)
        else:
            self._say(Notice("information", "No text here has an open end.", "⟨write⟩ writes."))

    def _ask_for_plan(self, node_ids: tuple[str, ...]) -> None:
        from loom.app.screens.plan import PlanScreen

        plan = Plan(node_ids, self._session.settings, depth=1 if len(node_ids) > 1 else 2)
        self.app.push_screen(PlanScreen(plan, self._session.estimate), self._plant)

    def _plant(self, plan: Plan | None) -> None:
        if plan is None:
            return
        try:
            self._session.plant(plan)
        except LoomError as error:
            self._say(Notice("warning", error.what, error.remedy))
        self._take_news()

    def _settings_of(self, node_id: str) -> GrowSettings:
        """How a node was grown; a typed one is followed as anything is now."""
        request = growth_of(self._tree, node_id)
        return self._session.settings if request is None else GrowSettings.like(request)

    def _grow_at(self, node_id: str, settings: GrowSettings | None = None) -> None:
        try:
            self._session.grow(node_id, settings)
        except LoomError as error:
            self._say(Notice("warning", error.what, error.remedy))
            return
        self._take_news()

    def action_stop(self) -> None:
        """Stop growing; with nothing growing, let go of the join that was asked for."""
        if self.is_growing:
            self._session.stop()
            self._take_news()
        elif self.space.here is not None and self.space.place is not None:
            self._stand_at(self.space.here)

    def action_unload(self) -> None:
        """Free the memory of every model; what grows stops and is kept."""
        status = self._session.status
        loaded = (status.name,) if status.state in ("loading", "ready") else ()
        names = (*loaded, *status.others)
        if not names:
            self._say(Notice("information", "No model is loaded.", "Growing loads one."))
            return
        self._session.unload_model()
        self._take_news()
        were = "was" if len(names) == 1 else "were"
        what = f"{listed(names)} {were} unloaded; the memory is free."
        self._say(Notice("information", what, "Growing loads it again."))

    # Two models

    def action_second_model(self) -> None:
        """Choose a second model; pressed again, put it away."""
        from loom.app.screens.model import ModelScreen

        second = self._session.second
        if second.reference is not None:
            name = second.name
            second.put_away()
            self.space.show_state()
            self._say(
                Notice(
                    "information", f"{name} is put away.", "⟨second_model⟩ chooses a second model."
                )
            )
            return
        picker = ModelScreen("", title="A second model, beside the first")
        self.app.push_screen(picker, self._choose_second)

    def _choose_second(self, model: str | None) -> None:
        if model is None:
            return
        try:
            self._session.second.choose(str(Path(model).expanduser()))
        except LoomError as error:
            self._say(Notice("error", error.what, error.remedy))
            return
        self.space.show_state()
        told = f"{self._session.second.name} stands beside."
        self._say(
            Notice(
                "information",
                told,
                "⟨grow_with_both⟩ grows with both, ⟨tokens⟩ shows both models' words.",
            )
        )

    def action_grow_with_both(self) -> None:
        """Grow here with the session's model, and with the second one."""
        here, second = self.space.here, self._session.second.reference
        if second is None:
            self._say(
                Notice(
                    "information", "There is no second model yet.", "⟨second_model⟩ chooses one."
                )
            )
        elif here is None:
            self.action_grow()
        elif self._is_persons_turn_at(here):
            self._hint_at_persons_turn()
        else:
            self._grow_at(here)
            self._grow_at(self.space.here or here, replace(self._session.settings, model=second))

    def action_change_branches(self, by: int) -> None:
        """Grow more or fewer at once."""
        n = self._session.settings.n_branches + by
        self._set(replace(self._session.settings, n_branches=min(max(1, n), _MOST_BRANCHES)))

    def action_change_tokens(self, by: int) -> None:
        """Grow longer or shorter branches."""
        now = self._session.settings.max_tokens
        others = [n for n in _N_TOKENS if (n > now if by > 0 else n < now)]
        tokens = now if not others else min(others) if by > 0 else max(others)
        self._set(replace(self._session.settings, max_tokens=tokens))

    def action_change_temperature(self, by: int) -> None:
        """Flatter or sharper, by a tenth."""
        sampling = self._session.settings.sampling
        tenths = round(10 * sampling.temperature) + by
        temperature = min(max(0, tenths), _MOST_TENTHS) / 10
        sampling = replace(sampling, temperature=temperature)
        self._set(replace(self._session.settings, sampling=sampling))

    def action_sampler(self) -> None:
        """Ask how tokens are to be drawn from now on."""
        from loom.app.screens.sampler import SamplerScreen

        screen = SamplerScreen(self._session.settings.sampling)
        self.app.push_screen(screen, self._sample_so)

    def _sample_so(self, sampling: Sampling | None) -> None:
        if sampling is not None:
            self._set(replace(self._session.settings, sampling=sampling))

    def _set(self, settings: GrowSettings) -> None:
        self._session.settings = settings
        self.space.show_branches(self._n_awaited(self.space.here))
        self.space.show_state()
