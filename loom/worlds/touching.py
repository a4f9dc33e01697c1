"""Which latents a stretch of a town's text may read or change: all others are nothing to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loom.worlds.beat import END
from loom.worlds.law import Table
from loom.worlds.telling import lead_before
from loom.worlds.town import Town
from loom.worlds.wording import Rule, Slot, Text, Unit, Wordings, parts_of, units_of


class Touching:
    """Answers for one town, as places in `Values`, in order; rather too many than too few."""

    def __init__(self, town: Town) -> None:
        """Look at `town`."""
        self._town = town
        self._rules: dict[Rule, frozenset[str]] = {}
        self._entries: dict[tuple[str, str], frozenset[str]] = {}

    def unit(self, unit: Unit) -> tuple[int, ...]:
        """What the words of a unit touch."""
        return self._places(self._of_parts(unit))

    def entry(self, before: str, name: str) -> tuple[int, ...]:
        """What the first token of a beat touches that comes after another."""
        return self._places(self._of_entry(before, name))

    def _places(self, latents: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted(self._town.order[latent] for latent in latents))

    def _with_givens(self, latents: Iterable[str]) -> frozenset[str]:
        """Some latents and all that they depend on when they are drawn."""
        found = set()
        for latent in latents:
            one: str | None = latent
            while one is not None:
                found.add(one)
                one = self._town.latents[one].given
        return frozenset(found)

    def _of_parts(self, parts: Sequence[Text | Slot | Rule | Wordings]) -> frozenset[str]:
        return frozenset().union(*(self._of_part(part) for part in parts))

    def _of_part(self, part: Text | Slot | Rule | Wordings) -> frozenset[str]:
        match part:
            case Text():
                return frozenset()
            case Slot(name):
                return self._with_givens(self._town.slots[name].needs)
            case Wordings(options):
                return frozenset().union(*map(self._of_parts, options))
            case Rule():
                return self._of_rule(part)

    def _of_rule(self, rule: Rule) -> frozenset[str]:
        known = self._rules.get(rule)
        if known is None:
            town = self._town
            needs = () if rule.key is None else town.keys[rule.key].needs
            tables = [
                table
                for name, table in town.rules.items()
                if name == rule.name or (rule.key is not None and name.startswith(f"{rule.name}."))
            ]
            templates = [parts_of(one) for table in tables for one in table.options]
            known = self._with_givens(needs).union(*map(self._of_parts, templates))
            self._rules[rule] = known
        return known

    def _of_entry(self, before: str, name: str) -> frozenset[str]:
        known = self._entries.get((before, name))
        if known is None:
            beat = self._town.beats[name]
            found = self._with_givens((*beat.forgets, *dict(beat.sets), *beat.turns))
            leads = lead_before(before, self._town.beats[before], beat).options
            for template in beat.sentences.options:
                units = units_of(template)
                if units:
                    found |= self._of_parts(units[0])
                elif "" in leads:
                    # Nothing is said here: the first token is that of what follows.
                    found |= self._of_roads(name)
            known = self._entries[before, name] = found
        return known

    def _of_roads(self, name: str) -> frozenset[str]:
        then = self._town.beats[name].then
        tables = [then] if isinstance(then, Table) else list(then.values())
        page = () if isinstance(then, Table) else ("page",)
        after = {road for table in tables for road in table.options} - {END}
        return self._with_givens(page).union(*(self._of_entry(name, road) for road in after))
