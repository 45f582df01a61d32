"""The Dirac-GAN: the smallest game, one weight each, whose dynamics can be computed by hand.

Mescheder, Geiger & Nowozin 2018, "Which training methods for GANs do actually converge?", arXiv 1801.04406, section 2:
the data are one point at 0, G makes x = theta, D's logit is psi x. The equilibrium is theta = psi = 0.

Near it every loss of `ganzoo.losses` has dD/dpsi = a theta and dG/dtheta = -a psi, with a = 1/2 for those of logits
under a softplus and a = 1 for the linear ones; R1 and R2 both add gamma psi to D's gradient, for D is linear. The zoo's
`train_step` moves D first and G by the new D, so one step of gradient descent with rate h maps

    psi' = (1 - h c) psi - h a theta
    theta' = theta + h a psi' = (1 - h^2 a^2) theta + h a (1 - h c) psi,        c = sum of the gammas.

The determinant is 1 - h c: without a penalty the map turns on an ellipse for ever (simultaneous steps would diverge),
with one the distance falls by sqrt(1 - h c) a step while the eigenvalues are complex. A clipped psi is not the map
above and cycles. Nor is the penalty w (|psi| - s)^2 of WGAN-GP, which is not smooth at psi = 0: on each side of it the
game is an oscillator with damping 2 w around theta = 2 w s (or -2 w s), psi = 0. With w < 1 it crosses to the other
side and cycles for ever; with w >= 1 (and small h) it comes to rest there, beside the equilibrium.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from ganzoo import gan
from ganzoo.data.points import PointSpec


@dataclasses.dataclass(frozen=True)
class Dirac:
    """theta, psi: where the game starts. clip: psi is kept within [-clip, clip]; None = free."""

    theta: float = 0.01
    psi: float = 0.01
    clip: float | None = None

    z_dim = 1
    latent = "normal"

    def build(self, spec: PointSpec) -> gan.NoiseGAN:
        """The game for points of one dimension. z is not used."""
        return gan.NoiseGAN.of(self, spec)

    def generator(self, spec) -> keras.Model:
        """{"z": [B, 1]} -> theta in every row, float32 [B, 1]."""
        z = keras.Input((1,), name="z")
        return keras.Model({"z": z}, _Point(self.theta)(z))

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, 1]} -> psi x, float32 logits [B]."""
        image = keras.Input((1,), name="image")
        constraint = None if self.clip is None else _Within(self.clip)
        product = keras.layers.Dense(
            1, use_bias=False, kernel_initializer=keras.initializers.Constant(self.psi), kernel_constraint=constraint
        )(image)
        return keras.Model({"image": image}, keras.layers.Reshape(())(product))


class _Point(keras.layers.Layer):
    def __init__(self, start: float):
        super().__init__()
        self.start = start

    def build(self, _):
        self.theta = self.add_weight(name="theta", shape=(1,), initializer=keras.initializers.Constant(self.start))

    def call(self, z):
        return tf.zeros_like(z) + self.theta.value


class _Within(keras.constraints.Constraint):
    def __init__(self, limit: float):
        self.limit = limit

    def __call__(self, weight):
        return keras.ops.clip(weight, -self.limit, self.limit)


def play(model: gan.NoiseGAN, steps: int) -> np.ndarray:
    """`steps` of the model's own `train_step` on the data at 0. -> (psi, theta) after each, float32 [steps, 2]."""
    zero = {"image": tf.zeros([1, 1])}
    (psi,), (theta,) = model.discriminator.trainable_variables, model.generator.trainable_variables

    def run():
        path = tf.TensorArray(tf.float32, steps)
        for step in tf.range(steps):
            model.train_step(zero)
            path = path.write(step, tf.concat([psi.value[0], theta.value], axis=0))
        return path.stack()

    return tf.function(run).get_concrete_function()().numpy()


def measured_rate(path: np.ndarray) -> float:
    """Slope of the log distance from the equilibrium over the second half of a path [steps, 2], per step."""
    half = len(path) // 2
    distance = np.log(np.linalg.norm(path[half:].astype(np.float64), axis=1))
    return float(np.polyfit(np.arange(len(distance)), distance, 1)[0])
