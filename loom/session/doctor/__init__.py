"""What a bug report needs to say about this machine, and nothing that is private."""

from loom.session.doctor.examining import examine
from loom.session.doctor.lines import lines

__all__ = ["examine", "lines"]
