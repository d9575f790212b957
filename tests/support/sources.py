"""The program's own sources, read as syntax: what is called, and with which texts."""

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
Assigned = dict[str, list[ast.expr]]


class Module:
    """A module's calls, with what its names and small functions may stand for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.functions = [
            node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        self.returns = {
            function.name: [
                node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value
            ]
            for function in self.functions
        }

    def calls(self, *names: str) -> Iterator[tuple[ast.Call, Assigned]]:
        """Calls of functions or methods of these names, each with the assignments that it sees."""
        for name, call, seen in self._every_call:
            if name in names:
                yield call, seen

    @cached_property
    def _every_call(self) -> list[tuple[str, ast.Call, Assigned]]:
        own = _assigned(self.tree.body)
        found = []
        for function in self.functions:
            nodes = list(ast.walk(function))
            seen = {**own, **_assigned(nodes)}
            found += [
                (called(node), node, seen) for node in nodes if isinstance(node, ast.Call) and node.args
            ]
        return found

    def shapes(self, node: ast.expr, assigned: Assigned) -> Iterator[str]:
        """What an expression may give: literal texts, `family.*` for an f-string, '?' for anything else."""
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr(values=parts):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)
            case ast.IfExp(body=one, orelse=other):
                yield from self.shapes(one, assigned)
                yield from self.shapes(other, assigned)
            case ast.Name(id=name) if name in assigned:
                for value in assigned[name]:
                    yield from self.shapes(value, assigned)
            case ast.Call(func=ast.Name(id=name)) if name in self.returns:
                for value in self.returns[name]:
                    yield from self.shapes(value, assigned)
            case _:
                yield "?"

    def texts(self, *names: str, position: int = 0) -> Iterator[tuple[str, str]]:
        """(place, text) of an argument of every call of these names."""
        for call, assigned in self.calls(*names):
            if len(call.args) > position:
                for shape in self.shapes(call.args[position], assigned):
                    yield f"{self.path.name}:{call.lineno}", shape


def called(node: ast.Call) -> str:
    """The name of what is called, without what stands before its point."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def _assigned(nodes: Iterable[ast.AST]) -> Assigned:
    """What stands to the right of names."""
    found: Assigned = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for name, value in zip(names, values, strict=True):
                    if isinstance(name, ast.Name):
                        found.setdefault(name.id, []).append(value)
    return found
