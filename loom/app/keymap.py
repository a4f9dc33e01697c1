"""Every key of loom, once: bindings, footer, help screen and command palette are made from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

State = Literal["walking", "writing", "anywhere", "replaying"]
Group = Literal["Grow", "Walk", "Where branches meet", "Write", "Change", "Loom", "Replay"]
GROUPS: tuple[Group, ...] = (
    "Grow",
    "Walk",
    "Where branches meet",
    "Write",
    "Change",
    "Loom",
)


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a key does.

    `state` says when: while walking, while writing, or both; `replaying` is a screen of its own.
    `keys` are Textual's names, and each is bound to `action`, in which `{key}` stands for the key
    itself. `shown` is how a person reads
    them. `label` names it in the footer, where keys in a row with one label are drawn together; a
    key with no `rank` is not in the footer, and the others leave it from the highest rank on when
    there is no room.
    """

    id: str
    keys: tuple[str, ...]
    shown: str
    label: str
    help: str
    group: Group
    state: State = "walking"
    rank: int | None = None
    action: str = ""

    @property
    def has_choices(self) -> bool:
        """Whether its keys do different things."""
        return "{key}" in self.action

    def bindings(self) -> Iterator[Binding]:
        """What Textual binds."""
        for key in self.keys:
            yield Binding(
                key,
                (self.action or self.id).format(key=key),
                self.label,
                show=self.rank is not None,
                priority=self.state == "anywhere",
                key_display=self.shown,
                tooltip=self.help,
                id=self.id if len(self.keys) == 1 else f"{self.id}.{key}",
            )


_DIGITS = (*"123456789", "0")

