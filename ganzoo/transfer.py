"""Starting a run from the networks of another: transfer learning.

The weights and the state of the networks (batch norms' moments, spectral norms' vectors, w_avg) come along, D's, G's
and the average's; optimizers, counters and what a regulariser or an augmentation keeps begin anew. A checkpoint knows
its weights by their place in a network and by their shape, not by name. What tokens stand for no shape tells: of runs
of sentences the vocabularies are compared.
"""

import difflib
import itertools
import pathlib
import re

import numpy as np

from ganzoo import checkpoint, runs
from ganzoo.errors import BadInput
from ganzoo.gan import GAN

_NETWORK = re.compile(r"(d_net|g_net|average)\d+")


def start(model: GAN, source: str, partial: bool = False, report=print) -> dict:
    """Set the networks of `model`, compiled, to those of `source`: a run folder (its newest checkpoint that is whole)
    or a checkpoint file.

    partial: take the weights that fit and leave the others as they are. Where networks have equally many weights each
    is compared with that in its place, else the longest runs of equal shapes are laid on each other: a network that
    goes on to another resolution keeps the layers they have in common. A network that the source does not have at all,
    D where it learned a likelihood, begins anew. An average that the source does not keep begins
    as its network. Returns {"images": the source's, "weights": {network: [taken, all]}}. Raises BadInput, changing
    nothing, where there is no such source, where it does not fit, and where of a network nothing does.
    """
    images, theirs = _read(pathlib.Path(source), report)
    ours = {part: variables for part, variables in checkpoint.state(model).items() if _NETWORK.fullmatch(part)}
    for index, (_, network) in enumerate(model.averages):
        place = next(place for place, net in enumerate(model.g_nets) if net is network)
        theirs.setdefault(f"average{index}", theirs.get(f"g_net{place}"))
    if not partial:
        _check(source, theirs, ours)
    pairs = {part: _pairs(theirs.get(part) or [], variables) for part, variables in ours.items()}
    if nothing := [part for part in ours if not pairs[part] and (part in theirs or not any(pairs.values()))]:
        raise BadInput(f"train.init_from: {source} has no weight that fits {nothing[0]} of this recipe")
    for part, places in pairs.items():
        for place, other in places:
            ours[part][place].assign(theirs[part][other])
    return {"images": images, "weights": {part: [len(pairs[part]), len(ours[part])] for part in ours}}


def check_words(source: str, resolved: dict):
    """Refuse, with BadInput, a run of sentences, or a checkpoint in its folder, whose vocabulary has as many entries as
    ours and other ones: each would fit by its shape. resolved: our recipe.json."""
    path = pathlib.Path(source)
    run = runs.Run(path if path.is_dir() else path.parent.parent)
    if not run.recipe_json.is_file():
        return
    other = run.resolved()
    there, here = other.get("image"), resolved["image"]
    if not all(isinstance(each, dict) and "words" in each for each in (there, here)):
        return
    if there["vocabulary"] != here["vocabulary"]:
        return
    if there["words"] and here["words"]:
        pairs = enumerate(zip(there["words"], here["words"], strict=True))
        said = next((f"its entry {place} is {a!r}, here {b!r}" for place, (a, b) in pairs if a != b), None)
        if there["joint"] != here["joint"]:
            said = said or f"its tokens are joined by {there['joint']!r}, here by {here['joint']!r}"
    elif there["words"] or here["words"]:
        said = "its tokens are words, here numbers" if there["words"] else "its tokens are numbers, here words"
    else:
        seeds = [each["recipe"]["data"]["seed"] for each in (other, resolved)]
        said = f"its oracle is of data.seed={seeds[0]}, here {seeds[1]}" if seeds[0] != seeds[1] else None
    if said:
        raise BadInput(f"train.init_from: {source} has another vocabulary; {said}; allowed: a run with the same one")


def tell(source: str, found: dict) -> str:
    """What `start` returned for a person."""
    counts = [f"{part} {taken} of {whole}" for part, (taken, whole) in found["weights"].items()]
    return f"weights of {source} at {found['images'] / 1000:g} kimg: {', '.join(counts)}"


def _read(path: pathlib.Path, report) -> tuple[int, dict[str, list[np.ndarray]]]:
    """Images seen, and the weights of each network."""
    if path.is_dir() and (path / "saved_model.pb").is_file():
        raise BadInput(
            f"train.init_from: {path} is an exported model, without D; allowed: a run folder or a checkpoint"
        )
    if path.is_dir() and (path / "recipe.json").is_file():
        files = checkpoint.files(runs.Run(path).checkpoints)
    elif path.is_file() and path.suffix == ".npz":
        files = [path]
    else:
        raise BadInput(f"train.init_from: {path} is neither a run folder nor a checkpoint, an .npz file of one")
    for file in files:
        try:
            header, arrays = checkpoint.read(file)
        except checkpoint.Damaged as error:
            report(f"warning: train.init_from: {error}")
            continue
        networks = {}
        for name in sorted(arrays, key=lambda name: int(name.rpartition("/")[2])):
            part = name.partition("/")[0]
            if _NETWORK.fullmatch(part):
                networks.setdefault(part, []).append(arrays[name])
        return header["images"], networks
    raise BadInput(f"train.init_from: {path} has no checkpoint that can be read")


def _check(source: str, theirs: dict, ours: dict):
    """Refuse networks that are not the same, by the first weight that differs."""
    for part in sorted(ours | {part: None for part in theirs if not part.startswith("average")}):
        for variable, array in itertools.zip_longest(ours.get(part) or [], theirs.get(part) or []):
            shapes = [None if each is None else tuple(each.shape) for each in (variable, array)]
            if shapes[0] != shapes[1]:
                here, there = ("missing" if shape is None else list(shape) for shape in shapes)
                name = part if variable is None else f"{part} {variable.path}"
                raise BadInput(
                    f"train.init_from: {source} does not fit: {name} is {there} there and {here} here; allowed: the "
                    "same networks, or train.init_partial=true to take the weights that fit"
                )


def _pairs(theirs: list, ours: list) -> list[tuple[int, int]]:
    """(place in ours, place in theirs) of the weights that fit."""
    left, right = ([tuple(each.shape) for each in weights] for weights in (ours, theirs))
    if len(left) == len(right):
        return [(place, place) for place, shape in enumerate(left) if shape == right[place]]
    blocks = difflib.SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]
