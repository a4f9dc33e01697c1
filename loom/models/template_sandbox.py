"""A jinja2 environment in which a downloaded chat template can do little harm.

It offers what the templates of Hugging Face expect of transformers, and keeps them from reaching
Python, from changing what they are given, and from the plain ways of growing without end. Time and
memory are limited around it, by `template_process`: inside one process neither can be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import NoReturn

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from loom.errors import ChatTemplateError
from loom.models.template_failure import USE_ANOTHER, TemplateFailedError

_MAX_TEMPLATE_CHARS = 2**18
_MAX_OUTPUT_CHARS = 2**20
_MAX_RANGE = 10_000
_MAX_QUOTED_CHARS = 160
_MAX_NUMBER = 2**63
_PADDING = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})

# What untrusted code can raise; anything else would be a mistake of ours.
_TEMPLATE_FAULTS = (
    jinja2.TemplateError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class TemplateRefusesError(jinja2.TemplateError):
    """A template called `raise_exception`: it does not take these messages."""


def render(source: str, variables: Mapping[str, object]) -> str:
    """The text that a template makes of its variables, in this process.

    TemplateFailedError if it fails or refuses them, ChatTemplateError if it is broken or writes
    without end.
    """
    compiled = _compile(source)
    pieces: list[str] = []
    n_chars = 0
    try:
        for piece in compiled.generate(variables):
            pieces.append(piece)
            n_chars += len(piece)
            if n_chars > _MAX_OUTPUT_CHARS:
                raise ChatTemplateError("The chat template writes without end.", USE_ANOTHER)
    except TemplateRefusesError as error:
        raise TemplateFailedError(
            f'The chat template does not take these messages: "{_short(error)}".', USE_ANOTHER
        ) from error
    except MemoryError as error:
        raise ChatTemplateError(
            "The chat template makes something far too large.", USE_ANOTHER
        ) from error
    except _TEMPLATE_FAULTS as error:
        raise TemplateFailedError(
            f'The chat template failed: "{_short(error)}".', USE_ANOTHER
        ) from error
    return "".join(pieces)


def _short(error: Exception | str) -> str:
    """What an error says, in one line: a template may put anything into it."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= _MAX_QUOTED_CHARS else said[:_MAX_QUOTED_CHARS] + "..."


@lru_cache(maxsize=8)
def _compile(source: str) -> jinja2.Template:
    if len(source) > _MAX_TEMPLATE_CHARS:
        raise ChatTemplateError(
            f"The chat template is {len(source):,} characters long; that cannot be right.",
            USE_ANOTHER,
        )
    try:
        return _Environment().from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise ChatTemplateError(
            f'The chat template is broken in line {error.lineno}: "{_short(error.message or "")}".',
            USE_ANOTHER,
        ) from error
    except (RecursionError, MemoryError, OverflowError, SyntaxError) as error:
        raise ChatTemplateError("The chat template is too deeply nested.", USE_ANOTHER) from error


class _GenerationBlocks(Extension):
    """`{% generation %}` marks what a model is trained on; in a prompt it means nothing."""

    tags = {"generation"}  # noqa: RUF012  (jinja2 declares it so)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """The block's body alone."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with limits on what makes text or numbers large in one step."""

    intercepted_binops = frozenset({"+", "*", "**"})

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols", _GenerationBlocks],
        )
        self.globals |= {
            "range": _short_range,
            "raise_exception": _raise_exception,
            "strftime_now": _strftime_now,
        }
        self.globals.pop("lipsum")
        self.filters.pop("center")
        self.filters["tojson"] = _to_json

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Also keep away from methods that pad text to any width."""
        return super().is_safe_attribute(obj, attr, value) and attr not in _PADDING

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Add or multiply, unless the result would be large."""
        if not _is_small_result(operator, left, right):
            raise jinja2.TemplateError("it makes something far too large")
        return super().call_binop(context, operator, left, right)


def _is_small_result(operator: str, left: object, right: object) -> bool:
    sized = (str, list, tuple)
    if operator == "+":
        n_items = [len(operand) for operand in (left, right) if isinstance(operand, sized)]
        return sum(n_items) <= _MAX_OUTPUT_CHARS
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        if operator == "*":
            return abs(left * right) < _MAX_NUMBER
        return abs(left) < _MAX_RANGE and abs(right) <= 4
    pattern, times = (right, left) if isinstance(left, int) else (left, right)
    if isinstance(pattern, sized) and isinstance(times, int):
        return len(pattern) * times <= _MAX_RANGE
    return False


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _MAX_RANGE:
        raise jinja2.TemplateError("it counts too far")
    return numbers


def _raise_exception(message: object) -> NoReturn:
    raise TemplateRefusesError(str(message))


def _strftime_now(layout: str) -> str:
    return datetime.now().strftime(layout)


def _to_json(
    value: object,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """JSON as transformers writes it: jinja2's own filter escapes it for HTML."""
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )
