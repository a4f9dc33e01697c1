"""Write-ups: everything chosen is told, nothing in a text is obeyed, nothing private slips in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.formats.choice import Choice, excerpt
from loom.formats.data.part import Part
from loom.formats.figure.drawing import scene
from loom.formats.figure.folding import entries
from loom.formats.figure.fonts import Fonts
from loom.formats.figure.layout import MOST_ROWS
from loom.formats.figure.picking import picked
from loom.formats.figure.scene import Words
from loom.formats.material import Flavour
from loom.formats.table import DATA_FORMATS, FORMATS, format_named
from loom.formats.writeup.markdown_words import Dialect
from loom.formats.writeup.marks import marks_of
from loom.formats.writeup.passages import sections
from loom.formats.writeup.stretches import stretches
from loom.formats.writeup.tex_words import tex
from loom.records import Sampling, Span
from loom.tree.events import BranchOpened, GrowthRequested
from loom.tree.visible import visible

from .trees import HOSTILE, Grown, chain, hostile, join_on, toast

WRITEUPS = ("markdown", "html", "latex", "text")
FIGURES = ("svg", "png", "pdf")


def written(name: str, grown: Grown, **wording: object) -> str:
    content = format_named(name).write(grown.material(**wording))  # type: ignore[arg-type]
    assert isinstance(content, str)
    return content


class Checked(HTMLParser):
    """A page whose tags must nest."""

    EMPTY = ("meta", "br", "input", "img")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.EMPTY:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(grown: Grown) -> Checked:
    checked = Checked()
    checked.feed(written("html", grown))
    checked.close()
    assert checked.open == []
    return checked


@pytest.mark.parametrize("name", WRITEUPS)
def test_every_word_of_every_branch_is_there(name: str) -> None:
    grown, _ = toast()
    told = written(name, grown, tokens=False)
    for words in ("raise your glasses", "Nobody moved", "She left", "He stayed", "that was all"):
        assert words in " ".join(told.replace("{}", "").split())


@pytest.mark.parametrize("name", [*WRITEUPS, "svg"])
def test_what_a_limit_leaves_out_is_counted(name: str) -> None:
    grown, joins = toast()
    material = grown.material(Choice(depth=2), joins)
    told = format_named(name).write(material)
    assert isinstance(told, str)
    assert "... 2 more nodes" in told
    assert "... 1 more node" in told


@pytest.mark.parametrize("name", [*WRITEUPS, "svg"])
def test_what_a_text_says_beyond_a_limit_is_counted(name: str) -> None:
    grown, joins = toast()
    told = format_named(name).write(grown.material(Choice(n_characters=12), joins))
    assert isinstance(told, str)
    # " And that was all." hangs from " The café closed — “early”." without a fork: one text.
    assert "... 33 more characters" in told
    assert "weep" not in told
    assert "early" not in told
    whole = format_named(name).write(grown.material(Choice(n_characters=500), joins))
    assert whole == format_named(name).write(grown.material(Choice(), joins))


def test_a_text_is_cut_between_characters_and_data_says_so_too() -> None:
    grown, _ = toast()
    part = Part.of(excerpt(grown.tree, Choice(n_characters=9)))
    assert part.node("d").text == " The café".encode()
    assert [node.text.decode() for node in part if node.id == "c1"] == [" She left"]


@pytest.mark.parametrize("name", [row.name for row in FORMATS if row not in DATA_FORMATS])
def test_no_folder_of_the_person_s_machine_is_written(name: str) -> None:
    grown, joins = toast()
    content = format_named(name).write(grown.material(None, joins))
    told = content if isinstance(content, str) else content.decode("latin-1")
    assert "alice" not in told


def test_folders_are_written_when_they_are_asked_for() -> None:
    grown, _ = toast()
    assert "/home/alice/models/story-base.gguf" in written("text", grown, paths=True)


@pytest.mark.parametrize("name", WRITEUPS)
def test_the_appendix_says_how_it_was_made(name: str) -> None:
    grown, _ = toast()
    told = written(name, grown).replace("\\loombreak{}", "").replace("{}", "")
    told = " ".join(told.split())
    without = written(name, grown, appendix=False)
    for words in ("How this was made", "abab", "T 1 min", "Not verified"):
        assert words in told
        assert words not in without


def test_a_page_is_whole_nests_and_holds_no_script() -> None:
    checked = page(hostile())
    assert "script" not in checked.tags
    assert not {name for name in checked.attributes if name.startswith("on")}
    assert not checked.tags & {"img", "svg", "link", "iframe", "object"}
    for text in HOSTILE[:4]:
        assert text in checked.text


def test_a_deep_page_goes_on_in_sections_instead_of_nesting() -> None:
    checked = page(chain(400, width=2))
    assert checked.deepest < 300
    assert "step 399 way 0" in checked.text


@st.composite
def trees(draw: st.DrawFn) -> Grown:
    grown = Grown(title=draw(st.text(max_size=5)))
    grown.write("n0", None, draw(TEXTS))
    for i in range(1, draw(st.integers(1, 14))):
        parent = draw(st.sampled_from([None, *(f"n{k}" for k in range(i))]))
        role = draw(st.sampled_from(["text", "text", "user", "assistant"]))
        grown.write(f"n{i}", parent, draw(TEXTS), role)
    return grown


TEXTS = st.sampled_from([b"", b" the same words", b" the same old words", b"\n\n\n"]) | (
    st.text(max_size=12).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
CHOICES = st.builds(
    Choice, depth=st.none() | st.integers(1, 4), n_nodes=st.none() | st.integers(1, 9)
)


@settings(max_examples=25)
@given(trees(), CHOICES)
def test_any_tree_makes_a_page_that_nests(grown: Grown, choice: Choice) -> None:
    content = format_named("html").write(grown.material(choice))
    assert isinstance(content, str)
    checked = Checked()
    checked.feed(content)
    checked.close()
    assert checked.open == []


@settings(max_examples=25)
@given(trees(), CHOICES)
def test_any_tree_makes_every_other_write_up(grown: Grown, choice: Choice) -> None:
    for name in ("markdown", "latex", "text", "cast"):
        assert format_named(name).write(grown.material(choice))


@settings(max_examples=25)
@given(trees(), CHOICES)
def test_any_tree_makes_a_drawing_that_is_xml(grown: Grown, choice: Choice) -> None:
    content = format_named("svg").write(grown.material(choice))
    assert isinstance(content, str)
    root = ElementTree.fromstring(content)
    assert root.tag.endswith("svg")
    assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {
        *("svg", "title", "desc", "rect", "defs", "path", "g", "use", "circle")
    }


@given(trees(), CHOICES)
def test_passages_hold_every_node_once(grown: Grown, choice: Choice) -> None:
    part = grown.material(choice).excerpt
    for deepest in (1, 3, 100):
        found = [n.id for s in sections(part, deepest) for p in s.passages for n in p.nodes]
        assert sorted(found) == sorted(part.children)


FLAVOURS: tuple[Flavour, ...] = ("github", "obsidian")


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\\*#1.")),
    st.sampled_from(FLAVOURS),
)
def test_taking_the_backslashes_out_gives_the_text_back(text: str, flavour: Flavour) -> None:
    escaped = Dialect(flavour).escape(text)
    assert re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", escaped) == visible(text)


def test_headings_lists_and_markup_in_a_text_stay_text() -> None:
    escape = Dialect("github").escape
    assert escape("# not a heading") == "\\# not a heading"
    assert escape("1. not a list") == "1\\. not a list"
    assert escape("- nor this") == "\\- nor this"
    assert escape("[x](http://y) <b> `c` ~~d~~") == "\\[x\\](http://y) \\<b> \\`c\\` \\~\\~d\\~\\~"
    assert escape("a sentence. A dash - here!") == "a sentence. A dash - here!"
    assert escape("\x1b[31mred") == "␛\\[31mred"
    assert (
        Dialect("obsidian").escape("==x== %%y%% #z ^b") == "\\=\\=x\\=\\= \\%\\%y\\%\\% \\#z \\^b"
    )


@given(st.text())
def test_tex_holds_no_command_but_its_own(text: str) -> None:
    known = "textbackslash textasciitilde textasciicircum textless textgreater textbar textquotedbl"
    known += " textquotesingle textasciigrave ensuremath approx rightarrow leftarrow P ldots"
    known += " textendash textemdash textquoteleft textquoteright textquotedblleft loomchar"
    known += " textquotedblright textbullet texteuro textperiodcentered textdegree textpm texttimes"
    known += " textdiv textcopyright textregistered texttrademark loombreak"
    commands = re.findall(r"\\([a-zA-Z]+|.)", tex(text))
    assert {word for word in commands if word.isalpha()} <= set(known.split())
    assert {word for word in commands if not word.isalpha()} <= set("{}$&#%_")


def test_a_figure_shows_at_most_so_many_branches_and_counts_the_rest() -> None:
    grown = Grown()
    grown.write("r", None, b"Begin.")
    grown.grow("r", {f"b{i}": b" way %d of many" % i for i in range(40)})
    part = grown.material().excerpt
    assert len(picked(part, marks_of((), part), 12)) == 13
    assert "28 more nodes" in written("svg", grown, n_branches=12)
    assert "more nodes" not in written("svg", grown, n_branches=None)


def test_a_figure_counts_every_node_that_found_no_row() -> None:
    grown = Grown()
    grown.write("r", None, b"Begin.")
    for i in range(MOST_ROWS + 10):
        grown.write(f"b{i}", "r", b"%d is its own way" % i)
        grown.write(f"e{i}", f"b{i}", b" to the end")
    assert "... 22 more nodes" in drawn_words(grown)


def drawn_words(grown: Grown) -> str:
    shapes = scene(grown.material(n_branches=None)).shapes
    return " ".join(shape.text for shape in shapes if isinstance(shape, Words))


@given(trees(), CHOICES)
def test_folding_loses_no_node(grown: Grown, choice: Choice) -> None:
    part = grown.material(choice).excerpt
    (section,) = sections(part, 99)
    below = entries(section.passages, marks_of((), part))
    n_nodes = 0
    while below:
        entry = below.pop()
        n_nodes += entry.n_nodes
        below += entry.below
    assert n_nodes == len(part)


def test_joins_that_cross_into_the_next_node_together_begin_once_each() -> None:
    grown = Grown()
    grown.write("r", None, b"Once one two three")
    grown.write("s", "r", b" four five six")
    joins = tuple(
        replace(
            join_on(grown, words, "r"),
            spans=(Span("r", 0, 1, at, 18), Span("s", 0, 1, 0, end)),
        )
        for words, at, end in ((b"one", 5, 5), (b"two", 9, 10))
    )
    material = grown.material(None, joins)
    marks = marks_of(material.joins, material.excerpt)
    ((passage,),) = (section.passages for section in sections(material.excerpt, 99))
    begun = [
        (mark.index, stretch.text)
        for stretch in stretches(passage, marks)
        for mark in stretch.begins
    ]
    assert begun == [(0, "one "), (1, "two three four")]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_chapters_are_linked_as_deep_as_a_tree_goes_and_each_place_has_its_own_name(
    flavour: Flavour,
) -> None:
    told = written("markdown", chain(100, width=2), flavour=flavour, arrangement="chapters")
    chapters = re.findall(r"^#+ (?:<a id=.*></a>)?([\d.:]+)$", told, re.MULTILINE)
    linked = re.findall(r"\[\[#(.*?)\]\]" if flavour == "obsidian" else r"\[([\d.:]+)\]\(", told)
    assert len(chapters) == 198
    assert sorted(linked) == sorted(chapters)
    places = re.findall(
        r" \^(b-\S+)$" if flavour == "obsidian" else r'id="(b-.*?)"', told, re.MULTILINE
    )
    assert len(set(places)) == len(places) == 198


def test_places_of_chapters_in_different_sections_differ() -> None:
    link = Dialect("github").link
    assert link("1:2.1") == "[1:2.1](#b-1-b-2-1)"
    assert link("1.2.1") == "[1.2.1](#b-1-2-1)"


def test_plain_text_keeps_its_width_however_many_models_wrote() -> None:
    grown = Grown()
    grown.write("r", None, b"Begin.")
    for i in range(12):
        request = f"q{i}"
        grown.tree.apply(GrowthRequested(1.0, request, "r", 1, 8, Sampling(), seed=7))
        model = f"model-{i}"
        grown.tree.apply(BranchOpened(1.0, f"b{i}", "r", request, 0, "text", model))
    lines = written("text", grown, appendix=False).splitlines()
    assert "model-11" in " ".join(lines)
    assert max(map(len, lines)) <= 78


def test_shared_beginnings_are_folded_into_k_of_n() -> None:
    grown, joins = toast()
    material = grown.material(None, joins)
    marks = marks_of(material.joins, material.excerpt)
    (section,) = sections(material.excerpt, 99)
    (root,) = entries(section.passages, marks)
    folded = root.below[0]
    assert (folded.text, folded.k, folded.n) == ("Marco laughed,", 2, 4)
    assert [entry.number for entry in folded.below] == ["1", "2"]


def test_branches_that_are_the_same_are_one_entry() -> None:
    grown = Grown()
    grown.write("r", None, b"Pick.")
    grown.grow("r", {"a": b" 97", "b": b" 12", "c": b" 97"})
    (section,) = sections(grown.material().excerpt, 99)
    (root,) = entries(section.passages, marks_of((), grown.material().excerpt))
    assert [(e.text, e.number, e.k, e.n) for e in root.below] == [
        ("97", "1, 3", 2, 3),
        ("12", "2", 1, 3),
    ]


def test_every_letter_of_a_drawing_is_an_outline_or_a_box() -> None:
    fonts = Fonts()
    assert fonts.face_of("é", "regular") is not None
    assert fonts.face_of("␛", "regular") is not None
    assert fonts.face_of("≈", "bold") is not None
    assert fonts.face_of("漢", "regular") is None
    assert "<text" not in written("svg", hostile())


def test_a_drawing_in_pixels_is_a_png_and_one_for_paper_embeds_its_fonts() -> None:
    grown, joins = toast()
    png = format_named("png").write(grown.material(None, joins))
    pdf = format_named("pdf").write(grown.material(None, joins))
    assert isinstance(png, bytes)
    assert isinstance(pdf, bytes)
    assert png.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(png[16:20], "big") == 1512
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/FontFile2") >= 2
    assert pdf == format_named("pdf").write(grown.material(None, joins))


def test_a_recording_plays_from_nought_and_its_texts_give_no_orders() -> None:
    head, *events = map(json.loads, written("cast", hostile()).splitlines())
    assert head["version"] == 2
    times = [at for at, _, _ in events]
    assert times == sorted(times)
    assert times[0] == 0
    allowed = re.compile(r"\x1b\[(\?25[lh]|\d*(;\d*)?[HJKm])")
    for _, kind, output in events:
        assert kind == "o"
        assert "\x1b" not in allowed.sub("", output)
        assert "\x00" not in output


@pytest.mark.parametrize("name", [*WRITEUPS, *FIGURES, "cast"])
def test_trees_as_deep_as_they_get_are_written(name: str) -> None:
    assert format_named(name).write(chain(1_200).material())
    assert format_named(name).write(chain(300, width=2).material())
