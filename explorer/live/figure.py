"""The kinds of live figures: where the JavaScript of each lies, and one script of it for a host."""

from dataclasses import dataclass

from explorer.live.bundle import join_modules, join_styles


@dataclass(frozen=True)
class LiveFigure:
    """A kind of live figure. module: the JavaScript file in explorer/live/ that exports class_name; styles:
    its CSS files there.
    """

    name: str
    module: str
    class_name: str
    styles: tuple[str, ...] = ()

    def script(self, host: str, end: str) -> str:
        """Return the script of the figure in a host, which ends with a statement of the host's. host: the
        host's JavaScript file. Raises BundleError.
        """
        return f"{join_modules(host, self.module)}\n{end}\n"

    def style_sheet(self, *host_styles: str) -> str:
        """Return the figure's styles after those of its host."""
        return join_styles(*host_styles, *self.styles)


PLOT_STYLES = ("view/plots/plots.css",)
FIGURE_STYLES = ("view/controls.css", *PLOT_STYLES)  # of a class that extends Figure
LECTURE_STYLES = "view/lecture.css"
PAD_STYLES = ("view/button.css", "view/class_buttons.css", "figures/pad/pad.css", LECTURE_STYLES)

PAD = LiveFigure("latent_pad", "figures/pad/pad.js", "Pad", PAD_STYLES)  # of one run, or of two
REPLAY = LiveFigure("replay", "figures/replay.js", "Replay", PAD_STYLES)
GALLERY = LiveFigure("gallery", "figures/gallery.js", "Gallery", ("figures/gallery.css",))
DRAWING = LiveFigure("drawing", "figures/drawing.js", "Drawing", ("view/button.css", "figures/drawing.css"))
PLOTS = LiveFigure("plots", "figures/plot_row.js", "PlotRow", ("figures/plot_row.css", *PLOT_STYLES))
NOISE_PATH = LiveFigure(
    "noise_path",
    "figures/noise_path.js",
    "NoisePath",
    (*PAD_STYLES, "view/controls.css", "figures/noise_path.css"),
)
PLAYGROUND = LiveFigure(
    "playground",
    "figures/playground/playground.js",
    "Playground",
    (*PAD_STYLES, *FIGURE_STYLES, "figures/drawing.css", "figures/playground/playground.css"),
)
KL_WEIGHT_PLOT = LiveFigure(
    "kl_weight_plot",
    "figures/kl_weight/plot.js",
    "KlWeightPlot",
    (*PLOT_STYLES, "figures/kl_weight/plot.css"),
)
HAND_IN = LiveFigure("hand_in", "figures/hand_in.js", "HandIn", ("view/button.css", "figures/hand_in.css"))
CLASS_COUNTS = LiveFigure(
    "class_counts",
    "figures/class_counts.js",
    "ClassCounts",
    ("view/button.css", *PLOT_STYLES, "figures/class_counts.css"),
)
CLASS_LEAD = LiveFigure(
    "class_lead",
    "figures/class_lead.js",
    "ClassLead",
    ("view/button.css", "figures/class_lead.css", LECTURE_STYLES),
)
FIGURES = (
    *(PAD, REPLAY, GALLERY, DRAWING, PLOTS, NOISE_PATH, PLAYGROUND, KL_WEIGHT_PLOT),
    *(HAND_IN, CLASS_COUNTS, CLASS_LEAD),
)
