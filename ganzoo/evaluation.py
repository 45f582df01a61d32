"""`ganzoo evaluate`: judge a run folder or an exported model against the data it was trained on."""

import pathlib

import ganzoo.data
import ganzoo.recipe
from ganzoo import console, metrics, runs, samplers
from ganzoo import train as training
from ganzoo.errors import BadInput


def evaluate(source: str, names: list[str] | None = None, n: int | None = None) -> dict:
    """{"source", "images" (seen), "metrics": {name: result}}. names: None = those of the recipe; n: see `metrics`.

    A ceiling needs the untrained networks, so an exported model has one only where its card brings it along.
    """
    if (pathlib.Path(source) / "recipe.json").is_file():
        run = runs.Run(source)
        resolved = run.resolved()
        recipe, model = training.load_run(run)
        images = ganzoo.data.open(recipe.data)
        seen, fakes = int(model.images.value), training.fakes(samplers.of(model))
        names = names or list(recipe.metrics)
        ceiling = {
            "untrained": lambda: training.fakes(training.untrained(recipe, images.spec)),
            "key": training.network_key(recipe),
        }
        _same_data(source, images, resolved["data"]["hash"])
    else:
        sampler = samplers.load(source)
        origin = sampler.card.get("source")
        if not origin:
            raise BadInput(f"source: the card of {source} does not say on what data it was trained")
        images = ganzoo.data.open(ganzoo.recipe.data_of(origin["data"]))
        seen, ceiling, fakes = sampler.card["images"], {}, training.fakes(sampler, "generate")
        names = names or origin["metrics"]
    if not names:
        raise BadInput(f"--metrics: the recipe of {source} names none; give some, e.g. kd1k_lite0")
    return {
        "source": source,
        "images": seen,
        "metrics": metrics.evaluate(names, fakes, images.whole, n=n, **ceiling),
    }


def tell(report: dict) -> str:
    """An evaluation for a person: values, shares of classes, warnings."""
    lines = [f"{report['source']}, {report['images'] / 1000:g} kimg"]
    for name, result in report["metrics"].items():
        lines.append(console.metric_line(name, result))
        lines.append(
            f"  {result['count']:,} samples against {result['reals_count']:,} of {result['reals']}; floor of "
            f"{result['floor_count']:,} against {result['floor_count']:,} real images"
        )
        lines += [f"  warning: {warning}" for warning in result["warnings"]]
    shares = next((result["classes"] for result in report["metrics"].values() if "classes" in result), None)
    if shares:
        lines.append("classes by the extractor: " + "  ".join(f"{share:.1%}" for share in shares))
    return "\n".join(lines)


def _same_data(source: str, images, before: str):
    if images.hash != before:
        raise BadInput(f"data: {images.name} has changed since {source} was trained on it")
