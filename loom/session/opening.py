"""Which session a file, or no file at all, means."""

from __future__ import annotations

import re
import time
from pathlib import Path

from loom.engine.client import Connect
from loom.models.mode_memory import ModeAnswer
from loom.paths import sessions_dir
from loom.session.examples import SESSION_SUFFIX, STARTER, copied_example
from loom.session.free_names import free_name
from loom.session.model_source import find_source
from loom.session.session import Beginning, Session
from loom.store.database import is_session

DEFAULT_MODEL = "story-base"
DEFAULT_CHAT_MODEL = "story-chat"


def open_any(file: Path | None, connect: Connect) -> Session:
    """Open what a person named: a session, a GGUF (a new session on it), another program's tree.

    With nothing: the session used last, or at the first start the one that comes with loom.
    """
    if file is None:
        return Session.open(_latest_session() or copied_example(STARTER), connect)
    if _begins_with(file, b"GGUF"):
        return _session_on(file, connect)
    if file.is_file() and not is_session(file):
        return _imported(file, connect)
    return Session.open(file, connect)


def begin(file: Path | None, beginning: Beginning, connect: Connect) -> Session:
    """Make a new session in `file`, or in the folder of sessions under a free name."""
    return Session.create(file or free_path(beginning.title), beginning, connect)


def free_path(title: str) -> Path:
    """A file in the folder of sessions that does not exist yet, named after the title."""
    folder = sessions_dir()
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w]+", "-", title.lower()).strip("-")[:40] or "session"
    return free_name(folder / f"{stem}{SESSION_SUFFIX}")


def title_of(text: str) -> str:
    """A title for a session that begins with this text: its first words."""
    words = text.split()
    return " ".join(words[:6]) or time.strftime("session of %d %B")


def usual_answer(model: str) -> ModeAnswer:
    """How a model is grown with unless one says otherwise: plain text if nobody has said.

    ModelFileError if there is no such model, or its file is not sound.
    """
    source = find_source(model)
    source.check()
    return source.usual(source.fingerprint()) or ModeAnswer("plain")


def _session_on(model: Path, connect: Connect) -> Session:
    answer = usual_answer(str(model.absolute()))
    beginning = Beginning(
        title=model.stem, model=str(model), mode=answer.mode, template=answer.template
    )
    return begin(None, beginning, connect)


def _imported(file: Path, connect: Connect) -> Session:
    """A session of another program's tree, in the folder of sessions."""
    # Imported where it is needed: it knows the files of a dozen other programs.
    from loom.session.importing import import_file

    found = import_file(file, free_path)
    session = Session.open(found.path, connect)
    session.tell(found.sentence(), f"It is kept in {found.path}; {file.name} stays as it is.")
    return session


def _latest_session() -> Path | None:
    folder = sessions_dir()
    found = folder.glob(f"*{SESSION_SUFFIX}") if folder.is_dir() else ()
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def _begins_with(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(magic)) == magic
    except OSError:
        # What is wrong with it is said by whoever opens it as a session.
        return False
