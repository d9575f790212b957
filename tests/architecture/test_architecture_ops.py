"""What stands in ops/ fits the program: metrics that are counted, settings that are read."""

import json
import re

import pytest
import yaml
from prometheus_client import generate_latest

from bot.cli import COMMANDS
from bot.config import PREFIX, Settings
from bot.telemetry import Metrics
from tests.support.sources import ROOT

OPS = ROOT / "ops"
USED = re.compile(r"\bemtihan_[a-z_]+")


@pytest.fixture(scope="module")
def counted() -> set[str]:
    """Names of samples that the program tells, histograms in parts."""
    metrics = Metrics()
    names = set()
    for family in metrics.registry.collect():
        kinds = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
        names |= {family.name + part for part in kinds[family.type]}
    assert b"emtihan_ready" in generate_latest(metrics.registry)
    return names


@pytest.mark.parametrize("name", ["dashboard.json", "alerts.yaml"])
def test_expressions__name_metrics_that_are_counted(name, counted):
    text = (OPS / name).read_text("utf-8")
    asked = json.loads(text) if name.endswith("json") else yaml.safe_load(text)
    found = set(USED.findall(" ".join(expressions(asked))))
    assert found
    assert found <= counted


def expressions(value):
    """Every value of a key `expr`, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key == "expr" else expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)


def test_dashboard__shows_every_metric(counted):
    text = (OPS / "dashboard.json").read_text("utf-8")
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in USED.findall(text)}
    assert {re.sub("_(bucket|sum|count)$", "", name) for name in counted} == shown


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml", "emtihan.service"])
def test_settings__named_are_read(name):
    text = (OPS / name).read_text("utf-8")
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields} | {f"{PREFIX}HOST"}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", text)) <= known


@pytest.mark.parametrize("name", ["emtihan.service", "emtihan@.service"])
def test_unit__keeps_its_data_where_it_may_write(name):
    """The rest of the file system is read-only to it, its own folder too."""
    lines = [line.partition("=") for line in (OPS / name).read_text("utf-8").splitlines()]
    said = [(key, value) for key, _, value in lines]
    assert ("ProtectSystem", "strict") in said
    state = f"/var/lib/{dict(said)['StateDirectory']}"
    settings = dict(value.split("=", 1) for key, value in said if key == "Environment")
    assert settings["EMTIHAN_DATABASE_URL"].startswith(f"sqlite:///{state}/")
    assert settings["EMTIHAN_FILES_DIR"].startswith(f"{state}/")


@pytest.mark.parametrize("name", ["emtihan.service", "emtihan@.service"])
def test_unit__starts_commands_that_there_are(name):
    text = (OPS / name).read_text("utf-8")
    called = re.findall(r"^Exec\w+=/opt/emtihan/.venv/bin/emtihan (\w+)$", text, re.MULTILINE)
    assert called == ["check", "run"]
    assert set(called) <= set(COMMANDS)


def test_compose__keeps_its_files_where_the_image_says():
    """The bot's file system is read-only but for the volume."""
    compose = yaml.safe_load((OPS / "compose.yaml").read_text("utf-8"))
    bot = compose["services"]["bot"]
    image = dict(re.findall(r"(EMTIHAN_\w+)=(\S+)", (OPS / "Containerfile").read_text("utf-8")))
    (volume,) = [place.partition(":")[2] for place in bot["volumes"]]
    assert bot["read_only"]
    assert image["EMTIHAN_FILES_DIR"].startswith(f"{volume}/")
    mounted = [place for one in compose["services"].values() for place in one.get("volumes", ())]
    assert {place.partition(":")[0] for place in mounted} == {*compose["volumes"], "./Caddyfile"}


def test_container__copies_what_the_program_needs():
    text = (OPS / "Containerfile").read_text("utf-8")
    for room in ("bot", "handlers", "scheduler", "content"):
        assert f"COPY {room} {room}" in text
    assert "--require-hashes" in text


def test_compose__and_unit_give_time_to_stop():
    compose = yaml.safe_load((OPS / "compose.yaml").read_text("utf-8"))
    assert compose["services"]["bot"]["stop_grace_period"] == "15s"
    assert "TimeoutStopSec=15" in (OPS / "emtihan.service").read_text("utf-8")
