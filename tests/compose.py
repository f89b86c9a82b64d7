"""docker-compose.yml as Compose reads it: merged, and with values for its variables."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from rollcall.local.generated import secret_values
from rollcall.settings import ROOT

COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE_TEXT = (ROOT / ".env.example").read_text(encoding="utf-8")
SECRETS = {name: f"value-of-{name}" for name in [*secret_values(), "ROLLCALL_POSTGRES_PASSWORD"]}


class Missing(Exception):
    """A variable that Compose would refuse to start without."""


def closing(text: str, start: int) -> int:
    """Where the `${` that opened before *start* closes."""
    depth = 1
    for mark in re.compile(r"\$\{|\}").finditer(text, start):
        depth += 1 if mark[0] == "${" else -1
        if depth == 0:
            return mark.start()
    raise ValueError(f"never closed: {text}")


def interpolated(text: str, given: Mapping[str, str]) -> str:
    """*text* as Compose makes it of *given*: `${A}`, `${A:-default}`, `${A:+other}` and `${A:?message}`, nested."""
    start = text.find("${")
    if start < 0:
        return text
    end = closing(text, start + 2)
    match = re.fullmatch(r"(\w+)(?::([-+?])(.*))?", text[start + 2 : end], re.DOTALL)
    assert match, text
    name, kind, rest = match.groups()
    value = given.get(name) or ""
    if kind == "-":
        otherwise = interpolated(rest, given)  # Compose looks into the default even where it is not needed
        value = value or otherwise
    if kind == "+":
        value = interpolated(rest, given) if value else ""
    if kind == "?" and not value:
        raise Missing(rest)
    return text[:start] + value + interpolated(text[end + 1 :], given)


def walk(node: Any, given: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: walk(value, given) for key, value in node.items()}
    if isinstance(node, list):
        return [walk(value, given) for value in node]
    return interpolated(node, given) if isinstance(node, str) else node


def compose(given: Mapping[str, str] = SECRETS) -> dict[str, Any]:
    """docker-compose.yml as Compose reads it: merged, and with *given* for its variables."""
    return dict(walk(yaml.safe_load(COMPOSE_TEXT), given))


def of_example(pattern: str) -> dict[str, str]:
    return dict(re.findall(pattern, EXAMPLE_TEXT, re.MULTILINE))


EMPTY = of_example(r"^(\w+)=(.*)$")
SHOWN = of_example(r"^# (\w+)=(.*)$")
