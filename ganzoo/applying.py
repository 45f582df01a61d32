"""`ganzoo apply`: images from files through a translator, of a run folder or of an exported model."""

import dataclasses
import math
import pathlib
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ganzoo import export, holes, pictures, tiling
from ganzoo.data import depth, folder, pixels
from ganzoo.errors import BadInput

AUTO = "auto"
PAUSE = 2.0  # seconds between two lines about parts of one image


@dataclasses.dataclass(frozen=True)
class Order:
    """What is to be done with every image. tile: the longest side that goes through whole, `AUTO` = by the memory that
    the model takes. alpha: between the network of fidelity, 0, and the perceptual one, 1; None = not said. Of models
    with styles, seed: of the style of every result; style: an image uint8 [h, w, C] whose style they take instead."""

    direction: str | None = None
    tile: int | str = AUTO
    alpha: float | None = None
    seed: int | None = None
    style: np.ndarray | None = None


class Applier:
    """A translator in its directions. signature: name -> function, see `ganzoo.translator`; card: what is known of it;
    of a run only the facts that its networks state."""

    def __init__(self, signature: Callable[[str], Callable], card: dict[str, Any]):
        self.signature = signature
        self.card = card
        self.directions: dict[str, dict[str, Any]] = card["directions"]

    def named(self, direction: str | None) -> str:
        """A direction of this translator, the first where none is named. Raises BadInput for any other."""
        if direction not in (None, *self.directions):
            raise BadInput(f"--direction: {direction!r}; allowed: {', '.join(self.directions)}")
        return direction or next(iter(self.directions))

    def translate(self, images: np.ndarray, direction: str | None = None) -> np.ndarray:
        """uint8 [N, H, W, C] -> uint8 [N, sH, sW, C']. Raises BadInput for another number of channels or direction."""
        direction = self.named(direction)
        given = self.directions[direction]["given"]
        if images.ndim != 4 or images.shape[3] != given or images.dtype != np.uint8:
            raise BadInput(f"images: {images.dtype} {list(images.shape)}; allowed: uint8 [N, H, W, {given}]")
        inputs = {"image": tf.constant(images)}
        if self.directions[direction].get("alpha"):
            inputs["alpha"] = tf.ones([len(images)])
        return self.signature(direction)(**inputs)["image"].numpy()

    def check(self, order: Order, mask: str | None, style: str | None):
        """Raise BadInput for what this translator cannot do. mask, style: the ones given, None = none."""
        name = self.named(order.direction)
        about = self.directions[name]
        self._check_style(about, order.seed, style)
        if mask is not None and not about.get("mask"):
            raise BadInput(f"--mask: {mask}, but {name} fills no holes; allowed: models that are trained with masks")
        if mask is None and about.get("mask"):
            raise BadInput(f"--mask: none given, and {name} fills holes; allowed: a mask, or a folder of masks")
        if order.alpha is not None and not about.get("alpha"):
            raise BadInput(
                f"--alpha: {order.alpha:g}, but {name} is one network; allowed: models of two, in two stages"
            )
        if order.alpha is not None and not 0 <= order.alpha <= 1:
            raise BadInput(f"--alpha: {order.alpha:g}; allowed: 0..1")
        if order.tile == AUTO or mask is not None:
            return
        if about.get("reach") is None:
            why = "each of its pixels depends on the whole image" if "reach" in about else "its export is too old"
            raise BadInput(f"--tile: {order.tile}, but {name} takes no tiles: {why}; allowed: {AUTO}")
        if order.tile < (least := tiling.least(about["reach"], about["multiple"])):
            raise BadInput(f"--tile: {order.tile}; allowed: {AUTO}, or at least {least} for {name}")

    def _check_style(self, about: dict[str, Any], seed: int | None, style: str | None):
        named = [option for option, given in (("--seed", seed), ("--style", style)) if given is not None]
        if named and not about.get("styled"):
            raise BadInput(f"{named[0]}: this model makes one image of an image; allowed: a model with styles")
        if len(named) == 2:
            raise BadInput("--seed and --style: both say what style; allowed: one of them")
        if seed is not None and not -(2**63) <= seed < 2**63:
            raise BadInput(f"--seed: {seed}; allowed: -2**63..2**63-1")

    def apply(
        self,
        image: np.ndarray,
        order: Order = Order(),
        mask: np.ndarray | None = None,
        tell: Callable[[str], None] = lambda line: None,
    ) -> np.ndarray:
        """One image uint8 or uint16 [H, W, C] -> of that type [sH, sW, C'], where it is large in parts.

        mask: bool [H, W], the holes, iff the direction fills them; what is in none comes back as it is. order: one
        that `check` lets pass. tell: gets lines about the parts.
        """
        name = self.named(order.direction)
        about, longest = self.directions[name], max(image.shape[:2])
        options = {}
        if about.get("alpha"):
            options["alpha"] = tf.constant([1.0 if order.alpha is None else order.alpha], tf.float32)
        if order.seed is not None or order.style is not None:
            return self._styled(name, image, order)
        if mask is not None:
            return self._filled(name, image, mask, self._side(name, order.tile), options, tell)
        side = self._side(name, order.tile)
        while True:
            try:
                if side is None or longest <= side:
                    return self._whole(name, image, options)
                return self._tiled(name, image, side, options, tell)
            except tf.errors.ResourceExhaustedError as error:
                smaller = min(side or longest, longest) // 2
                reach = about.get("reach")
                if order.tile != AUTO or reach is None or smaller < tiling.least(reach, about["multiple"]):
                    raise BadInput(f"--tile: {side or AUTO} takes more memory than there is") from error
                tell(f"more memory than there is; now tiles of {smaller}")
                side = smaller

    def _side(self, name: str, tile: int | str) -> int | None:
        """The longest side that goes through whole, None = any."""
        about = self.directions[name]
        if tile != AUTO:
            return int(tile)
        fits = tiling.side(about["memory"], about["multiple"]) if "memory" in about else None
        if about.get("mask"):
            return min(fits or holes.SIDE, holes.SIDE)
        if fits is None or about["reach"] is None:
            return None
        return max(fits, tiling.least(about["reach"], about["multiple"]))

    def _whole(self, name: str, image: np.ndarray, options: dict[str, tf.Tensor]) -> np.ndarray:
        if image.dtype == np.uint8:
            return self.signature(name)(image=tf.constant(image[None]), **options)["image"][0].numpy()
        made = self.signature(f"{name}_float")(image=exact(image)[None], **options)["image"][0].numpy()
        return levels(made, image.dtype)

    def _styled(self, name: str, image: np.ndarray, order: Order) -> np.ndarray:
        if image.dtype != np.uint8:
            raise BadInput(f"image: {image.dtype}; allowed: uint8 where a seed or a style is given")
        if order.style is None:
            style = {"seed": tf.constant([order.seed], tf.int64)}
        else:
            style = {"style": tf.constant(order.style[None])}
        return self.signature(f"{name}_{next(iter(style))}")(image=tf.constant(image[None]), **style)["image"][
            0
        ].numpy()

    def _tiled(self, name: str, image: np.ndarray, side: int, options: dict[str, tf.Tensor], tell) -> np.ndarray:
        about, height, width = self.directions[name], *image.shape[:2]
        tile = self.signature(f"{name}_float")
        if about["statistics"]:
            small = exact(shrunk(image, side))
            options = options | self.signature(f"{name}_statistics")(image=small[None], **options)
            tile = self.signature(f"{name}_tile")
        cut = tiling.margin(about["reach"], side)
        down, along = (tiling.windows(length, side, cut, about["multiple"]) for length in (height, width))
        progress = Progress(len(down) * len(along), "tile", tell)

        def part(rows: slice, columns: slice) -> np.ndarray:
            made = tile(image=exact(image[rows, columns])[None], **options)["image"][0].numpy()
            progress.one()
            return made

        scale = about["scale"]
        result = np.empty([scale * height, scale * width, about["made"]], image.dtype)
        start = 0
        for rows in tiling.rows(part, (height, width), side, about["reach"], about["multiple"], scale):
            result[start : start + len(rows)] = levels(rows, image.dtype)
            start += len(rows)
        return result

    def _filled(
        self, name: str, image: np.ndarray, mask: np.ndarray, side: int | None, options: dict[str, tf.Tensor], tell
    ) -> np.ndarray:
        parts = list(holes.crops(mask, side))
        result, progress = image.copy(), Progress(len(parts), "hole", tell)
        for box, inside in parts:
            given = tf.constant(mask[box][None, :, :, None] * np.uint8(255))
            made = self._whole(name, image[box], options | {"mask": given})
            result[box] = np.where(inside[:, :, None], made, result[box])
            progress.one()
        return result


