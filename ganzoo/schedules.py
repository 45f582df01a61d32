"""Schedules as functions of images seen, and the optimizers of recipes as plain values."""

import dataclasses
import math

import keras


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


@dataclasses.dataclass(frozen=True)
class Adam:
    """Adam (Kingma & Ba 2015, arXiv 1412.6980)."""

    learning_rate: float | Linear | Exponential | Cosine = 2e-4
    beta_1: float = 0.5
    beta_2: float = 0.999
    epsilon: float = 1e-8

    def build(self, images: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer. images: seen between two of its updates."""
        return keras.optimizers.Adam(_rate(self.learning_rate, images), self.beta_1, self.beta_2, self.epsilon)


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
