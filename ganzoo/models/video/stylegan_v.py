"""StyleGAN-V: time is continuous, a few frames of a clip are enough to learn from, and one 2-D D judges them together.

Skorokhodov et al. 2022, "StyleGAN-V: a continuous video generator with the price, image quality and perks of
StyleGAN2", arXiv 2112.14683, section 3: StyleGAN2's synthesis on a learned map beside which a code of the moment lies,
waves whose periods and phases noise at anchors decides, aligned so that the code runs from anchor to anchor. D sees the
frames side by side as channels, and how far apart they are in constant maps (DIGAN: Yu et al. 2022, arXiv 2202.10571,
section 3.2, whose pair of frames is `frames` = 2; any image network that takes so many channels can be D). Differences
from StyleGAN-V: the frames meet at D's input and not halfway, reals and fakes of a row share their moments, anchors see
two before them by causal convolutions, and there is no noise, no style mixing and no path length.

An alternative of this project for things that move as they are, `start` "fourier": the coarsest map has the Fourier
features of StyleGAN3 (Karras et al. 2021, arXiv 2106.12423, appendix F), and the code of the moment moves and turns
the plane that they are taken of, in place of lying beside a learned map.
"""

import dataclasses
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from ganzoo import video
from ganzoo.data.images import Spec
from ganzoo.data.video import VideoSpec
from ganzoo.errors import BadInput
from ganzoo.gan import Batch, Terms, numbering, rows
from ganzoo.layers import equalized, filtered, resnet
from ganzoo.models.image import stylegan2, stylegan3

NETS = stylegan2.StyleGAN2(path_length=0.0, mixing=0.0)


@dataclasses.dataclass(frozen=True)
class StyleGANV:
    """nets: a `stylegan2.StyleGAN2`, of whose z the content is. discriminator: a value with `discriminator(spec)`, None
    = of `nets`. motion: numbers of an anchor; distance: frames from one anchor to the next; waves: of the code of a
    moment; longest: their longest period at first, frames. frames: that D sees of a clip. start: of the synthesis, the
    learned map and the code of the paper or Fourier features that the code moves.
    """

    nets: Any = NETS
    discriminator: Any = None
    motion: int = 512
    distance: int = 16
    waves: int = 256
    longest: int = 1024
    frames: int = 3
    start: Literal["constant", "fourier"] = "constant"

    def build(self, spec: VideoSpec) -> "SparseGame":
        """Raises BadInput for a size that is not StyleGAN2's, and where D is to see more frames than there are."""
        if not 2 <= self.frames <= spec.frames:
            raise BadInput(f"model.frames: {self.frames}; allowed: 2 to data.frames = {spec.frames}")
        resnet.grid(_frame(spec))
        return SparseGame(self, spec)


def _frame(spec: VideoSpec) -> Spec:
    return Spec(spec.height, spec.width, spec.channels)


class SparseGame(video.VideoGAN):
    """Batches {"video": float32 [B, T, H, W, C]}."""

    def __init__(self, choice: StyleGANV, spec: VideoSpec, **kwargs):
        super().__init__(lambda: Generator(choice, spec), choice.nets.z_dim, choice.motion, spec, **kwargs)
        self.choice = choice
        seen = _frame(spec).with_channels(choice.frames * spec.channels + choice.frames - 1)
        self.discriminator = (choice.discriminator or choice.nets).discriminator(seen)

    @property
    def d_nets(self):
        return (self.discriminator,)

    def moments(self, count: int, player: str) -> tf.Tensor:
        """int32 [count, frames]: different moments of a clip, in order."""
        chances = self.progress.uniform([count, self.clip.frames], f"{player}/moments")
        return tf.sort(tf.math.top_k(chances, self.choice.frames).indices, axis=1)

    def sparse(self, moments: tf.Tensor, player: str) -> tf.Tensor:
        """float32 [B, frames, H, W, C]: frames that the generator makes at these moments of clips that began earlier,
        by as many frames as a clip has at most."""
        count, length = moments.shape[0], self.clip.frames
        begun = tf.floor(self.progress.uniform([count, 1], f"{player}/begun") * (length + 1))
        anchors = anchors_of(2 * length, self.choice.distance)
        given = {
            "content": self.progress.normal([count, self.content], f"{player}/content"),
            "motion": self.progress.normal([count, anchors, self.motion], f"{player}/motion"),
            "times": begun + tf.cast(moments, tf.float32),
        }
        return tf.ensure_shape(self.generator(given, training=True), [count, self.choice.frames, *self.clip.shape[1:]])

    def critic(self, moments: tf.Tensor, player: str = "d"):
        """D as a function of frames [B, frames, H, W, C] at these moments, int [B, frames].

        Every tensor is augmented by a draw of its own, which further looks at it share.

        player: whose turn, "d" or "g".
        """
        place = numbering()

        def judge(frames):
            frames = self.augmented(frames, f"{player}/augment/{place(frames)}")
            return self.discriminator({"image": beside(frames, moments, self.clip.frames)}, training=True)

        return judge

    def d_loss(self, batch: Batch) -> Terms:
        moments = self.moments(rows(batch), "d")
        real = tf.gather(batch["video"], moments, axis=1, batch_dims=1)
        fake, critic = tf.stop_gradient(self.sparse(moments, "d")), self.critic(moments)
        logits = critic(real), critic(fake)
        terms = {"adv": self.adversarial.d(*logits)} | self.penalties(critic, real, fake, logits)
        self.observe_accuracy(*logits)
        return terms

    def g_loss(self, batch: Batch) -> Terms:
        moments = self.moments(rows(batch), "g")
        critic = self.critic(moments, "g")
        real = None
        if self.adversarial.relativistic:
            real = critic(tf.gather(batch["video"], moments, axis=1, batch_dims=1))
        return {"adv": self.adversarial.g(critic(self.sparse(moments, "g")), real)}


