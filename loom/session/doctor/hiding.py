"""Taking out of a report what is nobody's business: who, where, and what opens a door."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECRET = re.compile(r"TOKEN|KEY|SECRET|PASSW", re.IGNORECASE)
"""Names of environment variables whose values are never told."""

_LEAST_SECRET = 6
_TOKEN = re.compile(r"\b(?:hf|sk|ghp|gho|github_pat|xox[bp])[_-][A-Za-z0-9_-]{8,}")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_BEARER = re.compile(r"(?i)(?<=bearer )\S+")


@dataclass(frozen=True, slots=True)
class Private:
    """What must not be told: the home folder, the names of person and machine, secret values."""

    home: str
    user: str
    host: str
    secrets: tuple[str, ...] = ()

    @classmethod
    def of_this_machine(cls, environ: Mapping[str, str] = os.environ) -> Private:
        """As the system names them."""
        return cls(_home(), _user(), socket.gethostname(), secrets_in(environ))

    def hidden(self, text: str) -> str:
        """The text with ~ for the home folder and words in angle brackets for the rest."""
        for secret in self.secrets:
            text = text.replace(secret, "<secret>")
        text = _BEARER.sub("<secret>", _CREDENTIALS.sub("<secret>@", _TOKEN.sub("<secret>", text)))
        if len(self.home) > 1:
            text = re.sub(rf"{re.escape(self.home)}(?![\w.-])", "~", text)
        if self.user:
            text = re.sub(rf"(?<=[/\\]){re.escape(self.user)}(?=[/\\]|$)", "<user>", text)
        if self.host and self.host != "localhost":
            text = re.sub(rf"(?<![\w-]){re.escape(self.host)}(?![\w-])", "<host>", text)
        return text

    def within(self, value: object) -> object:
        """The same in every text of what JSON can hold."""
        if isinstance(value, str):
            return self.hidden(value)
        if isinstance(value, Mapping):
            return {key: self.within(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.within(one) for one in value]
        return value


def secrets_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Values of variables that are named like secrets, the longest first."""
    found = {
        value
        for name, value in environ.items()
        if SECRET.search(name) and len(value) >= _LEAST_SECRET
    }
    return tuple(sorted(found, key=len, reverse=True))


def _home() -> str:
    try:
        return str(Path.home())
    except RuntimeError:
        return ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
