"""Read by every Python process that a test's shell starts: writes down at the end what was loaded."""

import atexit
import os
import sys
from pathlib import Path


def _tell(file: str) -> None:
    Path(file).write_text("\n".join(sorted(name for name in sys.modules if "." not in name)), "utf-8")


if os.environ.get("LOADED_MODULES"):
    atexit.register(_tell, os.environ["LOADED_MODULES"])
