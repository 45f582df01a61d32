"""`ganzoo evaluate`: judge a run folder, an exported model or a folder of images against real images."""

import dataclasses
import json
import pathlib

import numpy as np

import ganzoo.data
import ganzoo.recipe
from ganzoo import clips, console, exhibit, export, metrics, pictures, runs, samplers, sentences, translated
from ganzoo import train as training
from ganzoo.errors import BadInput
from ganzoo.gan import NoiseGAN
from ganzoo.metrics import feature_file
from ganzoo.metrics.extractor import Extractor
from ganzoo.metrics.judge import Images, Labels, Steps
from ganzoo.translation import TranslationGAN

SEED = 1  # of the order in which a folder's images are samples


@dataclasses.dataclass(frozen=True)
class Samples:
    """What is to be judged."""

    images: Images
    seen: int | None  # reals that D saw in training; None: not known of a folder
    names: list[str]  # metrics of the recipe
    labels: Labels | None
    class_names: tuple[str, ...]
    reals: object  # the ImageSet that it was trained on; None: of a folder
    ceiling: dict  # `untrained` and `key` of `metrics.evaluate`, where there is one
    count: int | None = None  # images there are; None: as many as one likes
    steps: Steps | None = None  # of the generator, where images can be had before they are rounded


def evaluate(
    source: str,
    names: list[str] | None = None,
    n: int | None = None,
    against: str | None = None,
    own: Extractor | None = None,
    pairs: str | None = None,
    features: str | None = None,
    direction: str | None = None,
    page: str | None = None,
) -> dict:
    """{"source", "images" (seen), "metrics": {name: result}}. names: None = those of the recipe; n: see `metrics`.

    source: a run folder, an exported model, or, with `against`, a folder or .npz file of images. against: a folder or
    .npz file of real images, or a file that `features` wrote; None = those that the source was trained on. own: see
    `metrics.evaluate`. pairs: a .png for the pairs of sample and training image that a memo metric finds closest.
    features: a file to which the features of the real images are written, for `against` elsewhere.

    A model from images to images is judged by its test images, see `translated`, and its report also has "direction"
    and "page". direction: of a model with several, None = the first. page: a folder for its page of results, "" =
    `results` of its run folder, None = no page. It takes none of the options above; other models take neither of these.

    A run of any other game, between the domains of one set, of sentences or of clips, is judged as in its training and
    takes no option but n.

    A ceiling needs the untrained networks, so an exported model has one only where its card brings it along. Raises
    BadInput.
    """
    loaded = training.load_run(runs.Run(source)) if (pathlib.Path(source) / "recipe.json").is_file() else None
    between = isinstance(loaded[1], TranslationGAN) if loaded else _translates(source)
    of_noise = {"--against": against, "--extractor": own, "--pairs": pairs, "--features": features}
    of_images = {"--direction": direction, "--page": page}
    if loaded and not isinstance(loaded[1], (NoiseGAN, TranslationGAN)):
        for option, value in (of_noise | of_images).items():
            if value:
                raise BadInput(f"{option}: {source} is judged by the data of its training; allowed: --metrics, --n")
        return _as_trained(source, *loaded, names, n)
    if not loaded and (sentences.writes(source) or clips.films(source)):
        raise BadInput(f"source: {source} is exported without what it is judged by; allowed: its run folder")
    mine, others = (of_images, of_noise) if between else (of_noise, of_images)
    for option, value in others.items():
        if value:
            kind = "goes from images to images" if between else "makes images from noise"
            raise BadInput(f"{option}: {source} {kind}; allowed: {', '.join(mine)}")
    if between:
        subject = translated.of_run(source, *loaded) if loaded else translated.of_export(source)
        return translated.evaluate(subject, names, n, direction, page)
    samples = _run(source, *loaded) if loaded else _samples(source, against)
    reals = (feature_file.read(against) or _images(against)) if against else samples.reals
    names = names or samples.names
    if not names:
        raise BadInput(f"--metrics: the recipe of {source} names none; give some, e.g. kd1k_lite0")
    if pairs and not any(metrics.parse(name).kind == "memo" for name in names):
        raise BadInput(f"--pairs: {pairs}, but no metric of memorisation is asked for, e.g. memo1k_lite0")
    for protocol in (metrics.parse(name, n) for name in names):
        if samples.count is not None and protocol.count > samples.count:
            raise BadInput(
                f"--n: {protocol.name} needs {protocol.count} images, {source} has {samples.count}; "
                f"allowed: at most {samples.count}"
            )
    results = metrics.evaluate(
        names,
        samples.images,
        reals,
        n=n,
        # Classes are compared by number, which says nothing between sets that name them otherwise.
        labels=samples.labels if samples.class_names == reals.class_names else None,
        steps=samples.steps,
        own=own,
        **samples.ceiling,
    )
    if pairs:
        _draw_pairs(next(result["pairs"] for result in results.values() if "pairs" in result), samples, reals, pairs)
    if features:
        metrics.keep_features(features, names, reals, n, own=own)
    report = {"source": source, "images": samples.seen, "metrics": results}
    return report | ({"against": against} if against else {})