class Progress:
    """Tells of the parts of an image, where there are several, every few seconds."""

    def __init__(self, parts: int, word: str, tell: Callable[[str], None]):
        self.parts, self.word, self.tell = parts, word, tell
        self.done, self.told = 0, time.monotonic()

    def one(self):
        self.done += 1
        now = time.monotonic()
        if self.parts > 1 and now - self.told >= PAUSE:
            self.tell(f"{self.word} {self.done} of {self.parts}")
            self.told = now


def exact(image: np.ndarray) -> np.ndarray:
    """Integers of their type's whole range -> float32 in [-1, 1]."""
    most = np.iinfo(image.dtype).max
    return (2 * image.astype(np.int32) - most).astype(np.float32) * np.float32(1 / most)


def levels(values: np.ndarray, kind: np.dtype) -> np.ndarray:
    """Float32 in [-1, 1] -> integers of the type's whole range, rounded; beyond, the nearest."""
    most = np.iinfo(kind).max
    return np.clip(np.rint((values + 1) * np.float32(most / 2)), 0, most).astype(kind)


def shrunk(image: np.ndarray, side: int) -> np.ndarray:
    """[H, W, C] with no more pixels than a square of `side`, antialiased; of the same type."""
    height, width = image.shape[:2]
    share = side / math.sqrt(height * width)
    if share >= 1:
        return image
    size = [max(1, int(length * share)) for length in (height, width)]
    small = tf.image.resize(image[None], size, "bicubic", antialias=True)[0].numpy()
    return np.clip(np.rint(small), 0, np.iinfo(image.dtype).max).astype(image.dtype)


