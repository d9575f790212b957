"""The parts of the program as CycloneDX, from the lock: `python ops/sbom.py FILE`; no machine, no index."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
ROOT_REF = "emtihan"


def cleaned(raw: dict[str, Any], direct: set[str]) -> dict[str, Any]:
    """What the tool read, each part by its name, version and hashes; `direct`: what the program asks for."""
    parts = []
    for part in raw["components"]:
        hashes = [found for place in part.get("externalReferences", ()) for found in place.get("hashes", ())]
        parts.append(
            {
                "type": part["type"],
                "bom-ref": part["purl"],
                "name": part["name"],
                "version": part["version"],
                "purl": part["purl"],
                "hashes": hashes,
            }
        )
    parts.sort(key=lambda part: part["name"])
    asked = [part["bom-ref"] for part in parts if _plain(part["name"]) in direct]
    root = {**raw["metadata"]["component"], "bom-ref": ROOT_REF}
    return {
        "$schema": raw["$schema"],
        "bomFormat": raw["bomFormat"],
        "specVersion": raw["specVersion"],
        "version": 1,
        "metadata": {"component": root},
        "components": parts,
        "dependencies": [
            {"ref": ROOT_REF, "dependsOn": asked},
            *({"ref": part["bom-ref"]} for part in parts),
        ],
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def direct_of(project: Path) -> set[str]:
    """The names that the project asks for itself."""
    wanted = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    return {_plain(re.split(r"[^A-Za-z0-9._-]", one)[0]) for one in wanted}


def main(target: Path) -> int:
    """Write it; 1 with a sentence when the tool cannot."""
    project = ROOT / "pyproject.toml"
    tool = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", "--output-reproducible"]
    done = subprocess.run(
        [*tool, "--pyproject", str(project), "--of", "JSON", "-o", "-", str(LOCK)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        sys.stderr.write(f"the list of parts could not be made: {last}\n")
        return 1
    made = cleaned(json.loads(done.stdout), direct_of(project))
    target.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.write(f"{len(made['components'])} parts: {target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "sbom.json")))
