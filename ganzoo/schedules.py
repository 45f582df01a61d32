"""Schedules as functions of images seen, and the optimizers of recipes as plain values."""

import dataclasses
import math
from typing import Any

import keras
import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Linear:
    """`start` until `begin` images, then a straight line to `end`, reached at `finish` images and kept."""

    start: float
    end: float
    finish: int  # images
    begin: int = 0  # images

    def at(self, images):
        """Value at `images` seen (tensor or number), float32."""
        share = (keras.ops.cast(images, "float32") - self.begin) / (self.finish - self.begin)
        return self.start + (self.end - self.start) * keras.ops.clip(share, 0.0, 1.0)


@dataclasses.dataclass(frozen=True)
class Exponential:
    """`start` x `rate` ** (images / `every`), never below `floor`."""

    start: float
    rate: float
    every: float  # images
    floor: float = 0.0

    def at(self, images):
        """Value at `images` seen (tensor or number), float32."""
        value = self.start * self.rate ** (keras.ops.cast(images, "float32") / self.every)
        return keras.ops.maximum(value, self.floor)


@dataclasses.dataclass(frozen=True)
class Cosine:
    """From `start` to `end` along half a period of the cosine, reached at `finish` images and kept."""

    start: float
    end: float
    finish: int  # images

    def at(self, images):
        """Value at `images` seen (tensor or number), float32."""
        share = keras.ops.clip(keras.ops.cast(images, "float32") / self.finish, 0.0, 1.0)
        return self.end + (self.start - self.end) * (1 + keras.ops.cos(math.pi * share)) / 2


def value(choice: float | Linear | Exponential | Cosine, images):
    """A number as it is, a schedule at `images` seen (tensor or number), float32."""
    return choice.at(images) if hasattr(choice, "at") else choice


class ByImages(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule in images for an optimizer that counts its updates, `images` of them each."""

    def __init__(self, schedule: Linear | Exponential | Cosine, images: int):
        self.schedule, self.images = schedule, images

    def __call__(self, step):
        return self.schedule.at(keras.ops.cast(step, "float32") * self.images)


def _rate(rate: float | Linear | Exponential | Cosine, images: int):
    return ByImages(rate, images) if hasattr(rate, "at") else rate


class MovingAdam(keras.optimizers.Adam):
    """Adam whose beta_2 is a schedule, evaluated in each update at the images seen before it.

    Keras' own reads beta_2 once, when the step is traced. Both moments are corrected with the beta of the moment, and
    epsilon is added to the corrected root, as PyTorch does and algorithm 1 of the paper says; Keras' own adds it to the
    root before the correction. The arguments are those of `Adam`, and images: seen between two updates.
    """

    def __init__(self, learning_rate, beta_1: float, beta_2, epsilon: float, weight_decay: float | None, images: int):
        super().__init__(learning_rate, beta_1, epsilon=epsilon, weight_decay=weight_decay)
        self.schedule = ByImages(beta_2, images)

    def update_step(self, gradient, variable, learning_rate):
        gradient = tf.convert_to_tensor(gradient)  # of an embedding it is sparse
        step = keras.ops.cast(self.iterations + 1, "float32")
        beta = self.schedule(self.iterations)
        index = self._get_variable_index(variable)
        m, v = self._momentums[index], self._velocities[index]
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (keras.ops.square(gradient) - v) * (1 - beta))
        root = keras.ops.sqrt(v / (1 - keras.ops.power(beta, step))) + self.epsilon
        self.assign_sub(variable, learning_rate * (m / (1 - self.beta_1**step)) / root)


@dataclasses.dataclass(frozen=True)
class Adam:
    """Adam (Kingma & Ba 2015, arXiv 1412.6980), with weight decay AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101).

    weight_decay: every update first takes learning rate x weight_decay x the weight from each weight, biases included
    (the paper's algorithm 2 has its own multiplier in place of the learning rate; PyTorch and Keras have this one).
    """

    learning_rate: float | Linear | Exponential | Cosine = 2e-4
    beta_1: float = 0.5
    beta_2: float | Linear | Exponential | Cosine = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def build(self, images: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer, `MovingAdam` where beta_2 is a schedule. images: seen between two of its updates."""
        rate, decay = _rate(self.learning_rate, images), self.weight_decay or None
        if hasattr(self.beta_2, "at"):
            return MovingAdam(rate, self.beta_1, self.beta_2, self.epsilon, decay, images)
        return keras.optimizers.Adam(rate, self.beta_1, self.beta_2, self.epsilon, weight_decay=decay)


@dataclasses.dataclass(frozen=True)
class Clipped:
    """Another optimizer whose gradients, all together, are scaled to a norm of `norm` at most (Pascanu et al. 2013,
    arXiv 1211.5063, algorithm 1)."""

    optimizer: Any
    norm: float

    def build(self, images: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer. images: seen between two of its updates."""
        made = self.optimizer.build(images)
        made.global_clipnorm = self.norm
        return made


@dataclasses.dataclass(frozen=True)
class RMSprop:
    """RMSprop with the decay of PyTorch's default, which WGAN's authors used; Keras adds epsilon inside the root."""

    learning_rate: float | Linear | Exponential | Cosine = 5e-5
    rho: float = 0.99
    epsilon: float = 1e-8

    def build(self, images: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer. images: seen between two of its updates."""
        return keras.optimizers.RMSprop(_rate(self.learning_rate, images), rho=self.rho, epsilon=self.epsilon)


@dataclasses.dataclass(frozen=True)
class SGD:
    """Gradient descent with momentum."""

    learning_rate: float | Linear | Exponential | Cosine = 0.1
    momentum: float = 0.0

    def build(self, images: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer. images: seen between two of its updates."""
        return keras.optimizers.SGD(_rate(self.learning_rate, images), momentum=self.momentum)
