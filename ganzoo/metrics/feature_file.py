"""Features of real images in a file, which stand for the images where these are not at hand or are many.

An .npz with `features` float32 [N, dim], in the fixed order of `judge.Judge`, `held` float32 [M, dim], the further real
images that the extractor brings along (M = 0 where it brings none), and `protocol`, a JSON text that names what the
features depend on: extractor, weights, data, its hash, and the shape of its images.
"""

import dataclasses
import json
import os
import pathlib

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics.extractor import Extractor

PROTOCOL = ("extractor", "weights", "data", "hash", "shape")


@dataclasses.dataclass(frozen=True)
class Shape:
    """The part of a spec that a comparison needs."""

    shape: tuple[int, ...]


class FeatureSet:
    """What `metrics.evaluate` needs of real images, of a feature file; of metrics that see more than features it has
    nothing."""

    labels = None
    class_names = ()

    def __init__(self, path: str, features: np.ndarray, held: np.ndarray, protocol: dict):
        self.path, self.features, self.held, self.protocol = path, features, held if len(held) else None, protocol
        self.name, self.spec = protocol["data"], Shape(tuple(protocol["shape"]))
        self.hash = f"{protocol['hash']}/{len(features)}"  # a part of a set has floors of its own

    def __len__(self) -> int:
        return len(self.features)

    def check(self, extractor: Extractor) -> None:
        """Refuse another extractor than the one that saw the images, with BadInput."""
        if (extractor.name, extractor.fingerprint) != (self.protocol["extractor"], self.protocol["weights"]):
            raise BadInput(
                f"--against: {self.path} holds features of {self.protocol['extractor']} (weights "
                f"{self.protocol['weights'][:12]}), not of {extractor.name} ({extractor.fingerprint[:12]})"
            )

    def read(self, places: np.ndarray) -> np.ndarray:
        """There are no images: raises BadInput."""
        raise BadInput(f"--against: {self.path} holds features, and no images, which a metric of these needs")


def write(path: str | os.PathLike, features: np.ndarray, held: np.ndarray | None, reals, extractor: Extractor) -> None:
    """Write the features of `reals` (an ImageSet). Raises BadInput where the file cannot be written."""
    protocol = {
        "extractor": extractor.name,
        "weights": extractor.fingerprint,
        "data": reals.name,
        "hash": reals.hash,
        "shape": list(reals.spec.shape),
    }
    held = np.zeros([0, extractor.dim], np.float32) if held is None else held
    try:
        with open(path, "wb") as file:
            np.savez(file, features=features.astype(np.float32), held=held, protocol=np.array(json.dumps(protocol)))
    except OSError as error:
        raise BadInput(f"--features: cannot write {path}: {error.strerror}") from error


def read(path: str | os.PathLike) -> FeatureSet | None:
    """The features of a file, None where it holds images or is none. Raises BadInput where it is damaged."""
    if pathlib.Path(path).suffix != ".npz" or not pathlib.Path(path).is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            if "features" not in stored:
                return None
            features, held = stored["features"], stored["held"]
            protocol = json.loads(str(stored["protocol"]))
        missing = [name for name in PROTOCOL if name not in protocol]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise BadInput(f"--against: {path} is no feature file of ganzoo: {error}") from error
    if missing:
        raise BadInput(f"--against: the protocol of {path} lacks {', '.join(missing)}")
    if features.ndim != 2 or len(features) == 0 or not np.all(np.isfinite(features)):
        raise BadInput(f"--against: {path} has features {list(features.shape)} or such that are not finite numbers")
    return FeatureSet(str(path), features, held, protocol)
