"""Two measures that are bought with each other, as lines in a plane: quality against diversity over temperatures."""

import os
from collections.abc import Mapping, Sequence
from typing import BinaryIO

Points = Sequence[tuple[str, float, float]]  # what a point is called, its x and its y


def draw(lines: Mapping[str, Points], labels: tuple[str, str], title: str, file: str | os.PathLike | BinaryIO):
    """Write a PNG of 990x715 pixels. lines: by name, their points joined in order. labels: of both axes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 6.5), constrained_layout=True)
    colours = pyplot.get_cmap("tab10")
    for index, (name, points) in enumerate(lines.items()):
        marks, across, up = zip(*points, strict=True)
        axes.plot(across, up, marker="o", label=name, color=colours(index % 10))
        for mark, *place in zip(marks, across, up, strict=True):
            axes.annotate(mark, place, xytext=(6, 4), textcoords="offset points", fontsize="small", color="#444444")
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    axes.set_title(title)
    axes.margins(0.1)
    axes.grid(alpha=0.3)
    figure.legend(fontsize="small", ncols=4, loc="outside lower center")
    figure.savefig(file, dpi=110, format="png")
    pyplot.close(figure)
