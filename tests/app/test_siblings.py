"""What siblings share is left out of their snippets, and never what tells them apart."""

from __future__ import annotations

from loom.app.siblings import Families, Twin

from .conftest import opened, screen_text
from .fake_session import FakeSession


def snippets(*texts: str) -> list[str]:
    session = FakeSession()
    root = session.type(None, b"The town.")
    node_ids = session.say(root, *texts)
    families = Families(session.tree)
    return [families.snippet(session.tree.node(node_id)) for node_id in node_ids]


def test_a_shared_beginning_is_left_out_up_to_a_word() -> None:
    assert snippets("One morning Tobias fell.", "One morning Petra sang.", "It rained.") == [
        "…Tobias fell.",
        "…Petra sang.",
        "It rained.",
    ]


def test_each_leaves_out_what_it_shares_with_its_nearest_sibling() -> None:
    assert snippets(
        "One morning Tobias the postman fell.",
        "One morning Tobias the postman sang.",
        "One morning Petra slept.",
    ) == ["…fell.", "…sang.", "…Petra slept."]


def test_a_short_shared_beginning_stays() -> None:
    assert snippets("The goose.", "The fox.") == ["The goose.", "The fox."]


def test_a_text_that_another_goes_on_with_keeps_its_words() -> None:
    assert snippets("One fine morning in town", "One fine morning in town it rained") == [
        "One fine morning in town",
        "One fine morning in town it rained",
    ]


def test_white_space_is_skipped_and_nothing_is_called_empty() -> None:
    assert snippets("\n\n  The harbour.\nMore", " \n ") == ["The harbour. ¶ More", "(empty)"]


def test_twins_are_counted_and_point_to_the_first() -> None:
    session = FakeSession()
    root = session.type(None, b"The town.")
    a, b, c, d = session.say(root, "It rained.", "It snowed.", "It rained.", "It rained.")
    families = Families(session.tree)

    twins = [families.twin(session.tree.node(node_id)) for node_id in (a, b, c, d)]
    assert twins == [None, None, Twin(1, 3), Twin(1, 3)]


def test_a_branch_that_still_grows_keeps_its_beginning() -> None:
    session = FakeSession(scripts=("One fine morning Tobias fell.", "One fine morning Petra sang."))
    root = session.type(None, b"The town.")
    session.grow(root)
    session.release(4)
    session.drain()
    families = Families(session.tree)

    first = session.tree.node(session.tree.child_ids(root)[0])
    assert families.snippet(first) == "One fine morning Tobias"


async def test_where_a_list_has_no_room_the_second_begins_where_it_parts_from_the_first() -> None:
    morning = "One fine morning the postman of the town, who had slept badly, took the long road"
    session = FakeSession()
    root = session.type(None, b"The town.")
    session.say(root, f"{morning} and fell.", f"{morning} and sang.", "It rained.")
    session.select(root)
    async with opened(session, (80, 16)) as pilot:
        text = " ".join(screen_text(pilot).split())
        assert "1 One fine morning" in text
        assert "2 …sang." in text
