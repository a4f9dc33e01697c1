"""A screen in the characters of a terminal that is not set to UTF-8."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_STAND_INS = {
    **dict.fromkeys("─━┄═▔▁▂▃", "-"),
    **dict.fromkeys("│┃┊╎▌▏▎▍", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼┝┡┯┱┠┿┗┕", "+"),
    **dict.fromkeys("█▉▊▋▇▆▅▄▓", "#"),
    **dict.fromkeys("▒░", ":"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("–·", "-"),
    **dict(zip("←→↑↓⇧▸▾‹›", "<>^v^>v<>", strict=True)),
    **dict(zip("○●■▲▼◘◆★†§≈…×¶↵", "o*#^v%@*!$~.x/$", strict=True)),
}


class WithoutUnicode(LineFilter):
    """Draws what the encoding lacks with what it has; every column stays where it is."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding
        self._drawn: dict[str, str] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The same cells in other characters."""
        return [
            segment
            if segment.text.isascii()
            else Segment("".join(map(self._character, segment.text)), *segment[1:])
            for segment in segments
        ]

    def _character(self, character: str) -> str:
        if character not in self._drawn:
            has_it = can_draw(character, self._encoding)
            stand_in = _STAND_INS.get(character, "?" * cell_len(character))
            self._drawn[character] = character if has_it else stand_in
        return self._drawn[character]


def can_draw(text: str, encoding: str) -> bool:
    """Whether an encoding has these characters."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