def opened(file: pathlib.Path, given: int, made: int) -> tuple[np.ndarray, np.ndarray | None]:
    """(uint8 or uint16 [H, W, given], opacity [H, W, 1] or None) of a file.

    Opacity is kept apart only where a colour model makes colours: what is quite transparent is then white. Else it
    becomes a channel of a model that takes four, and what is transparent shows white. Raises one of UNREADABLE.
    """
    deep = depth.read(file)
    image = pixels.decode(file) if deep is None else None
    clear = deep.shape[2] in (2, 4) if image is None else image.mode == "RGBA"
    channels = 4 if clear and given == made == 3 else given
    values = depth.fit(deep, channels) if image is None else pixels.fit(image, None, channels)
    if channels == given:
        return values, None
    colour, opacity = values[:, :, :3], values[:, :, 3:]
    return np.where(opacity > 0, colour, np.iinfo(values.dtype).max).astype(values.dtype), opacity


def with_opacity(image: np.ndarray, opacity: np.ndarray | None) -> np.ndarray:
    """[H, W, 3] and its opacity, enlarged to its size, as [H, W, 4]; the image where there is none."""
    if opacity is None:
        return image
    if opacity.shape[:2] != image.shape[:2]:
        large = tf.image.resize(opacity.astype(np.float32), image.shape[:2], "bilinear").numpy()
        opacity = np.rint(large).astype(image.dtype)
    return np.concatenate([image, opacity], axis=2)


def load(source: str) -> Applier:
    """The translator of a run folder (newest good checkpoint), an exported version, or a folder of versions (newest).

    Raises BadInput where `source` is none of these, cannot be read, or does not translate.
    """
    path = pathlib.Path(source)
    if (path / "recipe.json").is_file():
        from ganzoo import train

        served = train.restore(path).served()
        if "directions" not in served.facts:
            raise _no_translator(source)
        return Applier(served.signature, served.facts)
    version = export.find(path)
    if version is None:
        raise BadInput(f"source: {path} is no run folder (recipe.json) and no exported model (saved_model.pb)")
    loaded, card = export.opened(version)
    if "directions" not in card:
        raise _no_translator(source)
    return Applier(lambda name: loaded.signatures[name], card)


