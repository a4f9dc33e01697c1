"""An open session without a screen: every use case that the app and the command line have."""

from loom.session.session import Notice, Session
from loom.session.settings import GrowSettings, ModelStatus

__all__ = ["GrowSettings", "ModelStatus", "Notice", "Session"]
