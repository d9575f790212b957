"""What stands in ops/ fits the program: metrics that are counted, settings that are read."""

import json
import re

import pytest
import yaml
from prometheus_client import generate_latest

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


def test_container__copies_what_the_program_needs():
    text = (OPS / "Containerfile").read_text("utf-8")
    for room in ("bot", "handlers", "scheduler", "content"):
        assert f"COPY {room} {room}" in text
    assert "--require-hashes" in text


def test_compose__and_unit_give_time_to_stop():
    compose = yaml.safe_load((OPS / "compose.yaml").read_text("utf-8"))
    assert compose["services"]["bot"]["stop_grace_period"] == "15s"
    assert "TimeoutStopSec=15" in (OPS / "emtihan.service").read_text("utf-8")
