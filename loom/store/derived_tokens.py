"""The tokens of a node that is put together from others, with all that is known of them."""

from __future__ import annotations

from sqlite_utils import Database

from loom.records.tokens import TokenColumns, concat, rows_of
from loom.store.packing import unpack_read, unpack_row
from loom.tree.changes import NodeDerived, Slice

_CONTENT = """
SELECT text, token_ids, piece_sizes, elapsed_s, n_top, packed
FROM content LEFT JOIN token_statistics USING (seq)
WHERE node_id = ? AND token_ids IS NOT NULL ORDER BY elapsed_s IS NULL, seq DESC LIMIT 1
"""


def derived_tokens(db: Database, event: NodeDerived) -> TokenColumns | None:
    """The tokens of the parts in order, None if a model wrote none of them.

    A part that was read, not written, by a model has elapsed_s 0. Statistics are there only if
    all parts have them. None as well where what the file holds of a part is not what was meant.
    """
    if event.token_ids is None:
        return None
    parts = [_part(db, source) for source in event.sources]
    if not any(is_generated for _, is_generated in parts):
        return None
    tokens = concat([columns for columns, _ in parts])
    fits = tuple(tokens.ids.tolist()) == event.token_ids and b"".join(tokens.pieces) == event.text
    return tokens if fits else None


def _part(db: Database, source: Slice) -> tuple[TokenColumns, bool]:
    """The tokens of a slice, and whether a model wrote them."""
    row = db.execute(_CONTENT, (source.node_id,)).fetchone()
    try:
        return _read(row, source)
    except ValueError:
        # Its text and ids came with the event; what else was known is lost with the page.
        return concat([]), False


def _read(
    row: tuple[bytes, bytes, bytes, bytes | None, int | None, bytes | None] | None, source: Slice
) -> tuple[TokenColumns, bool]:
    if row is None:
        raise ValueError("no such tokens")
    text, token_ids, piece_sizes, elapsed_s, n_top, packed = row
    if elapsed_s is None:
        whole = unpack_read(text, token_ids, piece_sizes)
    else:
        whole = unpack_row((text, token_ids, piece_sizes, elapsed_s, n_top, packed))
    return rows_of(whole, source.start_token, source.end_token), elapsed_s is not None
