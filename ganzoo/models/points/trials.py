"""PacGAN's synthetic experiment as its authors ran it, all trials in one program.

Lin, Khetan, Fanti & Oh 2018, arXiv 1712.04086, section 4.1 and table 1, with what their code fixes (fjxmlzn/PacGAN,
synthetic_data_experiments): the networks of `maxout`, full width; D and G move at once, by gradients of one pass (the
other games of the zoo take turns); D's loss over packs of m. Every weight has a leading dimension of trials, which
share nothing: S trials are S trainings, of which a GPU runs all in the time of one. Differences: packs are drawn anew
each epoch, theirs are 100,000 fixed ones.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from ganzoo import gan
from ganzoo.layers import normalization
from ganzoo.models.points.maxout import LAYERS_D, LAYERS_G


@dataclasses.dataclass(frozen=True)
class Trials:
    """m: points of a pack. trials: independent trainings. The widths are those of `maxout.Maxout`.

    `train.batch` counts the points of all trials: packs x m x trials.
    """

    m: int = 1
    trials: int = 10
    g_width: int = 400
    d_width: int = 200
    pieces: int = 5
    z_dim: int = 2

    def build(self, spec) -> "SimultaneousGAN":
        """The model for points of `spec`. Its generator makes a point for each trial: float32 [B, trials * D]."""
        return SimultaneousGAN(self, spec)

    def generator(self, spec) -> keras.Model:
        """{"z": [B, trials * z_dim]} -> float32 [B, trials * D]."""
        z = keras.Input((self.trials * self.z_dim,), name="z")
        x = keras.layers.Reshape((self.trials, self.z_dim))(z)
        for _ in range(LAYERS_G):
            x = Dense(self.g_width, use_bias=False)(x)
            x = keras.layers.Reshape((1, 1, self.trials * self.g_width))(x)  # a channel for each unit of each trial
            x = keras.layers.ReLU()(normalization.BatchNorm(momentum=0.95)(x))
            x = keras.layers.Reshape((self.trials, self.g_width))(x)
        x = Dense(spec.dim, dtype="float32")(x)
        return keras.Model({"z": z}, keras.layers.Reshape((self.trials * spec.dim,), dtype="float32", name="point")(x))

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, trials, m * D]} -> float32 logits [B, trials]."""
        x = image = keras.Input((self.trials, self.m * spec.dim), name="image")
        for _ in range(LAYERS_D):
            x = Dense(self.d_width * self.pieces)(x)
            x = keras.ops.max(keras.layers.Reshape((self.trials, self.pieces, self.d_width))(x), axis=2)
        x = Dense(1, dtype="float32")(x)
        return keras.Model({"image": image}, keras.layers.Reshape((self.trials,), dtype="float32")(x))


class SimultaneousGAN(gan.NoiseGAN):
    """D and G descend at once, each its own loss, from the same passes; trials are summed, so none scales another."""

    augments = False
    probed = False  # a sample is a point of each trial
    stats = ("d_gradient", "g_gradient", "d_accuracy_real", "d_accuracy_fake")

    def __init__(self, nets: Trials, spec, **kwargs):
        super().__init__(
            lambda: nets.generator(spec),
            lambda: nets.discriminator(spec),
            nets.trials * nets.z_dim,
            image=(nets.trials * spec.dim,),
            **kwargs,
        )
        self.nets = nets

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)
        choices = {
            "regularizers": self.regularizers,
            "ema": self.ema,
            "d_steps": self.d_steps > 1,
            "accumulate": self.accumulate > 1,
            "a relativistic loss": self.adversarial.relativistic,
            "mixed_float16": self.dtype_policy.name == "mixed_float16",
        }
        if unknown := [name for name, chosen in choices.items() if chosen]:
            raise ValueError(f"the simultaneous game of the experiment knows no {', '.join(unknown)}")

    def multiples(self, rows):
        return super().multiples(rows) | {"model.m x model.trials": self.nets.m * self.nets.trials}

    def train_step(self, batch):
        """One update of both. batch["image"]: [packs * m * trials, D]."""
        if self.lookup is not None:
            batch = self.lookup(batch)
        real = batch["image"]
        nets, dim = self.nets, real.shape[1]
        packs = real.shape[0] // (nets.m * nets.trials)
        with tf.GradientTape(persistent=True) as tape:
            z = self.latents(packs * nets.m, "d")
            fake = self.generator({"z": z}, training=True)
            real_logits, fake_logits = (
                self.discriminator({"image": points}, training=True)
                for points in (
                    tf.reshape(real, [packs, nets.trials, nets.m * dim]),
                    _packed(tf.reshape(fake, [packs, nets.m, nets.trials, dim])),
                )
            )
            d = nets.trials * self.adversarial.d(real_logits, fake_logits)
            g = nets.trials * self.adversarial.g(fake_logits)
        updates = []
        for player, networks, loss, optimizer in (
            ("d", self.d_nets, d, self.d_optimizer),
            ("g", self.g_nets, g, self.optimizer),
        ):
            weights = [weight for net in networks for weight in net.trainable_variables]
            updates.append((optimizer, tape.gradient(loss, weights), weights))
            self.trackers[f"{player}_adv"].update_state(loss / nets.trials)
            self.observe(f"{player}_gradient", tf.linalg.global_norm(updates[-1][1]))
        for optimizer, gradients, weights in updates:
            optimizer.apply(gradients, weights)
        self.observe_accuracy(real_logits, fake_logits)
        self.images.assign_add(real.shape[0])
        self.step.assign_add(1)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def points(self, count: int, seed: int = 0) -> np.ndarray:
        """Samples of every trial from one `z`, with batch norm's kept averages: float32 [trials, count, D]."""
        z = tf.random.stateless_normal([count, self.z_dim], [seed, 0], alg="philox")
        made = self.sampler({"z": z}, training=False).numpy()
        return made.reshape(count, self.nets.trials, -1).transpose(1, 0, 2)


class Dense(keras.layers.Layer):
    """A matrix product for each trial: [B, S, inputs] -> [B, S, units]; weights start as N(0, 0.02^2)."""

    def __init__(self, units: int, use_bias: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias

    def build(self, input_shape):
        _, trials, inputs = input_shape
        normal = keras.initializers.RandomNormal(0.0, 0.02)
        self.kernel = self.add_weight(name="kernel", shape=(trials, inputs, self.units), initializer=normal)
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(trials, self.units), initializer="zeros")

    def call(self, x):
        y = tf.einsum("bsi,sio->bso", x, tf.convert_to_tensor(self.kernel))
        return y + self.bias if self.use_bias else y

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


def _packed(points: tf.Tensor) -> tf.Tensor:
    """[packs, m, S, D] -> [packs, S, m * D]."""
    packs, m, trials, dim = points.shape
    return tf.reshape(tf.transpose(points, [0, 2, 1, 3]), [packs, trials, m * dim])
