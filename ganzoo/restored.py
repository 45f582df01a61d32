"""What a game of restoration shows of itself while it trains: spoilt images, what it makes of them, and metrics."""

import json
import time
from collections.abc import Callable, Sequence

import numpy as np
import PIL.Image

import ganzoo.data
import ganzoo.recipe
from ganzoo import gallery, metrics, page, pictures, restoration, results
from ganzoo.errors import BadInput
from ganzoo.metrics import baselines, fidelity, paired
from ganzoo.restoration import DIRECTION, RestorationGAN
from ganzoo.translator import Served

COUNT = 8  # images that are shown


class Restored:
    """Of one model in training; all of it from the weights that the model has when it is asked.

    Images are those of the recipe's `test`, spoilt once by the recipe's degradation; without a test set, those held
    out, or else the first of the training.
    """

    def __init__(
        self, model: RestorationGAN, images, recipe: ganzoo.recipe.Recipe, fresh: Callable[[], RestorationGAN]
    ):
        """images: the `ganzoo.data.images.ImageSet` of the training. fresh: makes the same model untrained, for the
        ceilings of metrics. Raises BadInput for metrics that these images cannot have."""
        self.model, self.recipe, self.fresh = model, recipe, fresh
        self.reals = judged(recipe, images)
        self.spoilt: restoration.Spoilt | None = None
        self._prepare(recipe.metrics)
        self.served = Served(model)

    def picture(self) -> PIL.Image.Image:
        """A row of spoilt images, one of what the network makes of them, one of the images as they were."""
        self.served.refresh()
        given, targets = self.spoilt.given[:COUNT], self.spoilt.targets[:COUNT]
        rows = gallery.alike([given, restore(self.served, self.spoilt, COUNT), targets])
        return pictures.grid(np.concatenate(rows), min(COUNT, len(targets)))

    def originals(self) -> PIL.Image.Image:
        """The images as they were."""
        return pictures.grid(self.spoilt.targets[:COUNT], min(COUNT, len(self.spoilt.targets)))

    def judge(self, names: Sequence[str] | None = None, direction: str | None = None) -> dict[str, dict]:
        """The metrics of `names`, None = the recipe's. Those of pairs at PSNR and SSIM leave `scale` pixels out at each
        border; the ceiling of the others is the untrained network's. direction: there is but one. Raises BadInput for
        metrics that these images cannot have."""
        names = self.recipe.metrics if names is None else names
        others = self._prepare(names)
        self.served.refresh()
        results = self._compare(
            lambda view, count: restore(self.served, self.spoilt, count, paired.ALPHAS.get(view, 1.0)), names
        )
        if others:
            described = [ganzoo.recipe.describe(self.recipe.model), self.recipe.train.seed, self.reals.hash]
            results |= metrics.evaluate(
                others,
                self._fakes(self.served),
                self.reals,
                untrained=lambda: self._fakes(Served(self.fresh())),
                key=json.dumps(described, sort_keys=True),
            )
        return {name: results[metrics.parse(name).name] for name in names}

    @property
    def baselines(self) -> tuple[str, ...]:
        """The classical methods for what this degradation does, see `metrics.baselines`."""
        return tuple(self._classics())

    def baseline(self, name: str, names: Sequence[str] | None = None) -> dict[str, dict]:
        """The metrics of pairs of a classical method, one of `baselines`, in the network's place, and nothing for views
        of the network (alpha). non_local_means is told the deviation of what was added to that very image, which its
        user would have to guess. Raises BadInput for any other name, and where a package is missing."""
        if name not in self.baselines:
            raise BadInput(f"baseline: {name!r}; allowed: {', '.join(self.baselines)}, by what spoils these images")
        asked = paired.divide(self.recipe.metrics if names is None else names)[0]
        asked = [each for each in asked if metrics.parse(each).extractor not in paired.ALPHAS]
        self._prepare(asked)
        restorer = self._classics()[name]
        return self._compare(lambda view, count: restorer(count), asked)

    def sheet(self, count: int, direction: str | None = None) -> page.Sheet:
        """Of the first `count` images, or as many as there are: the input, what the network makes of it and, where it
        has one, the network of fidelity; of super-resolution also bicubic; the target."""
        count = self._spoil(count)
        self.served.refresh()
        columns = {"input": self.spoilt.given[:count], "output": restore(self.served, self.spoilt, count)}
        if self.model.fidelity:
            columns["alpha 0"] = restore(self.served, self.spoilt, count, 0.0)
        if "bicubic" in self.baselines:
            columns["bicubic"] = self._classics()["bicubic"](count)
        columns["target"] = self.spoilt.targets[:count]
        masks = None if self.spoilt.masks is None else self.spoilt.masks[:count]
        border = f" without {self.crop} pixels at each border" if self.crop else ""
        about = (
            f"The first {count} of {len(self.reals):,} images of {self.reals.name}, spoilt by "
            f"{self.model.degradation}. PSNR and SSIM are of the outputs with their targets{border}; Y is BT.601's."
        )
        values = page.fidelities(columns["output"], columns["target"], self.crop, masks)
        return page.Sheet(columns, values, about)

    def plane(self, count: int) -> page.Plane:
        """Where the network, at each alpha where it has one, and the plain baselines lie, over the first `count` images
        or as many as there are, of holes inside them. Raises BadInput where `fidelity.patch_distance` does."""
        count = self._spoil(count)
        self.served.refresh()
        targets, masks = self.spoilt.targets[:count], self.spoilt.masks
        masks = None if masks is None else masks[:count]

        def point(images):
            psnr = fidelity.psnr(images, targets, self.crop, in_luma=True, mask=masks)
            return float(psnr.mean()), fidelity.patch_distance(images, targets, masks)["value"]

        alphas = (0.0, *paired.ALPHAS.values(), 1.0) if self.model.fidelity else (1.0,)
        model = {alpha: point(restore(self.served, self.spoilt, count, alpha)) for alpha in dict.fromkeys(alphas)}
        classics = {name: point(each(count)) for name, each in self._classics().items() if name in baselines.PLAIN}
        where = "" if masks is None else ", inside the holes"
        return page.Plane(model, classics, f"Means over {count} images{where}.")

    @property
    def crop(self) -> int:
        """Pixels left out at each border by PSNR and SSIM."""
        scale = self.model.degradation.scale
        return scale if scale > 1 else 0

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis: without a latent there is no spread to lose."""
        return {}

    def _spoil(self, count: int) -> int:
        """Spoil the first `count` images, or as many as there are. -> how many that is."""
        count = min(count, len(self.reals))
        if self.spoilt is None or len(self.spoilt.targets) < count:
            self.spoilt = restoration.spoil(self.model.degradation, self.reals.read(np.arange(count)))
        return count

    def _prepare(self, names: Sequence[str]) -> list[str]:
        """Spoil as many images as the metrics need. -> those that are not of pairs. Raises BadInput for metrics that
        these images cannot have."""
        mine, others = paired.divide(names)
        self._spoil(max([COUNT, *(metrics.parse(name).count for name in names)]))
        there = len(self.spoilt.targets)
        paired.check(mine, there, there, self.spoilt.masks is not None, bool(self.model.fidelity))
        metrics.check(others, self.reals)
        return others

    def _compare(self, views: Callable[[str, int], np.ndarray], names: Sequence[str]) -> dict[str, dict]:
        spoilt, mine = self.spoilt, paired.divide(names)[0]
        return paired.evaluate(
            mine, views, spoilt.targets, spoilt.masks, spoilt.given, crop=self.crop, reals=self.reals.name
        )

    def _classics(self) -> dict[str, Callable[[int], np.ndarray]]:
        """count -> what a classical method makes of the first so many images, by name."""
        spoilt, scale = self.spoilt, self.model.degradation.scale
        if scale > 1:
            return {
                name: lambda count, upscale=upscale: upscale(spoilt.given[:count], scale)
                for name, upscale in baselines.UPSCALERS.items()
            }
        if spoilt.masks is not None:
            return {
                name: lambda count, inpaint=inpaint: inpaint(spoilt.given[:count], spoilt.masks[:count])
                for name, inpaint in baselines.INPAINTERS.items()
            }
        noise = spoilt.given.astype(np.float64) - spoilt.targets
        return {
            name: lambda count, denoise=denoise: denoise(spoilt.given[:count], noise[:count].std(axis=(1, 2, 3)))
            for name, denoise in baselines.DENOISERS.items()
        }

    def _fakes(self, served: Served) -> Callable[[int, int], np.ndarray]:
        made = restore(served, self.spoilt, len(self.spoilt.targets))
        return lambda start, count: made[np.arange(start, start + count) % len(made)]


def baseline(recipe: ganzoo.recipe.Recipe, name: str, names: Sequence[str] | None = None) -> dict[str, dict]:
    """`Restored.baseline` of a recipe that need not be trained: over the test images and by the protocol that its runs
    are judged by. Raises BadInput, also for a recipe that is no restoration."""
    from ganzoo import train  # which imports the games, and so imports this way round

    images = ganzoo.data.open(recipe.data)
    model = train.untrained(recipe, images.spec)
    if not isinstance(model, RestorationGAN):
        raise BadInput(f"baseline: {type(model).__name__} restores nothing; allowed: a recipe of restoration")
    return Restored(model, images, recipe, fresh=lambda: model).baseline(name, names)


def play(recipe: ganzoo.recipe.Recipe, method: str, seed: int) -> dict:
    """An arm of a study: `baseline`. seed means nothing to a method that draws nothing."""
    began = time.perf_counter()
    found = baseline(recipe, method)
    return results.of_play(found, images=0, series=[], seconds=time.perf_counter() - began)


def judged(recipe: ganzoo.recipe.Recipe, images):
    """The images by which a recipe of one set is judged. Raises BadInput for a test set of other channels."""
    if recipe.test is None:
        return images.held_out or images
    test = ganzoo.data.open(recipe.test)
    if hasattr(test, "b") or test.spec.channels != images.spec.channels:
        raise BadInput(f"test: {test.name}; allowed: one set of {images.spec.channels} channels, as the training has")
    return test


def restore(served: Served, spoilt: restoration.Spoilt, count: int, alpha: float = 1.0) -> np.ndarray:
    """uint8 [count, H, W, C]: what the network makes of the first so many. alpha: see `translator`, 1 = the final
    network, and all that a model without a network of fidelity has."""
    masks = None if spoilt.masks is None else spoilt.masks[:count]
    return gallery.translate(served, DIRECTION, spoilt.given[:count], masks, alpha)