def anchors_of(frames: int, distance: int) -> int:
    """How many anchors the moments 0 ... frames need."""
    return frames // distance + 2


def beside(frames: tf.Tensor, moments: tf.Tensor, length: int) -> tf.Tensor:
    """float32 [B, S, H, W, C] and int [B, S] -> [B, H, W, S C + S - 1]: frames as channels, and between each two that
    follow each other their distance over the length of a clip, in a constant map."""
    count, many, height, width, channels = frames.shape
    images = tf.reshape(tf.transpose(frames, [0, 2, 3, 1, 4]), [count, height, width, many * channels])
    apart = tf.cast(moments[:, 1:] - moments[:, :-1], tf.float32) / length
    maps = tf.tile(apart[:, None, None], [1, height, width, 1])
    return tf.concat([images, maps], axis=3)


class Generator(keras.Model):
    """{"content": [B, z_dim], "motion": [B, K, motion](, "times": [B, S])} -> float32 [B, S, H, W, C].

    The motion's rows are the noise of anchors 0, 1, ...; times: in frames, below K - 1 anchors; without them a frame at
    each of 0 ... K - 2, for which there are anchors more than enough.
    """

    def __init__(self, choice: StyleGANV, spec: VideoSpec):
        super().__init__(name="generator")
        nets, frame = choice.nets, _frame(spec)
        self.mapping = stylegan2.mapping(nets.depth, nets.w_dim, nets.z_dim, 0)
        self.time = Time(choice)
        height, width, stages = resnet.grid(frame)
        w = keras.Input((2 * (stages + 1), nets.w_dim), name="w")
        code = keras.Input((2 * choice.waves,), name="code")
        channels = stylegan2.channels_of(nets, 0)
        if choice.start == "fourier":
            rate = min(height, width)  # the shorter side is 1 long
            features = stylegan3.FourierFeatures(channels, (height, width), filtered.Band(rate, rate / 2, 0))
            x = features(code, stylegan3.Untransformed()(code))
        else:
            still = stylegan2.Constant(height, width, channels, dtype="float32")(w)
            moving = keras.layers.UpSampling2D((height, width), dtype="float32")(keras.layers.Reshape((1, 1, -1))(code))
            x = keras.layers.Concatenate(dtype="float32")([still, moving])
        self.frame = keras.Model({"w": w, "code": code}, stylegan2.image_of(nets, frame, x, w))
        self.layers_of_frame, self.shape_of_frame = 2 * (stages + 1), spec.shape[1:]

    def call(self, inputs, training=False):
        content, motion, times = inputs["content"], inputs["motion"], inputs.get("times")
        if times is None:
            moments = tf.range(tf.shape(motion)[1] - 1)
            times = tf.tile(tf.cast(moments, tf.float32)[None], [tf.shape(motion)[0], 1])
        codes = self.time(motion, times)
        count, many = tf.shape(times)[0], tf.shape(times)[1]
        w = tf.repeat(self.mapping({"z": content}, training=training), many, axis=0)
        styles = tf.tile(w[:, None], [1, self.layers_of_frame, 1])
        made = self.frame({"w": styles, "code": tf.reshape(codes, [count * many, codes.shape[2]])}, training=training)
        return tf.reshape(made, [count, many, *self.shape_of_frame])


class Time(keras.layers.Layer):
    """(motion [B, K, M], times [B, S]) -> codes float32 [B, S, 2 waves], section 3.2.

    Between two anchors a code is its waves less what they are at the anchors, linear between, plus what an aligner of
    each anchor says: at an anchor there is the aligner alone.
    """

    def __init__(self, choice: StyleGANV):
        super().__init__(dtype="float32", name="time")
        self.distance, waves = choice.distance, choice.waves
        # Periods from `distance` to `longest` frames.
        self.rates = np.float32(2 * np.pi / np.geomspace(choice.distance, choice.longest, waves))
        self.paths = [
            keras.layers.Conv1D(
                choice.motion,
                3,
                padding="causal",
                activation=keras.layers.LeakyReLU(0.2),
                kernel_initializer="he_normal",
            )
            for _ in range(2)
        ]
        self.periods, self.phases = (equalized.EqualizedDense(waves, dtype="float32") for _ in range(2))
        self.aligner = keras.layers.Dense(2 * waves, use_bias=False, dtype="float32")

    def anchors(self, motion: tf.Tensor) -> tf.Tensor:
        """What the noise of each anchor and of those before it says: float32 [B, K, M] of mean square 1."""
        x = tf.cast(motion, tf.float32)
        for path in self.paths:
            x = path(x)
        return x * tf.math.rsqrt(tf.reduce_mean(tf.square(x), axis=-1, keepdims=True) + 1e-8)

    def call(self, motion, times):
        x = self.anchors(motion)
        place = tf.floor(times / self.distance)
        share = (times / self.distance - place)[..., None]
        left = tf.cast(place, tf.int32)
        before, after = (tf.gather(x, index, axis=1, batch_dims=1) for index in (left, left + 1))
        stretched = (tf.tanh(self.periods(before)) + 1) * self.rates
        phases = 2 * np.pi * self.phases(before)  # all of a circle from the first step on

        def waves(moment):
            angle = stretched * moment[..., None] + phases
            return tf.concat([tf.sin(angle), tf.cos(angle)], axis=-1)

        ends = [waves(self.distance * each) for each in (place, place + 1)]
        along = waves(times) - (1 - share) * ends[0] - share * ends[1]
        return along + (1 - share) * self.aligner(before) + share * self.aligner(after)
