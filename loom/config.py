"""What a person can set once and for all, in `config.toml`."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from loom.errors import UsageError
from loom.paths import config_dir


@dataclass(frozen=True, slots=True)
class Config:
    """Settings that hold for every session; None lets loom choose.

    `model_folders` are searched for models, `theme` is the name of a colour theme, `model` the
    name or path of the model that new sessions start with. In the app a model's memory is freed
    after `unload_after_minutes` without work. `keys` are keys of the app, by the names that
    `loom keys` lists.
    """

    model_folders: tuple[str, ...] = ()
    theme: str | None = None
    model: str | None = None
    unload_after_minutes: float | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def config_path() -> Path:
    """The file that `load_config` reads; it need not exist."""
    return config_dir() / "config.toml"


def load_config() -> Config:
    """Read the settings; no file means none are set.

    Raises UsageError, naming the file, for what is not TOML, not a setting, or not of its type.
    """
    path = config_path()
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Config()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "Mend it or remove it.") from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", "Check its permissions."
        ) from error
    for key, value in values.items():
        _check(path, key, value)
    keys = {
        name: (given,) if isinstance(given, str) else tuple(given)
        for name, given in values.get("keys", {}).items()
    }
    folders = tuple(values.get("model_folders", ()))
    return Config(**values | {"model_folders": folders, "keys": keys})


def _check(path: Path, key: str, value: object) -> None:
    known = [field.name for field in fields(Config)]
    if key not in known:
        near = difflib.get_close_matches(key, known, n=1)
        there_are = f"loom knows {', '.join(known[:-1])} and {known[-1]}."
        remedy = f"Did you mean {near[0]}?" if near else there_are
        raise UsageError(f"{path} sets {key}, which loom does not know.", remedy)
    if key == "model_folders":
        if not isinstance(value, list) or not all(isinstance(folder, str) for folder in value):
            raise UsageError(
                f"{path} sets {key} to {value!r}, which is not a list of folders.",
                f'Write {key} = ["...", "..."].',
            )
    elif key == "keys":
        if not isinstance(value, dict) or not all(map(_is_keys, value.values())):
            raise UsageError(
                f"{path} sets {key} to {value!r}, which is not a table of keys.",
                'Write [keys] and under it for example hide = "X" or parent = ["left", "h"].',
            )
    elif key == "unload_after_minutes":
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise UsageError(
                f"{path} sets {key} to {value!r}, which is no number of minutes.",
                f"Write {key} = 10.",
            )
    elif not isinstance(value, str):
        raise UsageError(
            f"{path} sets {key} to {value!r}, which is not text.", f'Write {key} = "...".'
        )


def _is_keys(value: object) -> bool:
    """Whether it is a key, or several."""
    several = isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
    return isinstance(value, str) or several
