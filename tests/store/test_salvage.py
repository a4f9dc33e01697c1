"""Whatever happens to a file: it is whole, or loom says what is damaged and saves the rest."""

from __future__ import annotations

import random
import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.errors import SessionFileError
from loom.store import open_for_reading
from loom.store.database import open_for_writing
from loom.store.raw_pages import raw_rows
from loom.store.salvage import SalvageReport, salvage
from loom.tree.events import BranchClosed, NodeSelected
from loom.tree.graph import Tree
from tests.store.listening import Listening
from tests.store.specimens import (
    appended,
    fold,
    likeness,
    new_session,
    opened,
    read_tree,
    requested,
    same_tokens,
    written,
)
from tests.store.test_one_writer import hear, streaming
from tests.store.test_schema import oldest

PAGE = 4096


def session(path: Path, n_growths: int = 12) -> Path:
    """Some growths, one on the other; long texts, so that rows spill over pages."""
    listening = Listening(new_session(path))
    listening.journal.append(written("p", b"Once " * 2000))
    parent = "p"
    for n in range(n_growths):
        listening.journal.append(requested(f"r{n}", parent, 2))
        for i, node_id in enumerate((f"a{n}", f"b{n}")):
            listening.journal.append(opened(node_id, parent, f"r{n}", i))
            pieces = [b"piece %d of %d " % (i, n)] * (50 * n + 1)
            listening.journal.append(appended(node_id, 0, *pieces, seed=n))
            listening.journal.append(BranchClosed(6.0, node_id, "length"))
        parent = f"b{n}"
    listening.journal.point(NodeSelected(7.0, parent))
    assert listening.journal.close()
    return path


def flip(path: Path, at: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))


def is_sound(path: Path) -> bool:
    """Whether loom opens it, and finds no seal broken."""
    try:
        with open_for_reading(path) as reader:
            fold(reader.load_condensed())
            return not reader.check_seals().broken
    except SessionFileError:
        return False


def saved(path: Path, new: Path) -> tuple[Tree, SalvageReport]:
    """What is saved of a file is itself sound."""
    new.unlink(missing_ok=True)
    report = salvage(path, new)
    assert is_sound(new)
    return read_tree(new), report


