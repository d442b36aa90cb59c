"""What a site shows: public runs, pairs of them, and lessons, as far as a page without a server can."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from explorer.errors import UserError
from explorer.export.contents import comparison_content, lesson_content, run_content
from explorer.export.site.preview import with_coarse_decoders, with_previews
from explorer.live.block import map_blocks
from explorer.live.page import PageContent
from explorer.registry import LESSONS
from explorer.store.ownership import owner_key
from explorer.store.run import Run
from explorer.views import pairs, words
from explorer.views.page_texts import EXAMPLE_RUN

FAST_RUN = "mnist-vae-conv-2d"  # a twelfth of EXAMPLE_RUN's weights: on Home, where a first visit begins
Pair = tuple[Run, Run]


@dataclass
class SiteParts:
    """runs, pairs, lessons: what pages show, in their order, by names; left_out: a sentence for each page
    that could not be made.
    """

    runs: dict[str, tuple[Run, PageContent]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], tuple[Pair, PageContent]] = field(default_factory=dict)
    lessons: dict[str, PageContent] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def all_runs(self) -> list[Run]:
        return [run for run, _ in self.runs.values()]

    @property
    def home_run(self) -> Run | None:
        return self._first_of(FAST_RUN, EXAMPLE_RUN)

    @property
    def example_run(self) -> Run | None:
        """The run that Explore shows at first."""
        return self._first_of(EXAMPLE_RUN)

    @property
    def example_pair(self) -> Pair | None:
        """The pair that Compare shows at first."""
        pair = pairs.default_pair(self.all_runs)
        by_names = {names: pair for names, (pair, _) in self.pairs.items()}
        return by_names.get(tuple(run.name for run in pair or ()), next(iter(by_names.values()), None))

    def pair_of(self, run: Run) -> Pair | None:
        """Return the pair in which a run is compared with the most similar one."""
        others = [other for pair, _ in self.pairs.values() if run in pair for other in pair]
        if not (other := pairs.best_partner(run, others)):
            return None
        return next(pair for pair, _ in self.pairs.values() if run in pair and other in pair)

    def _first_of(self, *names: str) -> Run | None:
        runs = [self.runs[name][0] for name in names if name in self.runs]
        return next(iter([*runs, *self.all_runs]), None)


def collect_parts(
    runs: Sequence[Run], lessons: Sequence[str], on_progress: Callable[[int, int], None]
) -> SiteParts:
    """Return what a site of these runs and lessons shows; private runs are no part of one. on_progress: of
    the pages done and all pages.
    """
    parts = SiteParts()
    runs = [run for run in runs if not owner_key(run.name) and not owner_key(run.spec.dataset)]
    both = [
        (left, right)
        for left, right in permutations(runs, 2)
        if pairs.are_comparable(left, right) and left.spec.latent_dim == right.spec.latent_dim
    ]
    done, n_pages = 0, len(runs) + len(both) + len(lessons)

    def make(label: str, build: Callable[[], PageContent]) -> PageContent | None:
        """Return what a page shows, with all of its blocks computed; None if that is not possible."""
        nonlocal done
        try:
            content = build()
            map_blocks([content.blocks, content.later], lambda block: block.content)
        except UserError as error:
            parts.left_out.append(f"{label} is left out. {error}")
            content = None
        done += 1
        on_progress(done, n_pages)
        return content

    for run in runs:
        if content := make(f"The run {run.name}", lambda run=run: with_previews(run_content(run), [run])):
            parts.runs[run.name] = run, content
    for left, right in both:
        if left.name not in parts.runs or right.name not in parts.runs:
            done += 1
            continue
        label = f"The comparison of {left.name} and {right.name}"
        if content := make(label, lambda pair=(left, right): with_previews(comparison_content(*pair), pair)):
            parts.pairs[left.name, right.name] = (left, right), content
    for name in lessons:
        if content := make(
            f"The lesson {LESSONS[name]}", lambda name=name: with_coarse_decoders(lesson_content(name))
        ):
            parts.lessons[name] = content
    return parts


def short_title(run: Run) -> str:
    """Return the title of a run without that of its images."""
    return words.run_title(run).removeprefix(f"{words.run_dataset_label(run)} · ")
