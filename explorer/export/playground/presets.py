"""Settings of the playground that show one idea each, with what to do and what to watch."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Preset:
    """name: in the link; settings: those that differ from the usual ones; do, watch: a sentence each; shows:
    what then happens, with these settings and this seed.
    """

    name: str
    title: str
    do: str
    watch: str
    shows: str
    settings: dict = field(default_factory=dict)

    def describe(self) -> dict:
        return {
            "name": self.name,
            "title": self.title,
            "text": f"{self.do} {self.watch} {self.shows}",
            "settings": self.settings,
        }


PRESETS = (
    Preset(
        "gaps",
        "Gaps of an AE",
        "Press Play.",
        "Watch the codes of the two models.",
        "",
        {"compare": True},
    ),
)
