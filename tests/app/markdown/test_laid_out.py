"""Markdown in lines: what stands there is there, in width, and knows where it was written."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from loom.app.markdown import laid_out

_SIGNS = ["# ", "> ", "- ", "1. ", "*", "**", "`", "```", "```python", "~~", "&amp;", "\\*", "---"]
_MORE = [
    "===",
    "[a](b)",
    "![c](d)",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "|",
    " ",
    "word",
    "漢字",
    "e\u0301",
]
_TABLE = "| x | y |\n|--|:-:|\n| 1 | 漢字 |\n"
sources = st.lists(st.sampled_from([*_SIGNS, *_MORE, "👩\u200d🚀", _TABLE]), max_size=30).map(
    "".join
)


def plain(source: str, width: int = 60) -> list[str]:
    return [line.plain.rstrip() for line in laid_out(source, width)]


def styles(source: str) -> dict[str, tuple[str, ...]]:
    lines = laid_out(source, 60)
    return {run.text.strip(): run.styles for line in lines for run in line.runs if run.text.strip()}


def test_headings_emphasis_and_code_are_styled_and_lose_their_signs() -> None:
    found = styles("# Title\n## Part\nA **b** *c* `d` ~~e~~ ***f***")
    assert found["Title"] == ("title",)
    assert found["Part"] == ("heading",)
    assert found["A"] == ()
    assert found["b"] == ("strong",)
    assert found["c"] == ("emphasis",)
    assert found["d"] == ("code",)
    assert found["e"] == ("struck",)
    assert set(found["f"]) == {"emphasis", "strong"}


def test_lists_and_quotes_stand_in_one_another() -> None:
    source = "1. one\n2. two\n   - three\n     > four\n     > five"
    assert plain(source) == ["1. one", "2. two", "   • three", "     ▎ four", "     ▎ five"]


def test_an_item_with_nothing_in_it_keeps_its_sign() -> None:
    assert plain("-\n- b") == ["•", "• b"]


def test_long_items_go_on_under_their_words() -> None:
    assert plain("- aaa bbb ccc", 9) == ["• aaa bbb", "  ccc"]


def test_code_keeps_its_lines_and_is_coloured_where_its_language_is_known() -> None:
    source = "```python\ndef f():\n    return 'x'  # why\n```"
    assert plain(source) == ["  python", "  def f():", "      return 'x'  # why"]
    found = styles(source)
    assert "keyword" in found["def"]
    assert "name" in found["f"]
    assert "string" in found["x"]
    assert "comment" in found["# why"]
    assert styles("```nolanguage\ndef f()\n```")["def f()"] == ("code",)
    assert plain("```\na\n\nb") == ["  a", "", "  b"]


def test_tables_stand_in_columns_by_cells() -> None:
    source = "| a | n |\n|:--|--:|\n| 漢字 | 1 |\n| b | 22 |"
    assert plain(source) == ["a    │   n", "─────┼────", "漢字 │   1", "b    │  22"]


def test_a_wide_table_gives_its_widest_column_less() -> None:
    found = plain("| a | b |\n|--|--|\n| one | " + "many words " * 6 + "|", 30)
    assert found[2].startswith("one │ many words")
    assert found[3].startswith("    │ ")
    assert max(map(cell_len, found)) <= 30


def test_a_line_break_of_the_source_stays_one() -> None:
    assert plain("Roses are red,\nviolets are blue.") == ["Roses are red,", "violets are blue."]


def test_a_link_says_where_it_leads_unless_it_says_so_itself() -> None:
    assert plain("See [the town](http://quill.example).") == [
        "See the town (http://quill.example)."
    ]
    assert plain("<http://quill.example>") == ["http://quill.example"]


def test_html_is_text() -> None:
    assert plain("<b>bold</b> &amp; <script>x</script>") == ["<b>bold</b> & <script>x</script>"]


def test_every_line_knows_where_it_was_written() -> None:
    source = "## One\n\n**two** three\n\n- four\n- *five*"
    starts = [source[line.start :][:5] for line in laid_out(source, 60) if line.plain.strip()]
    assert starts == ["## On", "**two", "- fou", "- *fi"]


@given(sources, st.integers(20, 60))
def test_lines_cover_their_source_in_order_and_fit(source: str, width: int) -> None:
    lines = laid_out(source, width)
    if not lines:
        return
    assert lines[0].start == 0
    assert lines[-1].end == len(source)
    assert all(one.end == other.start for one, other in pairwise(lines))
    assert all(line.start <= line.end for line in lines)
    for line in lines:
        assert "\n" not in line.plain
        for run in line.runs:
            assert run.start is None or 0 <= run.start <= len(source)
