"""`ganzoo apply`: images from files through a translator, of a run folder or of an exported model."""

import json
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ganzoo import export, pictures
from ganzoo.data import folder, pixels
from ganzoo.errors import BadInput


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

    def translate(
        self,
        images: np.ndarray,
        direction: str | None = None,
        seed: int | None = None,
        style: np.ndarray | None = None,
    ) -> np.ndarray:
        """uint8 [N, H, W, C] -> uint8 [N, sH, sW, C']. seed: of the style of all of them, style: an image uint8
        [h, w, C] whose style they take, of a model with styles. Raises BadInput for another number of channels or
        direction, and for a style where there is none."""
        direction = self.named(direction)
        self.check_style(seed, style)
        given = self.directions[direction]["given"]
        if images.ndim != 4 or images.shape[3] != given or images.dtype != np.uint8:
            raise BadInput(f"images: {images.dtype} {list(images.shape)}; allowed: uint8 [N, H, W, {given}]")
        inputs = {"image": tf.constant(images)}
        if self.directions[direction].get("alpha"):
            inputs["alpha"] = tf.ones([len(images)])
        if seed is not None:
            direction, inputs["seed"] = f"{direction}_seed", tf.fill([len(images)], tf.constant(seed, tf.int64))
        if style is not None:
            direction, inputs["style"] = f"{direction}_style", tf.repeat(style[None], len(images), axis=0)
        return self.signature(direction)(**inputs)["image"].numpy()

    def check_style(self, seed: int | None, style) -> None:
        """Raises BadInput for what says of what style a result is, where it has none or there are two."""
        named = [name for name, given in (("--seed", seed), ("--style", style)) if given is not None]
        if named and not any(about.get("styled") for about in self.directions.values()):
            raise BadInput(f"{named[0]}: this model makes one image of an image; allowed: a model with styles")
        if len(named) == 2:
            raise BadInput("--seed and --style: both say what style; allowed: one of them")
        if seed is not None and not -(2**63) <= seed < 2**63:
            raise BadInput(f"--seed: {seed}; allowed: -2**63..2**63-1")


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
    try:
        card = json.loads((version / export.CARD).read_text(encoding="utf-8"))
        loaded = tf.saved_model.load(str(version))
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise BadInput(f"source: cannot load {version}: {str(error).splitlines()[0]}") from error
    if "directions" not in card:
        raise _no_translator(source)
    return Applier(lambda name: loaded.signatures[name], card)


def _no_translator(source: str) -> BadInput:
    return BadInput(f"source: {source} makes images from noise and translates none; `ganzoo sample` takes it")


def run(
    source: str,
    inputs: Sequence[str],
    out: str,
    direction: str | None,
    tell: Callable[[str], None],
    seed: int | None = None,
    style: str | None = None,
) -> dict:
    """The command: every image of `inputs`, files and folders, to a PNG of its name below `out`.

    seed, style: of all results, see `Applier.translate`; style is a file.

    -> {"files", "failed" {file: why}}. A file that cannot be read is named in `failed` and the rest is done. Raises
    BadInput, before anything is written, for a missing input, two of one name, where a result would replace an input,
    and for a style that cannot be had.
    """
    planned = plan(inputs, pathlib.Path(out))
    applier = load(source)
    chosen = applier.named(direction)
    given = applier.directions[chosen]["given"]
    applier.check_style(seed, style)
    look = None if style is None else _read_style(style, given)
    files, failed = [], {}
    for number, (file, target) in enumerate(planned, start=1):
        try:
            image = pixels.fit(pixels.decode(file), None, given)
        except pixels.UNREADABLE as error:
            failed[str(file)] = (str(error).splitlines() or [type(error).__name__])[0]
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            pictures.save(pictures.picture(applier.translate(image[None], chosen, seed, look)[0]), target)
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
