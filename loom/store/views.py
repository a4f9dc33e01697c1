"""The views of a session file, for a person who asks it with sqlite3 or Datasette.

    SELECT * FROM outline;
    SELECT text FROM path_text WHERE node_id = '...';
    SELECT * FROM tokens WHERE node_id = '...';

loom itself does not read them. They know what can be done to a node by the names of the events, so
what a later loom adds is at worst not shown.
"""

from __future__ import annotations

from sqlite_utils import Database


def make_views(db: Database) -> None:
    """Make every view, inside the caller's transaction."""
    for statement in (_NODE, _OUTLINE, _PATH_TEXT, _TOKENS):
        db.execute(statement)


# Where a node stands now is what its last move says; a move to the very top says NULL.
_NODE = """
CREATE VIEW node AS
SELECT
    born.node_id,
    CASE WHEN moved.seq IS NULL THEN json_extract(born.payload, '$.parent_id')
         ELSE json_extract(moved.payload, '$.parent_id') END AS parent_id,
    born.seq,
    datetime(born.at, 'unixepoch') AS created_at,
    json_extract(born.payload, '$.role') AS role,
    json_extract(born.payload, '$.author') AS author,
    json_extract(born.payload, '$.request_id') AS request_id,
    json_extract(born.payload, '$."index"') AS branch
FROM event AS born LEFT JOIN event AS moved ON moved.seq = (
    SELECT max(seq) FROM event WHERE node_id = born.node_id AND kind = 'node_moved')
WHERE born.kind IN ('node_added', 'branch_opened', 'node_derived')
"""

# Going deeper first is what makes an outline of it. All columns travel with the walk: SQLite does
# not keep the order of what it joins.
_OUTLINE = """
CREATE VIEW outline AS
WITH RECURSIVE
placed AS MATERIALIZED (SELECT * FROM node),
growth AS MATERIALIZED (
    SELECT json_extract(payload, '$.request_id') AS request_id, kind, max(seq) AS seq
    FROM event WHERE kind IN ('growth_hidden', 'growth_shown') GROUP BY 1),
walk (node_id, depth, seq, parent_id, role, author, created_at, request_id) AS (
    SELECT node_id, 0, seq, parent_id, role, author, created_at, request_id
    FROM placed WHERE parent_id IS NULL
    UNION ALL
    SELECT placed.node_id, walk.depth + 1, placed.seq, placed.parent_id, placed.role,
        placed.author, placed.created_at, placed.request_id
    FROM walk JOIN placed ON placed.parent_id = walk.node_id
    ORDER BY 2 DESC, 3)
SELECT
    depth, node_id, parent_id, role, author, created_at,
    (SELECT json_extract(payload, '$.finish') FROM event
     WHERE event.node_id = walk.node_id AND kind IN ('branch_closed', 'node_derived')
     ORDER BY event.seq DESC LIMIT 1) AS finish,
    (SELECT length(token_ids) / 4 FROM content
     WHERE content.node_id = walk.node_id AND token_ids IS NOT NULL
     ORDER BY content.seq DESC LIMIT 1) AS n_tokens,
    coalesce((SELECT kind IN ('node_hidden', 'growth_hidden') FROM (
        SELECT kind, event.seq AS seq FROM event
        WHERE event.node_id = walk.node_id AND kind IN ('node_hidden', 'node_shown')
        UNION ALL SELECT growth.kind, growth.seq FROM growth
        WHERE growth.request_id = walk.request_id)
        ORDER BY seq DESC LIMIT 1), 0) AS hidden,
    (SELECT CAST(text AS TEXT) FROM content
     WHERE content.node_id = walk.node_id ORDER BY content.seq LIMIT 1) AS text
FROM walk
"""

# The recursion stands inside a subquery, so that asking for one node walks one path.
_PATH_TEXT = """
CREATE VIEW path_text AS
SELECT node_id, (
    WITH RECURSIVE way (node_id, up) AS (
        SELECT leaf.node_id, 0
        UNION ALL
        SELECT node.parent_id, way.up + 1
        FROM way JOIN node ON node.node_id = way.node_id WHERE node.parent_id IS NOT NULL)
    SELECT group_concat(piece, '') FROM (
        SELECT (SELECT CAST(text AS TEXT) FROM content
                WHERE content.node_id = way.node_id ORDER BY seq LIMIT 1) AS piece
        FROM way ORDER BY up DESC)
    ) AS text
FROM node AS leaf
"""


def _number(column: str) -> str:
    """Four little-endian bytes at `place.key` as SQL for the number that they are."""
    digits = f"hex(substr({column}, 4 * place.key + 1, 4))"
    return " + ".join(
        f"((instr('0123456789ABCDEF', substr({digits}, {2 * byte + half + 1}, 1)) - 1)"
        f" << {8 * byte + 4 * (1 - half)})"
        for byte in range(4)
        for half in range(2)
    )


# SQLite has no series of numbers without an extension, but it can unfold a JSON array.
_TOKENS = f"""
CREATE VIEW tokens AS
SELECT node_id, position, token_id, CAST(substr(text, before + 1, size) AS TEXT) AS piece
FROM (
    SELECT node_id, text, place.key AS position, {_number("token_ids")} AS token_id,
        {_number("piece_sizes")} AS size,
        coalesce(sum({_number("piece_sizes")}) OVER (
            PARTITION BY node_id ORDER BY place.key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM content, json_each(
        '[' || substr(replace(hex(zeroblob(length(token_ids) / 4)), '00', ',0'), 2) || ']') AS place
    WHERE content.seq = (SELECT max(latest.seq) FROM content AS latest
        WHERE latest.node_id = content.node_id AND latest.token_ids IS NOT NULL))
"""