def check_every_page(path: Path, dice: random.Random, n_flips: int) -> None:
    whole = read_tree(path)
    before = path.read_bytes()
    for page in range(len(before) // PAGE):
        for _ in range(n_flips):
            path.write_bytes(before)
            flip(path, page * PAGE + dice.randrange(PAGE), dice.randrange(8))
            sound = is_sound(path)
            if sound:
                assert likeness(read_tree(path)) == likeness(whole), page
            tree, report = saved(path, path.with_name("new.loom"))
            unchanged = [n for n in tree if n.id in whole and n == whole.node(n.id)]
            # What is lost of a page, or not as it was, is said.
            assert report.losses or len(unchanged) == len(whole) == len(tree), page
            assert len(unchanged) >= len(whole) // 2, (page, report.losses)
    path.write_bytes(before)


def test_a_flipped_bit_in_each_page_is_harmless_or_reported_and_the_rest_is_saved(tmp_path: Path):
    path = session(tmp_path / "t.loom", 6)
    assert path.stat().st_size // PAGE > 20
    check_every_page(path, random.Random(1), 1)


@pytest.mark.long
def test_many_flipped_bits_in_each_page(tmp_path: Path):
    check_every_page(session(tmp_path / "t.loom"), random.Random(2), 12)


def test_of_a_whole_session_everything_is_saved_statistics_included(tmp_path: Path):
    path = session(tmp_path / "t.loom")
    before = path.read_bytes()
    tree, report = saved(path, tmp_path / "new.loom")
    assert report.losses == ()
    assert likeness(tree) == likeness(read_tree(path))
    with open_for_reading(path) as one, open_for_reading(tmp_path / "new.loom") as other:
        for node in tree:
            assert same_tokens(one.read_tokens(node.id), other.read_tokens(node.id))
    assert path.read_bytes() == before


def test_a_file_that_sqlite_cannot_open_at_all_is_saved(tmp_path: Path):
    path = session(tmp_path / "t.loom")
    whole = read_tree(path)
    with path.open("r+b") as file:
        file.write(bytes(100))
    assert not is_sound(path)
    tree, _ = saved(path, tmp_path / "new.loom")
    assert [node.text for node in tree] == [node.text for node in whole]


def test_a_file_whose_schema_is_no_text_any_more_is_refused_and_saved(tmp_path: Path):
    path = session(tmp_path / "t.loom", 2)
    whole = read_tree(path)
    image = path.read_bytes()
    assert b"CREATE TABLE event (" in image
    path.write_bytes(image.replace(b"CREATE TABLE event (", b"CREATE TABL\xc5 event ("))
    with pytest.raises(SessionFileError):
        open_for_reading(path)
    tree, _ = saved(path, tmp_path / "new.loom")
    assert [node.text for node in tree] == [node.text for node in whole]


def test_the_first_half_of_a_file_is_saved(tmp_path: Path):
    path = session(tmp_path / "t.loom")
    whole = read_tree(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    tree, report = saved(path, tmp_path / "new.loom")
    assert report.losses
    assert any(node.id in whole and node.text == whole.node(node.id).text != b"" for node in tree)


def test_what_a_killed_writer_left_in_the_log_beside_is_saved_too(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    with streaming(path) as child:
        committed = hear(child, 30)
        child.kill()
    tree, _ = saved(path, tmp_path / "new.loom")
    assert all(tree.node(node_id).n_tokens >= n for node_id, n in committed.items())


def test_a_file_of_the_oldest_format_is_saved(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    tree, report = saved(path, tmp_path / "new.loom")
    assert report.losses == ()
    assert [(node.id, node.text) for node in tree] == [
        (node.id, node.text) for node in read_tree(path)
    ]


@pytest.mark.parametrize("content", [b"", b"text", bytes(20_000)])
def test_of_nothing_nothing_is_saved(tmp_path: Path, content: bytes):
    path = tmp_path / "t.loom"
    path.write_bytes(content)
    with pytest.raises(SessionFileError, match="Nothing of a session"):
        salvage(path, tmp_path / "new.loom")
    with pytest.raises(SessionFileError, match="There is no file"):
        salvage(tmp_path / "none", tmp_path / "new.loom")
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_over(tmp_path: Path):
    path = session(tmp_path / "t.loom", 1)
    there = shutil.copy(path, tmp_path / "there.loom")
    with pytest.raises(SessionFileError, match="already there"):
        salvage(path, Path(there))


@given(st.binary(max_size=3 * 512))
def test_no_bytes_whatever_stop_the_reading(image: bytes):
    list(raw_rows(image))
    list(raw_rows(b"SQLite format 3\0\x02\x00" + image))


Value = int | float | str | bytes | None
_SIZES = (512, 1024, PAGE, 65536)


def image_of(rows: list[tuple[int, Value]], page_size: int = PAGE) -> bytes:
    """A database file with a number and one value in each row of its one table."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"PRAGMA page_size = {page_size}")
        db.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, value)")
        db.executemany("INSERT INTO t VALUES (?, ?)", rows)
        db.commit()
        return db.serialize()


def raw_values(image: bytes) -> list[tuple[int, Value]]:
    rows = [row for row in raw_rows(image) if len(row.values) == 2]
    assert all(row.values[0] is None for row in rows)
    return sorted((row.rowid, row.values[1]) for row in rows)


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, list[tuple[int, Value]]]:
    """A size of pages, and rows; some are as long as a page can just, or just not, hold."""
    size = draw(st.sampled_from(_SIZES))
    lengths = st.sampled_from([0, size - 35, size - 12, 2 * size]).flatmap(
        lambda n: st.integers(max(0, n - 12), n + 3)
    )
    numbers = st.integers(-(2**63), 2**63 - 1) | st.integers(-(2**17), 2**17)
    values = st.one_of(
        st.none(), numbers, st.floats(allow_nan=False), st.text(), lengths.map(bytes)
    )
    # Rows of a session are numbered from 1 on.
    keys = st.integers(1, 2**63 - 1) | st.integers(1, 2**17)
    rows = draw(st.dictionaries(keys, values, max_size=12))
    return size, sorted(rows.items())


@given(tables())
def test_raw_rows_are_what_sqlite_reads(table: tuple[int, list[tuple[int, Value]]]):
    size, rows = table
    assert raw_values(image_of(rows, size)) == rows


@pytest.mark.parametrize("size", _SIZES)
def test_a_record_of_every_length_is_read_whole(size: int):
    lengths = (*range(size - 60, size + 60), *range(2 * size - 60, 2 * size + 10))
    rows: list[tuple[int, Value]] = [(n, bytes([n % 256]) * n) for n in lengths]
    assert raw_values(image_of(rows, size)) == rows


def test_a_row_that_leads_nowhere_hides_no_other_of_its_page():
    rows: list[tuple[int, Value]] = [(1, "one"), (2, b"two" * 1400), (3, "three")]
    image = bytearray(image_of(rows))
    page = next(n for n in range(1, len(image) // PAGE) if image[n * PAGE] == 13) * PAGE
    where = [page + 8 + 2 * n for n in range(3)]
    # Cells stand from the end of the page on; this one ends with the number of the next page.
    (end,) = struct.unpack_from(">H", image, where[0])
    last = page + end - 4
    broken = bytes(image[:last] + bytes(4) + image[last + 4 :])
    assert raw_values(broken) == [rows[0], rows[2]]
    for at, row in zip(where, rows, strict=True):
        broken = bytes(image[:at] + b"\xff\xff" + image[at + 2 :])
        assert raw_values(broken) == [other for other in rows if other != row]


def test_a_saved_session_can_be_gone_on_with(tmp_path: Path):
    saved(session(tmp_path / "t.loom", 2), tmp_path / "new.loom")
    open_for_writing(tmp_path / "new.loom").close()
    assert read_tree(tmp_path / "new.loom").selected_id == "b1"