def _no_translator(source: str) -> BadInput:
    return BadInput(f"source: {source} makes images from noise and translates none; `ganzoo sample` takes it")


def run(
    source: str,
    inputs: Sequence[str],
    out: str,
    tell: Callable[[str], None],
    order: Order = Order(),
    mask: str | None = None,
    style: str | None = None,
) -> dict:
    """The command: every image of `inputs`, files and folders, to a PNG of its name below `out`.

    mask: the file or folder of the masks, see `holes.paired`. style: a file whose style all results take. -> {"files",
    "failed" {file: why}}. A file that cannot be read is named in `failed` and the rest is done. Raises BadInput, before
    anything is written, for a missing input, two of one name, where a result would replace an input, for what the model
    cannot do, and for wrong masks and styles.
    """
    planned = plan(inputs, pathlib.Path(out))
    masks = None
    if mask is not None:
        names = [(file, target.relative_to(out).with_suffix(file.suffix)) for file, target in planned]
        masks = dict(zip((file for file, _ in planned), holes.paired(mask, names), strict=True))
    applier = load(source)
    applier.check(order, mask, style)
    if masks is not None:
        for file, of_it in masks.items():
            holes.check(file, of_it)
    chosen = applier.named(order.direction)
    about = applier.directions[chosen]
    if style is not None:
        order = dataclasses.replace(order, style=_read_style(style, about["given"]))
    files, failed = [], {}
    for number, (file, target) in enumerate(planned, start=1):
        try:
            image, opacity = opened(file, about["given"], about["made"])
        except pixels.UNREADABLE as error:
            failed[str(file)] = (str(error).splitlines() or [type(error).__name__])[0]
            continue
        if image.dtype != np.uint8 and (order.seed is not None or style is not None):
            failed[str(file)] = "it has 16 bits; with --seed or --style 8 are allowed"
            continue
        hole = None if masks is None else holes.read(masks[file])
        made = applier.apply(image, order, hole, lambda line, file=file: tell(f"{file}: {line}"))
        try:
            save(with_opacity(made, opacity), target)
        except OSError as error:
            raise BadInput(f"--out: cannot write {target}: {error.strerror or error}") from error
        files.append(str(target))
        if number % max(1, len(planned) // 10) == 0:
            tell(f"{number} of {len(planned)}: {target}")
    return {"direction": chosen, "files": files, "failed": failed}


def _read_style(file: str, channels: int) -> np.ndarray:
    try:
        return pixels.fit(pixels.decode(pathlib.Path(file)), None, channels)
    except pixels.UNREADABLE as error:
        raise BadInput(f"--style: cannot read {file}: {(str(error).splitlines() or [''])[0]}") from error


def save(image: np.ndarray, path: pathlib.Path):
    """uint8 or uint16 [H, W, C] as a PNG of as many bits."""
    if image.dtype == np.uint8:
        pictures.save(pictures.picture(image), path)
    else:
        pictures.place(path, lambda temporary: temporary.write_bytes(depth.encoded(image)))


def plan(inputs: Sequence[str], out: pathlib.Path) -> list[tuple[pathlib.Path, pathlib.Path]]:
    """(input, output) of every image. Raises BadInput as `run`."""
    found: dict[pathlib.Path, pathlib.Path] = {}
    for name in inputs:
        path = pathlib.Path(name)
        if path.is_dir():
            inside = folder.find(path)
            if not inside:
                raise BadInput(f"input: no image in {name}; looked for {' '.join(folder.SUFFIXES)}")
            pairs = [(path / file, out / file.with_suffix(".png")) for file in inside]
        elif path.is_file():
            pairs = [(path, out / f"{path.stem}.png")]
        else:
            raise BadInput(f"input: nothing at {name}")
        for file, target in pairs:
            if target in found:
                raise BadInput(f"input: {found[target]} and {file} would both become {target}")
            found[target] = file
    originals = {file.resolve() for file in found.values()}
    for target in found:
        if target.resolve() in originals:
            raise BadInput(f"--out: {target} is an input, and inputs are kept; allowed: another folder")
    return [(file, target) for target, file in found.items()]