KEYMAP: tuple[Key, ...] = (
    Key("grow", ("space",), "Space", "grow", "Grow new branches here", "Grow", rank=0),
    Key(
        "more_like_this",
        ("r",),
        "r",
        "more like this",
        "Grow more beside this text",
        "Grow",
        rank=7,
    ),
    Key("continue_branch", ("c",), "c", "go on", "Go on with this branch", "Grow"),
    Key("deeper", ("d",), "d", "deeper", "Grow several levels from here", "Grow"),
    Key("all_ends", ("D",), "D", "every end", "Grow at every end of the tree", "Grow"),
    Key("persons_turn", ("w",), "w", "your turn", "Let the model write your turn", "Grow"),
    Key("stop", ("escape",), "Esc", "stop", "Stop growing and keep what is there", "Grow"),
    Key(
        "more_branches",
        ("plus",),
        "+",
        "branches",
        "More branches",
        "Grow",
        action="change_branches(1)",
    ),
    Key(
        "fewer_branches",
        ("minus",),
        "-",
        "branches",
        "Fewer branches",
        "Grow",
        action="change_branches(-1)",
    ),
    Key(
        "longer",
        ("greater_than_sign",),
        ">",
        "tokens",
        "Longer branches",
        "Grow",
        action="change_tokens(1)",
    ),
    Key(
        "shorter",
        ("less_than_sign",),
        "<",
        "tokens",
        "Shorter branches",
        "Grow",
        action="change_tokens(-1)",
    ),
    Key(
        "parent",
        ("left", "h"),
        "← h",
        "walk",
        "To the parent",
        "Walk",
        rank=1,
        action="walk('parent')",
    ),
    Key(
        "child",
        ("right", "l"),
        "→ l",
        "walk",
        "To the child you were at last, or the first",
        "Walk",
        rank=1,
        action="walk('child')",
    ),
    Key(
        "previous",
        ("up", "k"),
        "↑ k",
        "walk",
        "To the sibling before",
        "Walk",
        rank=1,
        action="walk('previous')",
    ),
    Key(
        "next",
        ("down", "j"),
        "↓ j",
        "walk",
        "To the sibling after",
        "Walk",
        rank=1,
        action="walk('next')",
    ),
    Key(
        "enter_branch",
        _DIGITS,
        "1-9 0",
        "enter",
        "Into branch 1 to 9, or 10",
        "Walk",
        rank=2,
        action="enter_branch('{key}')",
    ),
    Key(
        "root",
        ("g", "home"),
        "g Home",
        "beginning",
        "To the beginning",
        "Walk",
        action="walk('root')",
    ),
    Key(
        "leaf",
        ("G", "end"),
        "G End",
        "end",
        "To the end of this road",
        "Walk",
        action="walk('leaf')",
    ),
    Key(
        "page_up",
        ("pageup",),
        "PgUp",
        "scroll",
        "Scroll the text back; you stay here",
        "Walk",
        action="scroll_text(-1)",
    ),
    Key(
        "page_down",
        ("pagedown",),
        "PgDn",
        "scroll",
        "Scroll the text on; you stay here",
        "Walk",
        action="scroll_text(1)",
    ),
    Key("fold", ("f",), "f", "fold", "Fold what follows from here in the outline", "Walk"),
    Key("fold_others", ("F",), "F", "fold others", "Fold all but the way here, or unfold", "Walk"),
    Key("hoist", ("H",), "H", "alone", "Show this subtree alone in the outline", "Walk"),
    Key(
        "next_join",
        ("m",),
        "m",
        "meet",
        "To the next place where branches meet",
        "Where branches meet",
        rank=4,
        action="walk_joins(1)",
    ),
    Key(
        "previous_join",
        ("M",),
        "M",
        "meet",
        "To the place before",
        "Where branches meet",
        action="walk_joins(-1)",
    ),
    Key(
        "evidence",
        ("enter",),
        "Enter",
        "where",
        "List where the shared words stand",
        "Where branches meet",
    ),
    Key("write", ("i",), "i", "write", "Write: a message, or the next words", "Write", rank=3),
    Key(
        "begin_answer",
        ("I",),
        "I",
        "answer",
        "Write the beginning of the answer",
        "Write",
    ),
    Key(
        "add",
        ("enter",),
        "Enter",
        "add",
        "Add what you wrote; in a chat, answers grow",
        "Write",
        state="writing",
        rank=0,
    ),
    Key(
        "newline",
        ("ctrl+j",),
        "Ctrl+J",
        "new line",
        "A new line",
        "Write",
        state="writing",
        rank=1,
    ),
    Key(
        "leave",
        ("escape",),
        "Esc",
        "walk on, draft kept",
        "Back to walking; the draft stays",
        "Write",
        state="writing",
        rank=2,
    ),
    Key(
        "special_tokens",
        ("ctrl+t",),
        "Ctrl+T",
        "special tokens",
        "Special tokens by their names, or text",
        "Write",
        state="writing",
    ),
    Key(
        "cut_word_back",
        ("left_square_bracket",),
        "[",
        "cut",
        "Cut a word off; Space grows from there",
        "Change",
        rank=7,
        action="cut('word', -1)",
    ),
    Key(
        "cut_word_on",
        ("right_square_bracket",),
        "]",
        "cut",
        "Keep a word more",
        "Change",
        rank=7,
        action="cut('word', 1)",
    ),
    Key(
        "cut_sentence_back",
        ("left_curly_bracket",),
        "{",
        "cut a sentence",
        "Cut a sentence off the end",
        "Change",
        action="cut('sentence', -1)",
    ),
    Key(
        "cut_sentence_on",
        ("right_curly_bracket",),
        "}",
        "keep a sentence",
        "Keep a sentence more",
        "Change",
        action="cut('sentence', 1)",
    ),
    Key("undo", ("u",), "u", "undo", "Undo, and say what it was", "Change", rank=7),
    Key("redo", ("U",), "U", "redo", "Redo", "Change"),
    Key("bookmark", ("b",), "b", "bookmark", "Bookmark this text, or no longer", "Change"),
    Key("hide", ("x",), "x", "hide", "Hide this text and all that hangs from it", "Change"),
    Key("copy_text", ("y",), "y", "copy", "Copy this text", "Loom"),
    Key("copy_path", ("Y",), "Y", "copy path", "Copy everything from the beginning", "Loom"),
    Key("outline", ("o",), "o", "outline", "Show the outline, or put it away", "Loom", rank=5),
    Key("mode", ("p",), "p", "plain or chat", "Plain text or chat, by which template", "Loom"),
    Key("exact_tokens", ("v",), "v", "view tokens", "What the model sees: exact tokens", "Loom"),
    Key("model", ("at",), "@", "model", "Grow with another model", "Loom", rank=8),
    Key("unload", ("Z",), "Z", "unload", "Unload every model; growing loads it again", "Loom"),
    Key("help", ("question_mark",), "?", "help", "All keys", "Loom", rank=6),
    Key(
        "quit",
        ("q",),
        "q",
        "quit",
        "Quit; everything is saved already",
        "Loom",
        rank=9,
        action="app.quit",
    ),
    Key(
        "interrupt",
        ("ctrl+c",),
        "Ctrl+C",
        "stop",
        "Stop growing; pressed again, quit",
        "Loom",
        state="anywhere",
        action="app.interrupt",
    ),
    Key(
        "quit_anywhere",
        ("ctrl+q",),
        "Ctrl+Q",
        "quit",
        "Quit, also while writing",
        "Loom",
        state="anywhere",
        action="app.quit",
    ),
    Key(
        "palette",
        ("ctrl+p",),
        "Ctrl+P",
        "commands",
        "Commands and themes",
        "Loom",
        state="anywhere",
        action="app.command_palette",
    ),
)


def bindings(state: State, keys: Sequence[Key] = KEYMAP) -> list[BindingType]:
    """What is bound in one of the states."""
    return [binding for key in keys if key.state == state for binding in key.bindings()]


def footer(state: State, keys: Sequence[Key] = KEYMAP) -> list[tuple[str, str]]:
    """Keys and label for the footer, the most needed first; keys of one label in one entry."""
    entries: dict[str, tuple[int, str]] = {}
    for key in keys:
        if key.state == state and key.rank is not None:
            _, before = entries.get(key.label, (0, ""))
            entries[key.label] = (key.rank, before + key.shown.split()[0])
    ranked = sorted(entries.items(), key=lambda entry: entry[1][0])
    return [(keys, label) for label, (_, keys) in ranked]
