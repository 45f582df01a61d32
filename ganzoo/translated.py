"""`ganzoo evaluate` of a model from images to images: its metrics over test images, and a page of what it makes."""

import dataclasses
import datetime
import pathlib
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

import ganzoo.data
import ganzoo.recipe
from ganzoo import applying, console, gallery, metrics, page, results, runs
from ganzoo import train as training
from ganzoo.errors import BadInput
from ganzoo.metrics import colours, paired

LEAST, MOST = 8, 100  # rows of a page; between them as many as the metrics of pairs compare
UNITS = {"psnr": " dB", "psnry": " dB", "pooledpsnr": " dB"}


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is to be judged. names: metrics of its recipe; directions: the first is judged where none is named.

    judge(names, direction) -> results; sheet(count, direction): see `page`; plane(count): likewise, or None.
    facts: of the page's head. folder: where its page is written where no other place is named, None = nowhere.
    """

    source: str
    seen: int
    names: Sequence[str]
    directions: Sequence[str]
    judge: Callable[[Sequence[str], str], dict[str, dict]]
    sheet: Callable[[int, str], page.Sheet]
    plane: Callable[[int], page.Plane | None]
    facts: Mapping[str, str]
    folder: pathlib.Path | None = None


def of_run(source: str, recipe: ganzoo.recipe.Recipe, model) -> Subject:
    """The model of a run folder, as `train.load_run` gives both. Raises BadInput for data that have changed since."""
    run = runs.Run(source)
    resolved = run.resolved()
    images = training.reopen(source, recipe)
    # Without metrics: those that are asked for are checked when they are.
    plain = dataclasses.replace(recipe, metrics=())
    exhibit = model.exhibit(images, plain, fresh=lambda: training.untrained(recipe, images.spec))
    seen = int(model.images.value)
    return Subject(
        source=source,
        seen=seen,
        names=recipe.metrics,
        directions=list(model.translators),
        judge=exhibit.judge,
        sheet=exhibit.sheet,
        plane=exhibit.plane,
        facts={
            "Recipe": " ".join([resolved["name"], *resolved["overrides"], *(["(smoke)"] if resolved["smoke"] else [])]),
            "Trained on": f"{seen:,} images seen of {images.name}, seed {recipe.train.seed}, {resolved['precision']}, "
            f"{resolved['hardware']}, {resolved['date']}",
            "Commit": resolved["commit"] or "",
        },
        folder=run.path / "results",
    )


def of_export(source: str) -> Subject:
    """An exported model. Raises BadInput where its card does not say with what it is to be compared."""
    applier = applying.load(source)
    card, origin = applier.card, applier.card.get("source")
    if not origin or any("source" not in about for about in applier.directions.values()):
        raise BadInput(f"source: the card of {source} does not say on what data it was trained")
    data = ganzoo.recipe.data_of(origin["data"])
    if not isinstance(data, ganzoo.recipe.Pairs):
        raise BadInput(f"source: the card of {source} does not hold what spoils images; allowed: its run folder")
    test = ganzoo.recipe.data_of(origin["test"]) if origin.get("test") else None
    images = gallery.judged(test, ganzoo.data.open(data))
    places = {name: (about["source"], about["target"]) for name, about in applier.directions.items()}

    def route(direction: str) -> gallery.Route:
        return gallery.route(applier, places, direction, images)

    return Subject(
        source=source,
        seen=card["images"],
        names=origin["metrics"],
        directions=list(places),
        judge=lambda names, direction: route(direction).judge(names),
        sheet=lambda count, direction: route(direction).sheet(count),
        plane=lambda count: None,
        facts={
            "Recipe": card["recipe"],
            "Trained on": f"{card['images']:,} images seen of {card['data']}, seed {card['seed']}, "
            f"{card['precision']}, {card['hardware']}, {card['date']}",
            "Commit": card["commit"],
        },
    )


def evaluate(
    subject: Subject,
    names: Sequence[str] | None = None,
    n: int | None = None,
    direction: str | None = None,
    folder: str | None = None,
) -> dict:
    """{"source", "images" (seen), "direction", "metrics", "page" (where one was written)}. names, n, direction, folder:
    see `evaluation.evaluate`."""
    if direction not in (None, *subject.directions):
        raise BadInput(f"--direction: {direction!r}; allowed: {', '.join(subject.directions)}")
    first = subject.directions[0]
    direction = direction or first
    place = pathlib.Path(folder) if folder else None
    if folder == "" and subject.folder:
        place = subject.folder if direction == first else subject.folder.with_name(f"results_{direction}")
    names = [metrics.parse(name, n).name for name in (names or subject.names)]
    if not names and not place:
        raise BadInput(f"--metrics: the recipe of {subject.source} names none; give some, e.g. kd1k_lite0")
    if place:
        page.check(place)
    found = subject.judge(names, direction)
    report = {"source": subject.source, "images": subject.seen, "direction": direction, "metrics": found}
    if place:
        report["page"] = str(page.write(place, _page(subject, direction, found)))
    return report


def baseline(recipe: ganzoo.recipe.Recipe, name: str, names: Sequence[str] | None = None) -> dict[str, dict]:
    """The metrics, None = the recipe's, of a method of `metrics.colours` in the place of the first direction: fitted on
    the images of the recipe's training, applied to those by which its runs are judged. Raises BadInput for any other
    name and for images that are not of three channels."""
    if name not in colours.METHODS:
        raise BadInput(f"baseline: {name!r}; allowed: {', '.join(colours.METHODS)}")
    images = ganzoo.data.open(recipe.data)
    channels = [part.spec.channels for part in (images.a, images.b)]
    if channels != [3, 3]:
        raise BadInput(f"baseline: {name} between images of {channels[0]} and {channels[1]} channels; allowed: of 3")
    change = colours.METHODS[name](*(part.read(np.arange(len(part))) for part in (images.a, images.b)))
    model = training.untrained(recipe, images.spec)
    places = {direction: (about.source, about.target) for direction, about in model.translators.items()}
    direction = next(iter(places))
    if places[direction] != ("a", "b"):
        raise BadInput(f"baseline: {name} goes from a to b; allowed: a recipe whose first direction does")
    judged = gallery.judged(recipe.test, images)
    route = gallery.Route(direction, judged.a, judged.b, judged.aligned, change)
    return route.judge(recipe.metrics if names is None else names)


def play(recipe: ganzoo.recipe.Recipe, method: str, seed: int) -> dict:
    """An arm of a study: `baseline`. seed means nothing to a method that draws nothing."""
    began = time.perf_counter()
    found = baseline(recipe, method)
    return results.of_play(found, images=0, series=[], seconds=time.perf_counter() - began)


def _page(subject: Subject, direction: str, found: dict[str, dict]) -> page.Page:
    counts = [result["count"] for name, result in found.items() if metrics.parse(name).kind in paired.KINDS]
    count = min(max([LEAST, *counts]), MOST)
    sheet = subject.sheet(count, direction)
    plane, notes = None, []
    try:
        plane = subject.plane(count)
    except BadInput as error:  # of images or holes that are too small
        notes.append(f"No plane of fidelity and realism: {error}.")
    shown = []
    for name, result in found.items():
        unit = UNITS.get(metrics.parse(name).kind, "")
        bounds = ["" if result.get(each) is None else f"{result[each]:.4g}" for each in ("floor", "ceiling")]
        said = "; ".join([console.counts(name, result), *result["warnings"]])
        shown.append((name, f"{result['value']:.4g}{unit}", *bounds, said))
    today = datetime.date.today().isoformat()
    name = subject.facts["Recipe"].partition(" ")[0]
    title = f"{name}: {direction}" if len(subject.directions) > 1 else name
    facts = {"Source": subject.source, **subject.facts, "Evaluated": today}
    return page.Page(title, facts, shown, sheet, plane, notes)
