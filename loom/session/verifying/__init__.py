"""Whether a session file is whole, and whether its texts came from the model that it names."""

from loom.session.verifying.report import Verification
from loom.session.verifying.verify import verify

__all__ = ["Verification", "verify"]
