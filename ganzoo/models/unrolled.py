"""Unrolled GAN: G descends its loss against the D that k more steps would make, and through those steps.

Metz, Poole, Pfau & Sohl-Dickstein 2017, "Unrolled generative adversarial networks", arXiv 1611.02163, eq. 7 to 10. As
in the authors' notebook the unrolled steps are those of D's own optimizer (gradient descent or Adam, from its moments
as they stand) on one batch of reals and fakes, that of G's step; D itself moves one step a turn, by `d_loss`. Any
networks without a game of their own, any losses and penalties. D's state (batch norm's averages, the vectors of
spectral norms) is read in the k steps, not moved.
"""

import dataclasses
from typing import Any

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import kept


@dataclasses.dataclass(frozen=True)
class Unrolled:
    """The game on `nets`, a value with `generator(spec)`, `discriminator(spec)`, `z_dim` and `latent`. k: steps of D
    that G looks ahead; 0 is the plain game."""

    nets: Any
    k: int = 5

    def build(self, spec) -> "UnrolledGAN":
        """The model for data of `spec`. Labels are ignored. Raises BadInput for k < 0, as `gan.plain` and as the
        networks do."""
        if self.k < 0:
            raise BadInput(f"model.k: {self.k} is not at least 0")
        return UnrolledGAN.of(gan.plain(self.nets), spec, k=self.k)


class UnrolledGAN(gan.NoiseGAN):
    """`NoiseGAN` whose G sees D k steps ahead. Each of them costs G's update a D step with a second gradient."""

    augments = False

    def __init__(self, *args, k: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.k = k

    def compile(self, d_optimizer, *args, **kwargs):
        if not _differentiable(d_optimizer) or self.dtype_policy.name == "mixed_float16":
            raise ValueError(
                "the unrolled GAN differentiates D's steps: Adam, or SGD without momentum, not in float16; no weight "
                "decay, and no schedule of beta_2"
            )
        super().compile(d_optimizer, *args, **kwargs)
        if self.accumulate > 1:
            raise BadInput(
                f"train.accumulate: {self.accumulate}, but unrolled steps of D are on the whole batch; allowed: 1"
            )
        if states := [each.name for each in self.regularizers if isinstance(each, kept.Kept)]:
            raise ValueError(f"the unrolled GAN looks ahead with D's penalties, and {states[0]} would move in G's turn")

    def g_loss(self, batch):
        """G's loss by the unrolled D; its gradient runs through every unrolled step."""
        fake, real = self.fake(batch, "g"), batch["image"]
        variables = self.discriminator.trainable_variables
        weights, stepper = [variable.value for variable in variables], _Stepper(self.d_optimizer, variables)
        for _ in range(self.k):
            weights = _constrained(variables, stepper.step(weights, lambda ahead: self._d_total(ahead, real, fake)))
        critic = self._critic(weights)
        real_logits = critic(real) if self.adversarial.relativistic else None
        return {"adv": self.adversarial.g(critic(fake), real_logits)}

    def _critic(self, weights: list[tf.Tensor]):
        """D with other weights. What its layers would keep of the call (batch norm's averages) is dropped."""
        state = [weight.value for weight in self.discriminator.non_trainable_variables]

        def critic(images):
            logits, _ = self.discriminator.stateless_call(weights, state, {"image": images}, training=True)
            return logits

        return critic

    def _d_total(self, weights: list[tf.Tensor], real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        critic = self._critic(weights)
        logits = (critic(real), critic(fake))
        terms = {"adv": self.adversarial.d(*logits)} | self.penalties(critic, real, fake, logits)
        return tf.add_n(list(terms.values()))


class _Stepper:
    """D's optimizer as a differentiable function, from the state that it has now."""

    def __init__(self, optimizer: keras.optimizers.Optimizer, variables):
        self.optimizer = optimizer
        self.rate = tf.cast(optimizer.learning_rate, tf.float32)
        if isinstance(optimizer, keras.optimizers.Adam):
            self.count = tf.cast(optimizer.iterations.value, tf.float32)
            slots = {variable.path: variable.value for variable in optimizer.variables}
            self.first, self.second = (
                [slots[_slot(optimizer, variable, name)] for variable in variables] for name in ("momentum", "velocity")
            )

    def step(self, weights: list[tf.Tensor], loss) -> list[tf.Tensor]:
        """The weights after one step down `loss(weights)`."""
        with tf.GradientTape() as tape:
            tape.watch(weights)
            total = loss(weights)
        gradients = tape.gradient(total, weights)
        if not isinstance(self.optimizer, keras.optimizers.Adam):
            return [weight - self.rate * gradient for weight, gradient in zip(weights, gradients, strict=True)]
        one, two = self.optimizer.beta_1, self.optimizer.beta_2
        self.count += 1.0
        self.first = [one * m + (1 - one) * g for m, g in zip(self.first, gradients, strict=True)]
        self.second = [two * v + (1 - two) * tf.square(g) for v, g in zip(self.second, gradients, strict=True)]
        rate = self.rate * tf.sqrt(1 - two**self.count) / (1 - one**self.count)
        # The root's derivative is infinite at 0, where no gradient has been: the floor is far below epsilon squared.
        return [
            weight - rate * m / (tf.sqrt(tf.maximum(v, 1e-30)) + self.optimizer.epsilon)
            for weight, m, v in zip(weights, self.first, self.second, strict=True)
        ]


def _constrained(variables, weights: list[tf.Tensor]) -> list[tf.Tensor]:
    """What an optimizer makes of weights after its step: WGAN's are clipped."""
    return [
        variable.constraint(weight) if variable.constraint else weight
        for variable, weight in zip(variables, weights, strict=True)
    ]


def _slot(optimizer: keras.optimizers.Optimizer, variable, name: str) -> str:
    """The path under which Keras keeps a moment of a variable."""
    return f"{optimizer.name}/{variable.path.replace('/', '_')}_{name}"


def _differentiable(optimizer: keras.optimizers.Optimizer) -> bool:
    if isinstance(optimizer, keras.optimizers.SGD):
        return optimizer.momentum == 0
    return type(optimizer) is keras.optimizers.Adam and not optimizer.amsgrad and not optimizer.weight_decay
