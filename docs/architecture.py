"""Draw which part of the code imports which, as architecture.svg: python -m docs.architecture"""

import ast
from itertools import pairwise, permutations
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = Path(__file__).with_name("architecture.svg")
BASE = "base"  # the modules directly in explorer/ that import no folder of it
BOX, GAP_X, GAP_Y, MARGIN = (124, 34), 64, 40, 20  # px


def read_imports(root: Path = ROOT) -> dict[str, set[str]]:
    """Return the parts that each part imports.

    A part is a folder of explorer/, pages/ or app.py. Modules directly in explorer/ form one part, the base,
    if they import no folder.
    """
    imports: dict[str, set[str]] = {}
    for file in [*root.glob("explorer/**/*.py"), *root.glob("pages/*.py"), root / "app.py"]:
        part = _part(".".join(file.relative_to(root).with_suffix("").parts))
        if not part.startswith("__"):
            imports.setdefault(part, set()).update(map(_part, _modules(file)))
    imports = {part: {p for p in used if p in imports and p != part} for part, used in imports.items()}
    modules = {part for part in imports if (root / "explorer" / f"{part}.py").is_file()}
    base = {part for part in modules if _reachable(imports, part) <= modules}
    return {BASE: set()} | {
        part: {BASE if p in base else p for p in used} for part, used in imports.items() if part not in base
    }


def _modules(file: Path) -> set[str]:
    """Return every module of this project that a file imports, wherever in it."""
    modules = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "explorer":
            modules |= {f"explorer.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return {name for name in modules if name.split(".")[0] in ("explorer", "pages", "app")}


def _part(module: str) -> str:
    first, _, rest = module.partition(".")
    return rest.split(".")[0] if first == "explorer" and rest else first


def _reachable(imports: dict[str, set[str]], part: str) -> set[str]:
    reachable, pending = set(), [part]
    while pending:
        for used in imports.get(pending.pop(), set()) - reachable:
            reachable.add(used)
            pending.append(used)
    return reachable


def direct_imports(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out the imports that also lead over another part (the transitive reduction)."""
    return {
        part: {
            p for p in used if not any(p in _reachable(imports, other) for other in used - {p})
        }
        for part, used in imports.items()
    }  # fmt: skip


def find_levels(imports: dict[str, set[str]]) -> list[list[str]]:
    """Return the parts from the bottom up: each stands above all that it imports. Raises ValueError if
    imports form a cycle.
    """
    levels: list[list[str]] = []
    remaining = dict(imports)
    while remaining:
        level = sorted(part for part, used in remaining.items() if not used & remaining.keys())
        if not level:
            raise ValueError(f"The imports of {', '.join(sorted(remaining))} form a cycle.")
        levels.append(level)
        remaining = {part: used for part, used in remaining.items() if part not in level}
    return levels


def _sort_levels(levels: list[list[str]], arrows: dict[str, set[str]]) -> None:
    """Order the parts of each level so that the arrows are short."""

    def length() -> float:
        x = {part: i - (len(level) - 1) / 2 for level in levels for i, part in enumerate(level)}
        return sum((x[part] - x[used]) ** 2 for part in arrows for used in arrows[part])

    def length_with(level: list[str], order: tuple[str, ...]) -> float:
        level[:] = order
        return length()

    for level in 4 * (levels + levels[::-1]):
        orders = [tuple(level), *permutations(sorted(level))]
        level[:] = min(orders, key=lambda order: length_with(level, order))


def draw(root: Path = ROOT) -> str:
    """Return the picture as SVG: an arrow goes from a part to what it imports directly."""
    imports = read_imports(root)
    arrows = direct_imports({part: used - {BASE} for part, used in imports.items() if part != BASE})
    levels = find_levels(arrows)
    _sort_levels(levels, arrows)
    width = max(map(len, levels)) * (BOX[0] + GAP_X) - GAP_X + 2 * MARGIN
    height = (len(levels) + 1) * (BOX[1] + GAP_Y) - GAP_Y + 2 * MARGIN
    places = {}
    for row, level in enumerate(reversed(levels)):
        left = (width - len(level) * (BOX[0] + GAP_X) + GAP_X) / 2
        for column, part in enumerate(level):
            places[part] = left + column * (BOX[0] + GAP_X), MARGIN + row * (BOX[1] + GAP_Y)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="sans-serif" font-size="14" text-anchor="middle">',
        "<title>Imports between the parts of the code</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        ' orient="auto"><path d="M0 0 8 4 0 8z" fill="#64707a"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#fcfcfa"/>',
    ]
    for part in sorted(arrows):
        for used in sorted(arrows[part]):
            lines.append(_arrow(places[part], places[used], [places[p] for p in sorted(places)]))
    for part, (x, y) in sorted(places.items()):
        lines.append(_box(x, y, BOX[0], f"{part}.py" if part == "app" else f"{part}/"))
    base = sorted(p.stem for p in (root / "explorer").glob("*.py") if p.stem not in places)
    names = "  ".join(name for name in base if not name.startswith("__"))
    lines.append(_box(MARGIN, height - MARGIN - BOX[1], width - 2 * MARGIN, names))
    return "\n".join([*lines, "</svg>"]) + "\n"


def _arrow(start: tuple[float, float], end: tuple[float, float], boxes: list[tuple[float, float]]) -> str:
    """Draw a curve from the bottom of one box to the top of another, around the boxes between them."""
    x0, y0, x1, y1 = start[0] + BOX[0] / 2, start[1] + BOX[1], end[0] + BOX[0] / 2, end[1]
    points = [(x0, y0)]
    for y in sorted({y for _, y in boxes if y0 < y < y1 - 1}):
        x = x0 + (x1 - x0) * (y + BOX[1] / 2 - y0) / (y1 - y0)
        row = sorted(x for x, top in boxes if top == y)
        for left in row:
            if left - 12 < x < left + BOX[0] + 12:
                x = left - GAP_X / 2 if x < left + BOX[0] / 2 else left + BOX[0] + GAP_X / 2
        points += [(x, y), (x, y + BOX[1])]
    points.append((x1, y1))
    path = f"M{x0:.0f} {y0:.0f}"
    for (xa, ya), (xb, yb) in pairwise(points):
        middle = (ya + yb) / 2
        path += f"C{xa:.0f} {middle:.0f} {xb:.0f} {middle:.0f} {xb:.0f} {yb:.0f}"
    return f'<path d="{path}" fill="none" stroke="#64707a" marker-end="url(#tip)"/>'


def _box(x: float, y: float, width: float, title: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{BOX[1]}" rx="6" fill="#f1f1ec"'
        f' stroke="#0b6e63"/><text x="{x + width / 2:g}" y="{y + BOX[1] / 2 + 5:g}" fill="#0f1316"'
        f' font-weight="600" xml:space="preserve">{title}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
