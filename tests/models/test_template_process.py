"""Templates that mean harm are stopped, whatever they do, and the next one is rendered again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loom.errors import ChatTemplateError
from loom.models.chat_template import ChatTemplate, render_for_answer
from loom.models.template_process import TemplateProcess
from loom.models.template_sandbox import TemplateFailedError, render

LIMIT_S = 1.0
MESSAGES = [{"role": "user", "content": "x"}]

HOSTILE = {
    "nested loops": "{% for a in range(9999) %}{% for b in range(9999) %}"
    "{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
    "doubling by tilde": "{% set s = namespace(x='xx') %}"
    "{% for i in range(99) %}{% set s.x = s.x ~ s.x %}{% endfor %}",
    "doubling by join": "{% set s = namespace(x='xx') %}"
    "{% for i in range(99) %}{% set s.x = [s.x, s.x] | join %}{% endfor %}",
    "doubling by replace": "{% set s = namespace(x='xx') %}"
    "{% for i in range(99) %}{% set s.x = s.x | replace('x', 'xx') %}{% endfor %}",
    "doubling by block": "{% set s = namespace(x='xx') %}{% for i in range(99) %}"
    "{% set y %}{{ s.x }}{{ s.x }}{% endset %}{% set s.x = y %}{% endfor %}",
    "a wide format": "{{ '%1000000000d' % 1 }}",
    "a wide format of its own": "{{ '{:>1000000000}'.format(1) }}",
    "a wide indent": "{{ 'a\\nb' | indent(10 ** 3 * 10 ** 6) }}",
    "many slices": "{{ [1] | slice(10 ** 3 * 10 ** 6) | list | length }}",
    "nested tuples": "{% set s = namespace(x=(1, 1)) %}"
    "{% for i in range(60) %}{% set s.x = (s.x, s.x) %}{% endfor %}{{ s.x | string | length }}",
    "a long join": "{{ ['x' * 9999, 'x' * 9999] | join('x' * 9999) | replace('x', 'x' * 9999) }}",
    "macros that call each other": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}"
    "{% endif %}{% endmacro %}{{ f(60) }}",
    "a loop that calls itself": "{% for a in [[1]] recursive %}{{ loop([a]) }}{% endfor %}",
    "endless output": "{% for i in range(9999) %}{% for j in range(9999) %}xxxxxxxx{% endfor %}"
    "{% endfor %}",
    "deep nesting": "{{" + "[" * 90_000 + "]" * 90_000 + "}}",
    "a large power": "{{ 9999 ** 4 ** 4 ** 4 }}",
    "reaching Python": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
}


@pytest.fixture(scope="module")
def process() -> Iterator[TemplateProcess]:
    process = TemplateProcess(LIMIT_S)
    yield process
    process.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_stopped_and_told_in_a_sentence(
    name: str, process: TemplateProcess
) -> None:
    with pytest.raises(ChatTemplateError) as caught:
        process.render(HOSTILE[name], {"messages": MESSAGES})
    assert caught.value.what.endswith(".")
    assert "\n" not in caught.value.what
    assert len(caught.value.what) < 300
    assert "plain text" in caught.value.remedy
    assert process.render("{{ messages[0].content }}", {"messages": MESSAGES}) == "x"


def test_a_template_that_spins_is_tried_once(process: TemplateProcess) -> None:
    """Other arrangements would take as long."""
    with pytest.raises(ChatTemplateError, match=r"ran for more than 1 s"):
        render_for_answer(ChatTemplate(HOSTILE["nested loops"]), ["system", "user"], process.render)


def test_what_a_template_refuses_is_told_apart_from_what_breaks_it(
    process: TemplateProcess,
) -> None:
    with pytest.raises(TemplateFailedError, match="System role not supported"):
        process.render("{{ raise_exception('System role not supported') }}", {})
    with pytest.raises(ChatTemplateError, match="broken in line 1") as broken:
        process.render("{% for %}", {})
    assert not isinstance(broken.value, TemplateFailedError)


_FRAGMENTS = st.sampled_from(
    [
        "{% for m in messages %}",
        "{% endfor %}",
        "{% if m %}",
        "{% else %}",
        "{% endif %}",
        "{{ m.content | upper ~ loop.index }}",
        "{{ messages | map(attribute='role') | join(',') }}",
        "{% set x = namespace(a=1) %}",
        "{{ x.a + messages }}",
        "{{ missing.thing }}",
        "{{ [1, 2] | tojson(indent=2) }}",
        "{{ 7 // (m is defined) }}",
        "{% macro f(a) %}",
        "{% endmacro %}",
        "{{ f(f) }}",
        "é\x00😀\n",
    ]
)


@given(st.lists(_FRAGMENTS, max_size=12).map("".join))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_process_says_what_this_process_would(process: TemplateProcess, source: str) -> None:
    variables = {"messages": MESSAGES}
    assert said(process.render, source, variables) == said(render, source, variables)


def said(how: object, source: str, variables: dict[str, object]) -> tuple[str, str]:
    assert callable(how)
    try:
        return "text", how(source, variables)
    except ChatTemplateError as error:
        return type(error).__name__, json.dumps([error.what, error.remedy])


def test_a_closed_process_starts_again(process: TemplateProcess) -> None:
    process.close()
    assert process.render("{{ 1 + 1 }}", {}) == "2"
