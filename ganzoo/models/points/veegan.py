"""VEEGAN: a reconstructor maps samples back to latents, and D judges pairs of a sample and a latent.

Srivastava, Valkov, Russell, Gutmann & Sutton 2017, "VEEGAN: Reducing mode collapse in GANs using implicit variational
learning", arXiv 1705.07761, section 3 and algorithm 1: D tells (G(z), z) from (x, F(x)), so a mode that G leaves out is
one whose latents F maps to where no latent is; G and F both descend |z - F(G(z))|^2, and G the log ratio of D. Its loss
is `losses.log_ratio`, any other of the zoo's will do. Difference: the networks are `maxout`'s, F is one of its
generators, and D takes a pair as one vector.
"""

import dataclasses

import tensorflow as tf

from ganzoo import gan
from ganzoo.models.points import maxout


@dataclasses.dataclass(frozen=True)
class VEEGAN:
    """The game on the generator, the discriminator and once more the generator of `nets`."""

    nets: maxout.Maxout = dataclasses.field(default_factory=maxout.Maxout)

    def build(self, spec) -> "ReconstructingGAN":
        """The model for points of `spec` (ganzoo.data.points.PointSpec)."""
        nets = self.nets
        reconstructor = dataclasses.replace(nets, z_dim=spec.dim).generator(spec.with_channels(nets.z_dim))
        pair = spec.with_channels(spec.dim + nets.z_dim)
        return ReconstructingGAN.of(nets, spec, pair, reconstructor=reconstructor)


class ReconstructingGAN(gan.NoiseGAN):
    """`NoiseGAN` on pairs. reconstructor: {"z": samples [B, D]} -> latents float32 [B, z_dim], moved by G's optimizer.

    D: {"image": [B, D + z_dim]} -> float32 logits [B].
    """

    g_terms = ("adv", "reconstruction")

    augments = False

    def __init__(self, *args, reconstructor, **kwargs):
        super().__init__(*args, **kwargs)
        self.reconstructor = reconstructor

    @property
    def g_nets(self):
        return (self.generator, self.reconstructor)

    def pack(self, samples, training=False):
        """Samples [B, D] with the latents that F gives them: [B, D + z_dim]."""
        return tf.concat([samples, self.reconstructor({"z": samples}, training=training)], axis=1)

    def fake(self, batch, player):
        """G's samples with the latents that they are made from: [B, D + z_dim]."""
        z = self.latents(gan.rows(batch), player)
        return tf.concat([self.generator({"z": z}, training=True), z], axis=1)

    def d_loss(self, batch):
        """The plain loss on pairs. batch["image"]: [B, D]."""
        return super().d_loss({"image": self._reals(batch)})

    def g_loss(self, batch):
        """The plain loss on pairs, and the mean over the batch of |z - F(G(z))|^2."""
        fake, critic = self.fake(batch, "g"), self.critic(batch)
        fake_logits = critic(fake)
        real_logits = critic(self._reals(batch)) if self.adversarial.relativistic else None
        samples, z = tf.split(fake, [fake.shape[1] - self.z_dim, self.z_dim], axis=1)
        missed = tf.reduce_sum(tf.square(z - self.reconstructor({"z": samples}, training=True)), axis=1)
        return {"adv": self.adversarial.g(fake_logits, real_logits), "reconstruction": tf.reduce_mean(missed)}

    def _reals(self, batch):
        # F does not learn from D, neither in D's turn nor in G's.
        return tf.stop_gradient(self.pack(batch["image"], training=True))
