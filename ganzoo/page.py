"""A page of results: a static index.html with its images beside it, which any browser opens without a server.

A row for each test image, sorted by a click on a column; above it what was evaluated, the metrics of the whole set and,
of restoration, where the model and the classical methods lie between fidelity and realism: the plane of perception and
distortion of Blau and Michaeli 2018, arXiv 1711.06077.
"""

import dataclasses
import html
import math
import os
import pathlib
import re
from collections.abc import Mapping, Sequence

import numpy as np

from ganzoo import pictures
from ganzoo.errors import BadInput
from ganzoo.metrics import fidelity

INDEX, IMAGES, PLOT = "index.html", "images", "plane.png"
MARK = '<meta name="generator" content="ganzoo evaluate">'  # by which a page of ours is known
OURS = re.compile(r"[0-9]{3,}_[a-z0-9-]+\.png")  # the images of a page
HEADS = ("metric", "value", "real images", "untrained", "of")
LEAST, MOST = 128, 256  # CSS pixels of an image's width as it is shown
ROOM = 640  # CSS pixels for all images of a row

STYLE = """
:root{color-scheme:light}
body{margin:0 auto;padding:1rem;max-width:90rem;background:#fff;color:#1a1a1a;font:16px/1.45 system-ui,sans-serif}
h1{margin:0 0 .5rem;font-size:1.5rem}
h2{margin:2rem 0 .5rem;font-size:1.2rem}
p{max-width:50rem}
a{color:#0645ad}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0}
dt{font-weight:600}
dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse}
th,td{padding:.3rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}
td.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
figure{margin:0}
figure img{max-width:100%;height:auto}
.rows img{display:block;width:var(--width);height:auto}
.rows .pixels{image-rendering:pixelated}
.rows thead th{position:sticky;top:0;background:#fff;border-bottom:2px solid #1a1a1a}
.rows button{padding:.2rem .4rem;border:1px solid #888;border-radius:.25rem;background:#f4f4f4;color:inherit;
font:inherit;font-weight:600;white-space:nowrap;cursor:pointer}
.rows button:focus-visible{outline:3px solid #0645ad}
th[aria-sort=ascending] button::after{content:" \\2191"}
th[aria-sort=descending] button::after{content:" \\2193"}
.rows tfoot td{border-bottom:0;font-weight:600}
@media (max-width:45rem){
dl{grid-template-columns:1fr}
dd{margin-bottom:.4rem}
.rows,.rows thead,.rows tbody,.rows tfoot{display:block}
.rows thead{position:sticky;top:0;background:#fff}
.rows thead tr{display:flex;flex-wrap:wrap}
.rows thead th{position:static;padding:.2rem;border:0}
.rows thead th.picture{display:none}
.rows tbody tr,.rows tfoot tr{display:grid;grid-template-columns:repeat(3,1fr);gap:.3rem;padding:.6rem 0;
border-bottom:1px solid #ccc}
.rows td{padding:0;border:0}
.rows td.number{text-align:left}
.rows td::before{content:attr(data-label);display:block;font-size:.8rem;font-weight:400;color:#555}
.rows td.empty{display:none}
.rows td:not(.number)+td.number{grid-column-start:1}
.rows td:first-child{grid-column:1/-1;font-weight:600}
.rows td:first-child::before{display:inline;margin-right:.4rem;font-size:1rem}
.rows img{width:100%}
}
"""

SCRIPT = """
for (const table of document.querySelectorAll("table.rows")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((head, column) => head.querySelector("button")?.addEventListener("click", () => {
    const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const key = row => Number(row.cells[column].dataset.value);
    const order = (one, other) => sign * ((key(one) > key(other)) - (key(one) < key(other)));
    body.append(...[...body.rows].sort(order));
    heads.forEach(each => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
  }));
}
"""


@dataclasses.dataclass(frozen=True)
class Sheet:
    """What is shown of the first images of a set. columns: name -> uint8 [N, H, W, C], of any size. values: name ->
    one number for each image. about: whose images these are, and what the numbers are of."""

    columns: Mapping[str, np.ndarray]
    values: Mapping[str, Sequence[float]]
    about: str = ""


@dataclasses.dataclass(frozen=True)
class Plane:
    """Points (PSNR-Y in dB, `fidelity.patch_distance`). model: by alpha, 1 = the final network; baselines: by name.

    about: of which images.
    """

    model: Mapping[float, tuple[float, float]]
    baselines: Mapping[str, tuple[float, float]]
    about: str


