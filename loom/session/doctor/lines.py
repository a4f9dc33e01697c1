"""A report as lines for a person; what one might do something about begins with !."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

Section = Mapping[str, object]
_LABEL = 14


def lines(report: Mapping[str, object]) -> Iterator[str]:
    """A line for each thing under a label, the last errors, and what is amiss at the end."""
    sections = {name: cast(Section, one) for name, one in report.items() if name != "last_errors"}
    for label, fact in _facts(sections):
        yield f"{label:<{_LABEL}}{fact}"
    errors = cast(list[str], report["last_errors"])
    for label, error in zip(["last errors", *[""] * len(errors)], errors or ["none"], strict=False):
        yield f"{label:<{_LABEL}}{error}"
    yield from (f"! {line}" for line in _amiss(sections))


def _facts(found: Mapping[str, Section]) -> Iterator[tuple[str, str]]:
    python, system = found["python"], found["system"]
    yield "loom", f"{found['loom']['version']} in {found['loom']['folder']}"
    where = "in a virtual environment" if python["virtual_environment"] else "the system's own"
    yield "Python", f"{python['version']} ({python['implementation']}), {python['executable']}"
    yield "", where
    versions = (f"{name} {version or 'missing'}" for name, version in found["packages"].items())
    yield "packages", ", ".join(versions)
    yield "machine", f"{system['platform']}, {system['processor']}"
    yield "", f"{system['n_processors']} processors, loom uses {system['n_threads']} threads"
    yield "memory", _free(system["memory_free_bytes"], system["memory_bytes"])
    yield from _llama(found["llama_cpp"])
    yield "terminal", _terminal(found["terminal"])
    yield from _models(found["models"])
    for name, place in found["places"].items():
        yield name, _place(cast(Section, place))
    settings = (f"{name} = {value}" for name, value in found["settings"].items())
    yield "set there", ", ".join(settings) or "nothing"
    environment = found["environment"]
    given = [f"{name} {value}" for name, value in environment.items() if value != "not set"]
    rest = [name for name, value in environment.items() if value == "not set"]
    yield "environment", ", ".join(given) or "nothing"
    yield "not set", ", ".join(rest)


def _llama(llama: Section) -> Iterator[tuple[str, str]]:
    if "problem" in llama:
        yield "llama.cpp", "cannot be loaded"
        return
    built = f"llama-cpp-python {llama['binding']}, ggml {llama['version']} ({llama['commit']})"
    yield "llama.cpp", built
    yield "built with", ", ".join(cast(list[str], llama["features"])) or "nothing special"
    for device in cast(list[Section], llama["devices"]):
        memory = _free(device["free_bytes"], device["total_bytes"])
        yield str(device["kind"]), f"{device['name']}: {device['description']}, {memory}"
    if llama["gpu_of_machine"] is None:
        yield "GPU", "none found in this machine"


def _terminal(terminal: Section) -> str:
    size = f"{terminal['columns']}x{terminal['rows']}" if terminal["is_terminal"] else "none here"
    n_colours = cast(int, terminal["colours"])
    colours = "no colours" if not n_colours else f"{n_colours:,} colours"
    mouse = {True: "mouse", False: "no mouse", None: "mouse unknown"}[
        cast("bool | None", terminal["mouse"])
    ]
    facts = [size, f"TERM={terminal['term'] or ''}", colours, mouse, str(terminal["encoding"])]
    facts += ["NO_COLOR"] if terminal["no_color"] else []
    facts += [f"in {terminal[name]}" for name in ("program", "inside") if terminal[name]]
    facts += ["over ssh"] if terminal["over_ssh"] else []
    return ", ".join(facts)


def _models(models: Section) -> Iterator[tuple[str, str]]:
    if "problem" in models:
        yield "models", "cannot be looked for"
        return
    yield (
        "models",
        f"{models['n_models']} found, {models['n_bundled']} of them loom's own, "
        f"{models['n_unusable']} cannot be used",
    )
    for number, folder in enumerate(cast(list[Section], models["folders"])):
        yield "" if number else "looked in", f"{_place(folder)}, {folder['for']}"


def _place(place: Section) -> str:
    count = f", {place['n_sessions']} sessions" if "n_sessions" in place else ""
    return f"{place['path']}{count if place['exists'] else ' (not there)'}"


def _free(free: object, total: object) -> str:
    of = "" if total is None else f" of {cast(int, total) / 2**30:.1f} GiB"
    return "not known" if free is None else f"{cast(int, free) / 2**30:.1f}{of} free"


def _amiss(found: Mapping[str, Section]) -> Iterator[str]:
    """What a person may want to mend, each with how."""
    problems = dict.fromkeys(str(one["problem"]) for one in found.values() if "problem" in one)
    yield from problems
    llama, terminal = found["llama_cpp"], found["terminal"]
    if llama["gpu_unused"]:
        yield f"{llama['gpu_of_machine']} GPU, unused. To build llama.cpp for it:"
        yield f"  {llama['rebuild']}"
    if terminal["large_enough"] is False:
        yield "The terminal is smaller than the 80 columns and 24 rows that loom is drawn for."
    if not terminal["unicode"]:
        yield "The terminal's encoding is not UTF-8: set LANG to a UTF-8 locale."
