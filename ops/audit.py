"""Known weaknesses of what the lock pins, by pip-audit: 0 none, 1 some, 2 when nobody could be asked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements.lock"
FOUND, UNASKED = 1, 2


def judged(said: str) -> tuple[int, list[str]]:
    """The exit code and the lines to say, of what pip-audit answered; '' when it gave no answer."""
    try:
        parts: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return UNASKED, ["the advisory service does not answer: nothing was audited, try again where it does"]
    unknown = [part["name"] for part in parts if "skip_reason" in part]
    weak = [part for part in parts if part.get("vulns")]
    lines = [
        f"{part['name']} {part['version']}: {', '.join(found['id'] for found in part['vulns'])}"
        + "".join(
            f"; mended in {found['fix_versions'][0]}" for found in part["vulns"] if found["fix_versions"]
        )
        for part in weak
    ]
    if len(unknown) == len(parts):
        lines.append("the advisory service knows none of the packages here: nothing was audited")
        return UNASKED, lines
    if unknown:
        lines.append(f"not known to the advisory service, so not audited: {', '.join(unknown)}")
    asked = len(parts) - len(unknown)
    lines.append(f"{asked} of {len(parts)} packages audited, {len(weak)} with known weaknesses")
    return (FOUND if weak else UNASKED if unknown else 0), lines


def main() -> int:
    """Ask, and say it in sentences."""
    tool = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip"]
    done = subprocess.run(
        [*tool, "-f", "json", "--progress-spinner", "off", "--timeout", "15"],
        capture_output=True,
        text=True,
        check=False,
    )
    code, lines = judged(done.stdout)
    (sys.stderr if code else sys.stdout).write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