@dataclasses.dataclass(frozen=True)
class Page:
    """facts: what was evaluated, by name. metrics: rows below `HEADS`, of the whole set. notes: sentences below."""

    title: str
    facts: Mapping[str, str]
    metrics: Sequence[Sequence[str]]
    sheet: Sheet
    plane: Plane | None = None
    notes: Sequence[str] = ()


def fidelities(
    images: np.ndarray, targets: np.ndarray, crop: int = 0, masks: np.ndarray | None = None
) -> dict[str, list[float]]:
    """Of each image with its target: PSNR, PSNR-Y, SSIM and SSIM-Y, of grey images PSNR and SSIM; and with masks the
    PSNR of the holes. See `metrics.fidelity`; images too small for SSIM have none."""
    colour = {"": False, "-Y": True} if targets.shape[3] > 1 else {"": False}
    found = {f"PSNR{y} (dB)": fidelity.psnr(images, targets, crop, luma) for y, luma in colour.items()}
    if min(targets.shape[1:3]) - 2 * crop >= fidelity.WINDOW:
        found |= {f"SSIM{y}": fidelity.ssim(images, targets, crop, luma) for y, luma in colour.items()}
    if masks is not None:
        found["PSNR in the hole (dB)"] = fidelity.psnr(images, targets, crop, mask=masks)
    return {name: each.tolist() for name, each in found.items()}


def check(folder: str | os.PathLike) -> None:
    """Refuse a folder that a page cannot be written to: BadInput unless it is new, empty, or holds a page of ours."""
    folder = pathlib.Path(folder)
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"--page: {folder} is a file; allowed: a folder")
    index = folder / INDEX
    if index.is_file() and MARK in index.read_text(encoding="utf-8", errors="replace")[:1000]:
        return
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(
            f"--page: {folder} holds other things than a page of results; allowed: a new or empty folder, or an older "
            "page, which is replaced"
        )


def write(folder: str | os.PathLike, page: Page) -> pathlib.Path:
    """Write the page, its plot and images/000_input.png and so on into `folder`, in place of a page that stood there;
    what else lies there stays. -> index.html. Raises BadInput as `check`, and where nothing can be written."""
    folder = pathlib.Path(folder)
    check(folder)
    try:
        (folder / IMAGES).mkdir(parents=True, exist_ok=True)
        # First, so that a folder that was left half-written is known as ours.
        temporary = folder / f".{INDEX}.tmp"
        temporary.write_text(text(page), encoding="utf-8")
        os.replace(temporary, folder / INDEX)
        for old in (folder / IMAGES).iterdir():
            if OURS.fullmatch(old.name):
                old.unlink()
        (folder / PLOT).unlink(missing_ok=True)
        for name, images in page.sheet.columns.items():
            for index, image in enumerate(images):
                pictures.save(pictures.picture(image), folder / _file(index, name))
        if page.plane:
            plot(page.plane, folder / PLOT)
    except OSError as error:
        raise BadInput(f"--page: cannot write {error.filename or folder}: {error.strerror or error}") from error
    return folder / INDEX


