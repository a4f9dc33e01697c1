"""What tokens are spelled like is told by the model's file, where that is still there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from loom.engine.request import LoadSpec
from loom.session.file_source import FileSource
from loom.session.model_slot import load_spec
from loom.session.pieces import Pieces
from loom.session.spelling import UNKNOWN, read_spellings
from loom.tree.events import GrowthAccepted
from tests.store.specimens import MODEL, STARTED, appended, fold, opened, provenance, requested
from tests.store.specimens import written as wrote

STORY = "story-base"


def test_a_bundled_model_spells_what_it_reads_and_names_what_is_no_text() -> None:
    spec = load_spec(STORY)
    spelled = read_spellings(spec, spec.fingerprint)
    source = FileSource(STORY, Path(spec.path), bundled=True)
    spelling = source.spelling()
    assert spelling is not None
    ids = spelling.encode("The lake froze.", special=False)
    assert b"".join(spelled.spell(i) or b"?" for i in ids) == b"The lake froze."
    assert spelled.special == frozenset(spelling.names)
    end = next(i for i, name in spelling.names.items() if name.decode() == source.eos_text)
    choice = spelled.choice(end, -1.0)
    assert (choice.piece, choice.special) == (source.eos_text.encode(), True)
    assert spelled.spell(10_000_000) is None


def test_without_its_file_nobody_knows() -> None:
    gone = LoadSpec("/no/such/model.gguf", "12-ab", "gone")
    for spec, fingerprint in ((None, "12-ab"), (gone, "12-ab"), (load_spec(STORY), "12-ab")):
        assert read_spellings(spec, fingerprint) is UNKNOWN
    assert UNKNOWN.spell(7) is None
    assert UNKNOWN.choice(7, 0.0).piece is None


def test_a_file_that_went_elsewhere_is_found_by_its_name(story_base: Path, tmp_path: Path) -> None:
    there = load_spec(STORY)
    moved = LoadSpec(str(tmp_path / "was-here.gguf"), there.fingerprint, STORY)
    assert read_spellings(moved, there.fingerprint).spell(100) is not None


def test_a_write_up_spells_tokens_that_were_drawn_and_others_where_it_can() -> None:
    spec = load_spec(STORY)
    told = replace(MODEL, name=STORY, path=spec.path, fingerprint=spec.fingerprint)
    grown = appended("a", 0, b" one", b" two")
    for model, knows in ((told, True), (replace(told, fingerprint="12-ab"), False)):
        how = replace(provenance(), model=model)
        events = [STARTED, wrote("p"), requested("r", "p"), GrowthAccepted(3.5, "r", how)]
        tree = fold([*events, opened("a", "p"), grown])
        pieces, fingerprint = Pieces(tree), model.fingerprint
        drawn = [pieces.piece(fingerprint, int(i)) for i in grown.tokens.ids]
        assert drawn == [b" one", b" two"]
        assert (pieces.piece(fingerprint, 5) is not None) is knows
        assert pieces.piece("another", 5) is None
