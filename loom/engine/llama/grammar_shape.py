"""What is looked for in a grammar (GBNF) before llama.cpp reads it.

A rule that comes back to itself before it has read anything, with something behind it, makes
llama.cpp fill the memory with what is still to come. It finds only the plain cases by itself, so
the rules are read here too, as far as that takes: which may be empty, and which lead to which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from loom.errors import UsageError

MOST_BYTES = 1 << 16
"""llama.cpp follows rules by calling itself as deeply as they lead to one another."""

DEEPEST = 200
"""Brackets within brackets: llama.cpp calls itself for each."""

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\r\n]*)
  | (?P<rule> (?P<name> [A-Za-z0-9-]+) \s* ::=)
  | (?P<reference> [A-Za-z0-9-]+)
  | (?P<nothing> "")
  | (?P<terminal> "(?:\\.|[^"\\])+" | \[(?:\\.|[^\]\\])*\] | \.)
  | (?P<open> \() | (?P<close> \)) | (?P<or> \|) | (?P<token> !?<)
  | (?P<times> [*+?] | \{[^}]*\})
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class _Item:
    """One thing of a sequence: a rule, or a terminal (None)."""

    rule: str | None
    may_be_left_out: bool = False
    repeats: bool = False


@dataclass(slots=True)
class _Rule:
    ways: list[list[_Item]] = field(default_factory=lambda: [[]])


def check_shape(text: str) -> None:
    """UsageError for a grammar that llama.cpp cannot be trusted with; it may still not parse."""
    if len(text.encode()) > MOST_BYTES:
        raise UsageError(
            f"The grammar is longer than {MOST_BYTES // 1024} KiB.", "Leave out what is not needed."
        )
    rules = _read(text)
    growing = _growing_circle(rules)
    if growing is not None:
        raise UsageError(
            f"The rule {growing.partition(' ')[0]} of the grammar comes back to itself before it "
            "has read anything.",
            "Put what it reads first in front.",
        )


def _read(text: str) -> dict[str, _Rule]:
    """The rules by name; brackets become rules too, with names that no rule can have."""
    rules: dict[str, _Rule] = {}
    open_rules: list[str] = []
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup if found["name"] is None else "rule"
        if kind == "rule":
            open_rules = [found["name"]]
            rules[found["name"]] = _Rule()
            continue
        if kind == "token":
            # A token's name behind a letter lets llama.cpp choose tokens that it then refuses.
            line = text.count("\n", 0, found.start()) + 1
            raise UsageError(
                f"The grammar names a token by its name or number in line {line}.",
                "Spell the text of the token between quotation marks.",
            )
        if not open_rules:
            continue
        ways = rules[open_rules[-1]].ways
        match kind:
            case "reference":
                ways[-1].append(_Item(found[0]))
            case "terminal":
                ways[-1].append(_Item(None))
            case "or":
                ways.append([])
            case "open":
                name = f"{open_rules[0]} {len(rules)}"
                rules[name] = _Rule()
                open_rules.append(name)
                _check_depth(len(open_rules) - 1)
            case "close" if len(open_rules) > 1:
                name = open_rules.pop()
                rules[open_rules[-1]].ways[-1].append(_Item(name))
            case "times" if ways[-1]:
                ways[-1][-1].may_be_left_out |= found[0][0] in "*?{"
                ways[-1][-1].repeats |= found[0] != "?"
    return rules


def _check_depth(depth: int) -> None:
    if depth > DEEPEST:
        raise UsageError(
            f"The grammar has more than {DEEPEST} brackets within brackets.",
            "Give the inner ones rules of their own.",
        )


def _growing_circle(rules: dict[str, _Rule]) -> str | None:
    """A rule that can come back to itself with more behind it, having read nothing."""
    empty = _maybe_empty(rules)
    leads: dict[str, set[str]] = {name: set() for name in rules}
    growing: list[tuple[str, str]] = []
    for name, rule in rules.items():
        for way in rule.ways:
            for place, item in enumerate(way):
                if item.rule in rules:
                    leads[name].add(item.rule)
                    if item.repeats or place + 1 < len(way):
                        growing.append((name, item.rule))
                if not (item.may_be_left_out or item.rule in empty):
                    break
    circle_of = _circles(leads)
    return next((name for name, next_ in growing if circle_of[name] == circle_of[next_]), None)


def _maybe_empty(rules: dict[str, _Rule]) -> set[str]:
    """The rules that may read nothing; a `{` counts as if it allowed none at all."""
    empty: set[str] = set()
    waiting: dict[str, list[str]] = {}
    for name, rule in rules.items():
        for way in rule.ways:
            for item in way:
                if item.rule in rules:
                    waiting.setdefault(item.rule, []).append(name)
    todo = list(rules)
    while todo:
        name = todo.pop()
        if name not in empty and any(
            all(item.may_be_left_out or item.rule in empty for item in way)
            for way in rules[name].ways
        ):
            empty.add(name)
            todo += waiting.get(name, ())
    return empty


def _circles(leads: dict[str, set[str]]) -> dict[str, int]:
    """A number for each rule, the same for those that lead to one another (Kosaraju)."""
    order = _finished(leads)
    back: dict[str, set[str]] = {name: set() for name in leads}
    for name, others in leads.items():
        for other in others:
            back[other].add(name)
    number: dict[str, int] = {}
    for i, start in enumerate(reversed(order)):
        todo = [start]
        while todo:
            name = todo.pop()
            if name not in number:
                number[name] = i
                todo += back[name] - number.keys()
    return number


def _finished(leads: dict[str, set[str]]) -> list[str]:
    """The rules in the order in which a search in depth is done with them."""
    order: list[str] = []
    met: set[str] = set()
    for start in leads:
        if start in met:
            continue
        met.add(start)
        path = [(start, iter(leads[start]))]
        while path:
            name, others = path[-1]
            other = next((other for other in others if other not in met), None)
            if other is None:
                order.append(name)
                path.pop()
            else:
                met.add(other)
                path.append((other, iter(leads[other])))
    return order
