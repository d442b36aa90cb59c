"""The map of codes, coloured by class."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.palette import GREY, colour_of

PRIOR_RINGS = (1, 2, 3)  # standard deviations


def embedding_map(points: np.ndarray, y: np.ndarray, class_names: tuple[str, ...], titles: tuple[str, str],
                  prior: bool = False, to_scale: bool = True) -> go.Figure:
    """points [n, 2] -> one trace a class, named in the legend and at its median.

    customdata holds each point's row. With prior, rings mark 1, 2 and 3 standard deviations of N(0, I);
    to_scale, one unit is as long on both axes.
    """
    figure = go.Figure()
    points = points.astype(np.float32)
    size = 4 if len(points) > 2000 else 8
    for label, name in enumerate(class_names):
        rows = np.flatnonzero(y == label).astype(np.int32)
        if not len(rows):
            continue
        x_, y_ = points[rows].T
        figure.add_scattergl(
            x=x_, y=y_, name=name, legendgroup=name, mode="markers", customdata=rows,
            marker={"color": colour_of(label), "size": size, "opacity": 0.75}, unselected={"marker": {"opacity": 0.75}},
            hovertemplate=f"{name}<br>%{{x:.2f}}, %{{y:.2f}}<extra></extra>",
        )
        if len(class_names) > 1:
            figure.add_annotation(x=np.median(x_), y=np.median(y_), text=name, showarrow=False, font={"size": 13, "color": "#111"},
                                  bgcolor="rgba(255,255,255,.8)", borderpad=1)
    if prior:
        for radius in PRIOR_RINGS:
            figure.add_shape(type="circle", x0=-radius, x1=radius, y0=-radius, y1=radius, layer="below",
                             line={"color": GREY, "width": 1, "dash": "dot"})
            figure.add_annotation(x=0, y=radius, text=f"{radius} σ", showarrow=False, font={"color": GREY, "size": 11}, yshift=7)
    axis = {"zeroline": False, "showgrid": False, "showline": True, "linecolor": GREY, "ticks": "outside", "tickcolor": GREY}
    figure.update_layout(
        xaxis={**axis, "title": {"text": titles[0], "standoff": 6}},
        yaxis={**axis, "title": {"text": titles[1], "standoff": 6}, "scaleanchor": "x" if to_scale else None},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "itemsizing": "constant", "font": {"size": 13}},
        margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode="pan", hovermode="closest",
    )
    return figure
