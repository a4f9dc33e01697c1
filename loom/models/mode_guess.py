"""Whether a model was made for chat or only read text: a guess, because files do not say.

That a file has a chat template proves little: makers copy it into their base models too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loom.models.gguf_file import GgufMetadata
from loom.models.split import model_stem
from loom.tree.events import Mode

_WORD = re.compile(r"[a-z]+|\d+")
_CHAT_WORDS = {"chat", "instruct", "instruction", "it", "assistant", "conversational"}
_CHAT_WORDS |= {"sft", "dpo", "rlhf", "thinking", "reasoning"}
_BASE_WORDS = {"base", "pretrained", "pretrain", "pt", "foundation"}


@dataclass(frozen=True, slots=True)
class ModeGuess:
    """What a model was probably made for (None: cannot tell) and the reason in words."""

    mode: Mode | None
    why: str


def guess_mode(metadata: GgufMetadata) -> ModeGuess:
    """Guess from what the makers wrote, then from names, then from there being no template."""
    sources = (
        ("it is marked as", metadata.finetune),
        ("its name says", metadata.name),
        ("its file name says", model_stem(metadata.path)),
        ("its tags say", " ".join(metadata.tags)),
    )
    for where, text in sources:
        words = _WORD.findall(text.lower())
        chat = [word for word in words if word in _CHAT_WORDS]
        base = [word for word in words if word in _BASE_WORDS]
        if bool(chat) != bool(base):
            return ModeGuess("chat" if chat else "plain", f'{where} "{(chat or base)[0]}"')
    if metadata.chat_template is None:
        return ModeGuess("plain", "it has no chat template")
    return ModeGuess(None, "it has a chat template, which base models often have too")
