"""A generator of clips as it is served: seeds in, frames out.

- serving_default: content_seed int64 [N], motion_seed int64 [N], num_frames int32 [] -> video uint8 [N, T, H, W, C]

Row i depends on row i of the seeds alone: rows are made one by one. A motion goes on the same way however many frames
are asked for. num_frames is one for all rows and from 1 to `MOST`.
"""

from typing import Any

import keras
import tensorflow as tf

from ganzoo import random, video
from ganzoo.generator import levels

CONTENT, MOTION = 4, 5  # streams of a seed's draws
MOST = 1000  # frames


class Projector:
    """The network of `model`, rebuilt in float32 whatever it was trained in."""

    signatures = ("serving_default",)

    def __init__(self, model: video.VideoGAN):
        self._model = model
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy("float32")
        try:
            self.network = model._built()
        finally:
            keras.config.set_dtype_policy(policy)
        self._traced = {}
        self.refresh()

    def refresh(self):
        """Take over the weights that the model's sampler has now; what was traced stays valid."""
        self.network.set_weights(self._model.sampler.get_weights())

    @property
    def facts(self) -> dict[str, Any]:
        """What a caller must know, as JSON values; part of the card."""
        return {
            "clip": list(self._model.clip.shape),  # frames of training, H, W, C
            "content": self._model.content,
            "motion": self._model.motion,
            "parameters": self.network.count_params(),
        }

    @property
    def variables(self) -> list[tf.Variable]:
        """What a SavedModel of the signatures must hold."""
        return [variable.value for variable in self.network.variables]

    def signature(self, name: str):
        """The concrete function of one of `signatures`, or of "batch": as serving_default, all rows at once."""
        if name not in self._traced:
            specs = {each: tf.TensorSpec([None], tf.int64, each) for each in ("content_seed", "motion_seed")}
            specs["num_frames"] = tf.TensorSpec([], tf.int32, "num_frames")
            made = {"serving_default": self._each, "batch": self._all}[name]
            named = tf.function(lambda **inputs: {"video": made(**inputs)}, autograph=False)
            self._traced[name] = named.get_concrete_function(**specs)
        return self._traced[name]

    def _each(self, content_seed, motion_seed, num_frames):
        seeds = _checked(content_seed, motion_seed, num_frames)
        made = tf.TensorSpec([None, *self._model.clip.shape[1:]], tf.uint8)

        def one(pair):
            return self._film(*(each[None] for each in pair), num_frames)[0]

        return tf.map_fn(one, seeds, fn_output_signature=made)

    def _all(self, content_seed, motion_seed, num_frames):
        return self._film(*_checked(content_seed, motion_seed, num_frames), num_frames)

    def _film(self, content_seed, motion_seed, num_frames):
        content = _drawn(content_seed, [self._model.content], CONTENT)
        motion = _drawn(motion_seed, [num_frames + 1, self._model.motion], MOTION)
        return levels(self.network({"content": content, "motion": motion}, training=False))


def _drawn(seeds: tf.Tensor, shape: list, stream: int) -> tf.Tensor:
    """float32 [N, *shape] of N(0, 1): each row by its own seed."""
    static = [size if isinstance(size, int) else None for size in shape]

    def draw(seed):
        return tf.ensure_shape(random.normal(shape, tf.stack([seed, stream * tf.ones_like(seed)])), static)

    return tf.map_fn(draw, seeds, fn_output_signature=tf.TensorSpec(static, tf.float32))


def _checked(content_seed, motion_seed, num_frames):
    """The seeds behind assertions that hold where nobody else looks."""
    lengths = tf.size(content_seed), tf.size(motion_seed)
    checks = [
        tf.debugging.Assert(
            tf.equal(*lengths), ["content_seed and motion_seed must be of one length N, got", *lengths]
        ),
        tf.debugging.Assert(
            (num_frames >= 1) & (num_frames <= MOST), [f"num_frames must be in 1..{MOST}, got", num_frames]
        ),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(content_seed), tf.identity(motion_seed)
