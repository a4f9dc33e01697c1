"""A report can be shown to strangers: no name, no home folder, no secret is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.session.doctor.hiding import Private, secrets_in

ANNA = Private("/home/anna", "anna", "annas-laptop", ("s3cr3t-value",))


def test_paths_are_told_from_home_and_only_whole_ones() -> None:
    assert ANNA.hidden("/home/anna/models") == "~/models"
    assert ANNA.hidden("in /home/anna, and") == "in ~, and"
    assert ANNA.hidden("/home/annabel/models") == "/home/annabel/models"


def test_names_of_person_and_machine_are_left_out() -> None:
    assert ANNA.hidden("/media/anna/disk") == "/media/<user>/disk"
    assert ANNA.hidden("D:\\anna") == "D:\\<user>"
    assert ANNA.hidden("no route to annas-laptop.") == "no route to <host>."
    assert ANNA.hidden("bananna and annals") == "bananna and annals"


def test_secrets_are_left_out_wherever_they_stand() -> None:
    assert ANNA.hidden("got s3cr3t-value back") == "got <secret> back"
    assert ANNA.hidden("403 for hf_AbCdEfGhIjKl") == "403 for <secret>"
    assert ANNA.hidden("https://anna:pw@host/x") == "https://<secret>@host/x"
    assert ANNA.hidden("Authorization: Bearer abc.def") == "Authorization: Bearer <secret>"


def test_what_is_named_like_a_secret_is_one() -> None:
    environ = {"HF_TOKEN": "aaaaaa", "MY_API_KEY": "bbbbbbbb", "HOME": "/home/anna", "A_TOKEN": "x"}
    assert secrets_in(environ) == ("bbbbbbbb", "aaaaaa")


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_else_is_changed(value: object) -> None:
    nobody = Private("/nowhere-at-all", "", "", ())
    if "://" not in str(value) and "earer" not in str(value):
        assert nobody.within(value) == value


def test_every_text_of_a_report_is_looked_at() -> None:
    report = {"a": ["/home/anna/x", {"b": ("/home/anna",)}], "n": 3, "none": None}
    assert ANNA.within(report) == {"a": ["~/x", {"b": ["~"]}], "n": 3, "none": None}