def text(page: Page) -> str:
    """The HTML document."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        MARK,
        f"<title>{html.escape(page.title)}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{html.escape(page.title)}</h1>",
        "<dl>",
        *(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in page.facts.items() if value),
        "</dl>",
        *_metrics(page),
        *(_plane(page.plane) if page.plane else ()),
        *_rows(page.sheet),
        f"<script>{SCRIPT}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _metrics(page: Page) -> list[str]:
    notes = [f"<p>{html.escape(note)}</p>" for note in page.notes]
    return ["<h2>Metrics</h2>", *_table(HEADS, page.metrics), *notes] if page.metrics else notes


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Cells as text; a column without any is left out. What is no more than a number stands to the right."""
    kept = [column for column in range(len(heads)) if any(row[column] for row in rows)]
    lines = ['<div class="wide"><table><thead><tr>']
    lines += [f'<th scope="col">{html.escape(heads[column])}</th>' for column in kept]
    lines.append("</tr></thead><tbody>")
    for first, *rest in ([row[column] for column in kept] for row in rows):
        cells = [f'<th scope="row">{html.escape(first)}</th>']
        for cell in rest:
            number = ' class="number"' if re.fullmatch(r"-?[0-9.]+(e[-+]?[0-9]+)?( dB)?", cell) else ""
            cells.append(f"<td{number}>{html.escape(cell)}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return [*lines, "</tbody></table></div>"]


def _plane(plane: Plane) -> list[str]:
    points = [(_network(alpha), point) for alpha, point in sorted(plane.model.items())] + [*plane.baselines.items()]
    said = "; ".join(f"{name} {psnr:.2f} dB and {distance:.4g}" for name, (psnr, distance) in points)
    rows = [(name, f"{psnr:.2f} dB", f"{distance:.4g}") for name, (psnr, distance) in points]
    return [
        "<h2>Fidelity and realism</h2>",
        f'<figure><img src="{PLOT}" alt="PSNR-Y against the distance of patches: {html.escape(said)}">',
        "<figcaption>Further to the right is nearer to the targets; further down are patches more like those of the "
        f"targets. {html.escape(plane.about)}</figcaption></figure>",
        *_table(("method", "PSNR-Y", "distance of patches"), rows),
    ]


def _network(alpha: float) -> str:
    return "this model" if alpha == 1 else f"this model, alpha {alpha:g}"


def _rows(sheet: Sheet) -> list[str]:
    count = len(next(iter(sheet.columns.values())))
    width = max(images.shape[2] for images in sheet.columns.values())
    shown = min(max(width, -(-LEAST // width) * width), MOST, max(LEAST, ROOM // len(sheet.columns)))
    means = {name: float(np.mean(values)) for name, values in sheet.values.items()}
    ends = [_number(name, means[name]) for name in sheet.values]
    buttons = [f'<th scope="col"><button type="button">{html.escape(name)}</button></th>' for name in sheet.values]
    lines = [
        f"<h2>{count} images</h2>",
        f"<p>{html.escape(sheet.about)} A click on the head of a column sorts by it, a second one the other way round; "
        "a click on an image opens its file.</p>",
        f'<table class="rows" style="--width:{shown}px"><thead><tr>',
        '<th scope="col" aria-sort="ascending"><button type="button">image</button></th>',
        *(f'<th scope="col" class="picture">{html.escape(name)}</th>' for name in sheet.columns),
        *buttons,
        "</tr></thead><tbody>",
    ]
    for index in range(count):
        cells = [f'<td class="number" data-label="image" data-value="{index}">{index}</td>']
        for name, images in sheet.columns.items():
            file, sharp = _file(index, name), ' class="pixels"' if images.shape[2] < shown else ""
            height, wide = images.shape[1:3]
            cells.append(
                f'<td data-label="{html.escape(name)}"><a href="{file}"><img src="{file}" width="{wide}" '
                f'height="{height}" loading="lazy"{sharp} alt="image {index}, {html.escape(name)}"></a></td>'
            )
        cells += [_number(name, values[index]) for name, values in sheet.values.items()]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    lines.append("</tbody>")
    if ends:
        empty = '<td class="empty"></td>' * len(sheet.columns)
        lines.append(f"<tfoot><tr><td>mean</td>{empty}{''.join(ends)}</tr></tfoot>")
    return [*lines, "</table>"]


def _number(name: str, value: float) -> str:
    shown = f"{value:.2f}" if "dB" in name else f"{value:.4f}"
    # As JavaScript spells what is no number.
    exact = repr(float(value)) if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
    said = shown.replace("inf", "∞")
    return f'<td class="number" data-label="{html.escape(name)}" data-value="{exact}">{said}</td>'


def _file(index: int, name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{IMAGES}/{index:03d}_{slug}.png"


def plot(plane: Plane, file: str | os.PathLike) -> None:
    """Draw the plane as a PNG: the model's points joined in the order of alpha, the baselines by themselves."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    for index, (name, point) in enumerate(plane.baselines.items()):
        axes.plot(*point, linestyle="", marker="sDv^<>P"[index % 7], markersize=9, color="#555555")
        axes.annotate(name, point, xytext=(8, 5), textcoords="offset points", color="#333333")
    alphas = sorted(plane.model)
    axes.plot(*zip(*(plane.model[alpha] for alpha in alphas), strict=True), marker="o", color="#c24a00")
    for alpha in (alphas[0], alphas[-1])[-len(alphas) :]:  # those between lie in order
        place = {"xytext": (0, -16), "ha": "center"} if alpha == alphas[0] else {"xytext": (8, 5)}
        said = f"alpha {alpha:g}" if len(alphas) > 1 else "this model"
        axes.annotate(said, plane.model[alpha], textcoords="offset points", color="#c24a00", **place)
    axes.set_xlabel("PSNR-Y (dB): higher is nearer to the targets")
    axes.set_ylabel("distance of patches: lower is more like the targets")
    axes.margins(0.15)
    axes.grid(alpha=0.3)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)
