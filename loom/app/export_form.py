"""An export as a form: a line for each question, asked only where a format has an answer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loom.app.display import shown_words
from loom.errors import UsageError
from loom.formats.choice import Choice
from loom.formats.material import Wording
from loom.formats.table import DATA_FORMATS, FORMATS, Format
from loom.session.exporter import Order
from loom.session.exporting import marked
from loom.tree.graph import Tree

_FIGURES = ("latex", "svg", "png", "pdf")
_WRITEUPS = ("markdown", "html", "latex", "text")


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers to a question, in a word or two, and what it means."""

    value: Any
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `formats` are those that it concerns, None for all but copies of sessions."""

    name: str
    label: str
    answers: tuple[Answer, ...]
    formats: tuple[str, ...] | None = None

    def concerns(self, form: Format) -> bool:
        """Whether a format has an answer to it."""
        return form.name != "loom" if self.formats is None else form.name in self.formats


@dataclass(frozen=True, slots=True)
class Number:
    """A limit, typed; empty for none."""

    name: str
    label: str
    note: str


LIMITS = (
    Number("depth", "depth", "texts one after another at most"),
    Number("n_nodes", "texts", "in all at most; the rest is counted"),
    Number("n_characters", "characters", "of each text at most"),
)

FORMAT = Question(
    "form",
    "format",
    tuple(Answer(form, form.name, form.about) for form in FORMATS),
    tuple(form.name for form in FORMATS),
)

_WORDING = (
    Question(
        "flavour",
        "flavour",
        (Answer("github", "GitHub"), Answer("obsidian", "Obsidian", "callouts, block names")),
        ("markdown",),
    ),
    Question(
        "arrangement",
        "branches",
        (Answer("nested", "nested"), Answer("chapters", "a chapter each", "with links between")),
        ("markdown",),
    ),
    Question(
        "tokens",
        "tokens",
        (
            Answer(True, "shaded", "by how unlikely they were, alternatives on hover"),
            Answer(False, "plain", "a smaller page"),
        ),
        ("html",),
    ),
    Question(
        "n_branches",
        "branches",
        (
            Answer(12, "12", "in the figure, those first that meet"),
            Answer(24, "24", "in the figure"),
            Answer(6, "6", "in the figure"),
            Answer(None, "all", "in the figure, however tall it gets"),
        ),
        _FIGURES,
    ),
    Question(
        "check",
        "appendix",
        (
            Answer("none", "how it was made", "models, hashes, samplers, seeds"),
            Answer("file", "and the file verified", "every hash derived again"),
            Answer("models", "and its models asked", "scored and grown again; takes a while"),
            Answer(None, "left out"),
        ),
        _WRITEUPS,
    ),
    Question(
        "alternatives",
        "tokens",
        (
            Answer("kept", "all that were likely", "with their probabilities"),
            Answer("left out", "only those written", "a much smaller file"),
        ),
        ("loom",),
    ),
    Question(
        "hidden", "hidden texts", (Answer(False, "left out"), Answer(True, "shown like the others"))
    ),
)


def questions(tree: Tree, here: str | None, *, with_joins: bool) -> tuple[Question, ...]:
    """All that can be asked of this tree, in the order of the form."""
    scope = Question("scope", "what", tuple(_scopes(tree, here, with_joins=with_joins)))
    anything_hidden = tree.n_visible < len(tree)
    rest = [one for one in _WORDING if one.name != "hidden" or anything_hidden]
    return (scope, FORMAT, *rest)


def _scopes(tree: Tree, here: str | None, *, with_joins: bool) -> Sequence[Answer]:
    """The parts that there are; a part that would be empty is not offered."""
    found = [Answer(Choice(), "everything", "all that is not hidden")]
    if here is not None:
        found += [
            Answer(Choice(path_to=here), "the road here", "from the beginning to this text"),
            Answer(Choice(at=here), "from here on", "this text and all that hangs from it"),
        ]
    try:
        bookmarked = marked(tree, bookmarked=True, tags=())
        found.append(Answer(Choice(through=bookmarked), "bookmarked", "roads through bookmarks"))
    except UsageError:
        # Nothing is bookmarked, so there is nothing to offer.
        pass
    names = dict.fromkeys(tag.name for one in tree.marked_ids for tag in tree.marks(one).tags)
    for name in names:
        through = marked(tree, bookmarked=False, tags=(name,))
        found.append(
            Answer(Choice(through=through), f"tagged {shown_words(name)}", "roads through it")
        )
    if with_joins:
        found.append(Answer(Choice(joins_only=True), "where branches meet", "only those roads"))
    return found


def order_of(answers: Mapping[str, Any], limits: Mapping[str, str]) -> Order:
    """The export that the form asks for; UsageError for a limit of nothing."""
    form: Format = answers["form"]
    scope: Choice = answers["scope"]
    check = answers["check"]
    if form.name == "loom":
        return Order(form, alternatives=answers["alternatives"])
    found = _limited(limits)
    return Order(
        form=form,
        choice=replace(
            scope,
            depth=found.get("depth"),
            n_nodes=found.get("n_nodes"),
            n_characters=found.get("n_characters"),
            hidden=answers.get("hidden", False) and asks_hidden(answers),
        ),
        wording=Wording(
            flavour=answers["flavour"],
            arrangement=answers["arrangement"],
            appendix=check is not None,
            n_branches=answers["n_branches"],
            tokens=answers["tokens"],
        ),
        check=check or "none",
    )


def asks_hidden(answers: Mapping[str, Any]) -> bool:
    """Whether hidden texts may be left out: data of everything is everything."""
    return answers["scope"] != Choice() or answers["form"] not in DATA_FORMATS


def _limited(limits: Mapping[str, str]) -> dict[str, int]:
    found = {name: int(text) for name, text in limits.items() if text}
    for limit in LIMITS:
        if found.get(limit.name) == 0:
            raise UsageError(f"{limit.label.capitalize()} is 0.", "Give a number from 1 on.")
    return found
