"""Write the reference of the commands into command-line.md: python -m docs.command_line"""

import argparse
from dataclasses import fields
from pathlib import Path

from explorer.cli.parser import build_parser
from explorer.specs import RunSpec

PAGE = Path(__file__).with_name("command-line.md")
MARK = "<!-- Everything below is written by `python -m docs.command_line`. -->\n"
SETTINGS = {f.name: f for f in fields(RunSpec)}


def page(text: str) -> str:
    """Return the text of the page, with the reference below its mark written anew."""
    above, mark, _ = text.partition(MARK)
    if not mark:
        raise ValueError(f"{PAGE.name} must contain the line {MARK!r}.")
    return above + mark + reference(build_parser())


def reference(parser: argparse.ArgumentParser) -> str:
    """Return a section in Markdown for each command, and one for the settings that several of them take."""
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    parts = [
        "## Commands",
        _table(
            "command",
            [(f"[{name}](#{name})", _help(sub.description)) for name, sub in commands.choices.items()],
        ),
        "These options stand before the command:",
        _table("option", [_row(action) for action in _own(parser, True)]),
        *(_command(name, sub, parser.prog) for name, sub in commands.choices.items()),
        "## Settings of a run",
        _table("option", [_row(a) for a in _settings(commands.choices["train"])]),
    ]
    return "\n" + "\n\n".join(parts) + "\n"


def _command(name: str, sub: argparse.ArgumentParser, prog: str) -> str:
    several = "+", "*"
    positional = [
        f"{a.metavar or a.dest.upper()}{'…' if a.nargs in several else ''}" for a in _own(sub, False)
    ]
    required = [f"{_flag(a)} {_value(a)}" for a in _own(sub, True) if a.required]
    usage = " ".join([prog, name, *positional, *required])
    parts = [f"### {name}", f"`{usage}`", f"{_sentence(_help(sub.description))}"]
    if settings := {a.dest for a in _settings(sub)}:
        lacking = [f"`--{s.replace('_', '-')}`" for s in SETTINGS if s not in settings]
        but = f", except {', '.join(lacking)}" if lacking else ""
        parts.append(f"It takes all [settings of a run](#settings-of-a-run){but}.")
    if rows := [_row(a) for a in [*_own(sub, False), *_own(sub, True)]]:
        parts.append(_table("argument", rows))
    return "\n\n".join(parts)


def _settings(sub: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in sub._actions if _is_setting(action)]


def _own(sub: argparse.ArgumentParser, flags: bool) -> list[argparse.Action]:
    """Return the arguments that are neither settings of a run nor --help: those with or without a flag."""
    return [
        action
        for action in sub._actions
        if bool(action.option_strings) == flags and not _is_setting(action) and action.dest != "help"
    ]


def _is_setting(action: argparse.Action) -> bool:
    """Return whether an action is a setting. Settings that are not given are absent from the parsed
    arguments; other arguments have a default.
    """
    return action.dest in SETTINGS and action.default is argparse.SUPPRESS


def _row(action: argparse.Action) -> tuple[str, str]:
    name = " ".join(filter(None, (_flag(action), _value(action))))
    meaning = _help(action.help)
    if _is_setting(action) and (low := SETTINGS[action.dest].metadata["low"]) is not None:
        high = SETTINGS[action.dest].metadata["high"]
        meaning += f"; from {_number(low)} to {_number(high)}"
    return f"`{name}`", meaning


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def _flag(action: argparse.Action) -> str:
    return action.option_strings[0] if action.option_strings else ""


def _value(action: argparse.Action) -> str:
    return "" if action.nargs == 0 else action.metavar or action.dest.upper()


def _help(text: str) -> str:
    return text.replace("%%", "%").replace("|", "\\|")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    return "\n".join([f"| {title} | meaning |", "|-|-|", *(f"| {name} | {what} |" for name, what in rows)])


def main() -> None:
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