def _as_trained(source: str, recipe: ganzoo.recipe.Recipe, model, names: list[str] | None, n: int | None) -> dict:
    """The report of a game that judges itself by what its exhibit does in training."""
    names = tuple(metrics.parse(name, n).name for name in (names or recipe.metrics))
    if not names:
        raise BadInput(f"--metrics: the recipe of {source} names none; give some, e.g. kd1k_lite0")
    images = training.reopen(source, recipe)
    asked = dataclasses.replace(recipe, metrics=names)
    exhibit = model.exhibit(images, asked, fresh=lambda: training.untrained(recipe, images.spec))
    return {"source": source, "images": int(model.images.value), "metrics": exhibit.judge()}


def _samples(source: str, against: str | None) -> Samples:
    return _folder(source) if against and export.find(source) is None else _export(source)


def _translates(source: str) -> bool:
    """Whether that is an exported model from images to images."""
    version = export.find(source)
    card = version and version / export.CARD
    try:
        return bool(card and "directions" in json.loads(card.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False  # what is wrong with it is said where it is loaded


def _run(source: str, recipe: ganzoo.recipe.Recipe, model) -> Samples:
    images = training.reopen(source, recipe)
    sampler = samplers.of(model)
    ceiling = {
        "untrained": lambda: exhibit.fakes(samplers.of(training.untrained(recipe, images.spec))),
        "key": exhibit.network_key(recipe),
    }
    return Samples(
        images=exhibit.fakes(sampler),
        seen=int(model.images.value),
        names=list(recipe.metrics),
        labels=_cycle(sampler.classes),
        class_names=images.class_names,
        reals=images.whole,
        ceiling=ceiling,
        steps=samplers.steps(sampler),
    )


def _export(source: str) -> Samples:
    sampler = samplers.load(source)
    origin = sampler.card.get("source")
    if not origin:
        raise BadInput(f"source: the card of {source} does not say on what data it was trained")
    images = ganzoo.data.open(ganzoo.recipe.data_of(origin["data"]))
    return Samples(
        images=exhibit.fakes(sampler, "generate"),
        seen=sampler.card["images"],
        names=origin["metrics"],
        labels=_cycle(sampler.classes),
        class_names=images.class_names,
        reals=images.whole,
        ceiling={},
    )


def _folder(source: str) -> Samples:
    """Images of any origin. Class folders follow each other, so the samples are in a fixed random order."""
    images = _images(source)
    order = np.random.default_rng(SEED).permutation(len(images))
    return Samples(
        images=lambda start, count: images.read(order[start : start + count]),
        seen=None,
        names=[],
        labels=None if images.labels is None else lambda start, count: images.labels[order[start : start + count]],
        class_names=images.class_names,
        reals=None,
        ceiling={},
        count=len(images),
    )


def _images(path: str):
    kind = "npz" if path.endswith(".npz") else "folder"
    return ganzoo.data.open(ganzoo.recipe.Data(source=kind, name=pathlib.Path(path).resolve().stem, path=path))


def _cycle(classes: int) -> Labels | None:
    """The classes of `exhibit.fakes`, or None."""
    return (lambda start, count: np.arange(start, start + count) % classes) if classes else None


def _draw_pairs(closest: list, samples: Samples, reals, path: str) -> None:
    """Samples in the upper row, the training images nearest to them below."""
    chosen = np.concatenate([samples.images(sample, 1) for sample, _, _ in closest])
    nearest = reals.read(np.array([real for _, real, _ in closest]))
    try:
        pictures.save(reals.picture(np.concatenate([chosen, nearest]), len(closest)), path)
    except OSError as error:
        raise BadInput(f"--pairs: cannot write {path}: {error.strerror or error}") from error


def tell(report: dict) -> str:
    """An evaluation for a person: values, what else the metrics know, shares of classes, warnings."""
    seen = "" if report["images"] is None else f", {report['images'] / 1000:g} kimg"
    direction = f", {report['direction']}" if "direction" in report else ""
    lines = [report["source"] + seen + direction]
    for name, result in report["metrics"].items():
        lines.append(console.metric_line(name, result))
        if "interval" in result:
            lines.append("  95 % interval {:.4g} to {:.4g}".format(*result["interval"]))
        if "error" in result:
            lines.append(f"  standard error {result['error']:.2g}")
        if more := _more(result):
            lines.append("  " + "  ".join(more))
        if each := result.get("each_image"):
            lines.append(f"  each image {min(each):.4g} to {max(each):.4g}")
        lines.append("  " + console.counts(name, result))
        lines += [f"  warning: {warning}" for warning in result["warnings"]]
    shares = next((result["classes"] for result in report["metrics"].values() if "classes" in result), None)
    if shares:
        lines.append("classes by the extractor: " + "  ".join(f"{share:.1%}" for share in shares))
    if "page" in report:
        lines.append(f"page: {report['page']}")
    return "\n".join(lines)


# Of a result, the numbers that are told in words or beside the value.
TOLD = {"value", "spread", "error", "floor", "ceiling", "count", "reals_count", "floor_count"}


def _more(result: dict) -> list[str]:
    """The numbers that the kind adds to its value, under their names."""
    parts = []
    for name, value in result.items():
        if name not in TOLD and isinstance(value, (int, float)):
            parts.append(f"{name} {value:.4g}")
        elif isinstance(value, dict):
            parts.append(f"{name} " + ", ".join(f"{key}: {number:.4g}" for key, number in value.items()))
    return parts
