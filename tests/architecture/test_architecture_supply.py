"""What the program is made of: pinned by hash, listed, audited, and nothing of this machine in any of it."""

import importlib.util
import json
import re
import tomllib

import pytest

from tests.support.sources import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-tools.lock")


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "ops" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pinned(lock):
    """Name and version, and how many hashes, of each requirement of a lock."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        head, *options = line.split(" --hash=")
        yield head.split(";")[0].strip(), options


@pytest.mark.parametrize("lock", LOCKS)
def test_lock__pins_every_part_by_hash_and_names_no_place(lock):
    found = dict(pinned(lock))
    assert len(found) > 20
    assert all(re.fullmatch(r"[a-z0-9-]+(\[[a-z,]+\])?==[^ ]+", name) for name in found)
    assert all(options for options in found.values())
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one.strip()) for all_ in found.values() for one in all_)


def test_lock__holds_all_that_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    names = {re.split(r"[\[=]", name)[0] for name, _ in pinned("requirements.lock")}
    assert script("sbom").direct_of(ROOT / "pyproject.toml") <= names
    tools = {re.split(r"[^A-Za-z0-9-]", one)[0] for one in project["dependency-groups"]["tools"]}
    assert tools <= {name.split("==")[0] for name, _ in pinned("requirements-tools.lock")}


RAW = {
    "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {"component": {"name": "emtihan", "type": "application", "bom-ref": "x"}, "tools": {}},
    "components": [
        {
            "type": "library",
            "bom-ref": "requirements-L1",
            "name": "PyYAML",
            "version": "6.0",
            "purl": "pkg:pypi/pyyaml@6.0",
            "description": "requirements line 1: /home/somebody",
            "externalReferences": [
                {"url": "https://index.example/simple", "hashes": [{"alg": "SHA-256", "content": "ab"}]}
            ],
        },
        {"type": "library", "bom-ref": "2", "name": "abc", "version": "1", "purl": "pkg:pypi/abc@1"},
    ],
}


def test_parts__are_named_by_version_and_hash_and_by_no_machine_or_index():
    made = script("sbom").cleaned(RAW, {"pyyaml"})
    assert [(part["name"], part["hashes"]) for part in made["components"]] == [
        ("PyYAML", [{"alg": "SHA-256", "content": "ab"}]),
        ("abc", []),
    ]
    assert made["dependencies"][0] == {"ref": "emtihan", "dependsOn": ["pkg:pypi/pyyaml@6.0"]}
    said = json.dumps({name: value for name, value in made.items() if name != "$schema"})
    assert "://" not in said
    assert "/home" not in said


def test_audit__says_what_is_weak_and_never_that_all_is_well_when_nobody_was_asked():
    judged = script("audit").judged
    fine = {"name": "a", "version": "1", "vulns": []}
    weak = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
    unknown = {"name": "c", "skip_reason": "Dependency not found on PyPI"}
    for parts, code, word in (
        ([fine], 0, "1 of 1 packages audited, 0 with"),
        ([fine, weak], 1, "b 2: PYSEC-1; mended in 3"),
        ([fine, unknown], 2, "not audited: c"),
        ([unknown], 2, "nothing was audited"),
        ([weak, unknown], 1, "not audited: c"),
    ):
        found, lines = judged(json.dumps({"dependencies": parts}))
        assert found == code
        assert word in "\n".join(lines)
    for nothing in ("", "Traceback", "[]", "null"):
        assert judged(nothing) == (
            2,
            ["the advisory service does not answer: nothing was audited, try again where it does"],
        )
