"""MoCoGAN: one content for a clip, a path of motion codes through it, and a judge each of frames and of clips.

Tulyakov et al. 2018, "MoCoGAN: decomposing motion and content for video generation", arXiv 1707.04993, section 3.
Differences: the judges have no batch norm and no noise at their inputs, the game may have a penalty on both instead,
and the judge of clips convolves in time without a border of 0 only as far as the clip is long.
"""

import dataclasses

import keras
import tensorflow as tf

from ganzoo import video
from ganzoo.data.images import Spec
from ganzoo.data.video import VideoSpec
from ganzoo.gan import Batch, Terms, numbering, rows
from ganzoo.models.image import dcgan

GRID = 4  # side of the coarsest map


@dataclasses.dataclass(frozen=True)
class MoCoGAN:
    """content, motion: numbers of both latents. width: channels of the finest maps of the generator, d_width: of both
    judges."""

    content: int = 50
    motion: int = 10
    width: int = 64
    d_width: int = 64

    def build(self, spec: VideoSpec) -> "MotionGame":
        """Raises BadInput for frames that are neither 28x28 nor square with a power of two from 16 as their side."""
        dcgan.maps(Spec(spec.height, spec.width, spec.channels))
        return MotionGame(self, spec)


class MotionGame(video.VideoGAN):
    """Batches {"video": float32 [B, T, H, W, C]}. The game's regularisers are of both judges, added up."""

    d_terms = ("image", "video")
    g_terms = ("image", "video")

    def __init__(self, choice: MoCoGAN, spec: VideoSpec, **kwargs):
        super().__init__(lambda: Generator(choice, spec), choice.content, choice.motion, spec, **kwargs)
        self.of_frames, self.of_clips = frame_critic(spec, choice.d_width), clip_critic(spec, choice.d_width)

    @property
    def d_nets(self):
        return (self.of_frames, self.of_clips)

    def _judges(self, player: str):
        place = numbering()

        def of_frames(frames):
            shown = self.augmented(frames[:, None], f"{player}/augment/{place(frames)}")
            return self.of_frames({"image": shown[:, 0]}, training=True)

        def of_clips(clips):
            shown = self.augmented(clips, f"{player}/augment/{place(clips)}")
            return self.of_clips({"video": shown}, training=True)

        return {"image": of_frames, "video": of_clips}

    def _shown(self, clips: tf.Tensor, stream: str) -> dict[str, tf.Tensor]:
        return {"image": self.frame_of(clips, stream), "video": clips}

    def d_loss(self, batch: Batch) -> Terms:
        real = self._shown(batch["video"], "d/real frame")
        fake = self._shown(tf.stop_gradient(self.filmed(rows(batch), "d")), "d/fake frame")
        terms, found, said = {}, [], []
        for name, judge in self._judges("d").items():
            logits = judge(real[name]), judge(fake[name])
            terms[name] = self.adversarial.d(*logits)
            found.append(self.penalties(judge, real[name], fake[name], logits))
            said.append([tf.reshape(each, [each.shape[0], -1]) for each in logits])
        self.observe_accuracy(*(tf.concat(each, axis=1) for each in zip(*said, strict=True)))
        return terms | {name: tf.add_n([each[name] for each in found]) for name in found[0]}

    def g_loss(self, batch: Batch) -> Terms:
        fake = self._shown(self.filmed(rows(batch), "g"), "g/fake frame")
        real = self._shown(batch["video"], "g/real frame") if self.adversarial.relativistic else {}
        return {
            name: self.adversarial.g(judge(fake[name]), judge(real[name]) if real else None)
            for name, judge in self._judges("g").items()
        }


class Generator(keras.Model):
    """{"content", "motion"} -> clips, see `ganzoo.video`: a GRU walks through motion codes, DCGAN's layers make a frame
    of content and code."""

    def __init__(self, choice: MoCoGAN, spec: VideoSpec):
        super().__init__(name="generator")
        self.walk = keras.layers.GRU(choice.motion, return_sequences=True)
        code = keras.Input((choice.content + choice.motion,), name="code")
        frame = dcgan.image_of(code, Spec(spec.height, spec.width, spec.channels), choice.width)
        self.frame, self.shape_of_frame = keras.Model(code, frame), spec.shape[1:]

    def call(self, inputs, training=False):
        content, motion = inputs["content"], inputs["motion"]
        codes = self.walk(motion[:, 1:], initial_state=motion[:, 0])
        count, frames = tf.shape(codes)[0], tf.shape(codes)[1]
        content = tf.tile(tf.cast(content, codes.dtype)[:, None], [1, frames, 1])
        both = tf.concat([content, codes], axis=2)
        made = self.frame(tf.reshape(both, [count * frames, both.shape[2]]), training=training)
        return tf.reshape(made, [count, frames, *self.shape_of_frame])


def frame_critic(spec: VideoSpec, width: int) -> keras.Model:
    """{"image": [B, H, W, C]} -> float32 logits [B, h, w]: each of a part of the frame."""
    x, filters = keras.Input(spec.shape[1:], name="image"), width
    image = x
    while x.shape[1] > GRID:
        x = keras.layers.Conv2D(filters, 4, 2, "same", kernel_initializer="he_normal")(x)
        x, filters = keras.layers.LeakyReLU(0.2)(x), 2 * filters
    logit = keras.layers.Conv2D(1, 3, padding="same", dtype="float32")(x)
    return keras.Model({"image": image}, logit[..., 0], name="of_frames")


def clip_critic(spec: VideoSpec, width: int) -> keras.Model:
    """{"video": [B, T, H, W, C]} -> float32 logits [B, h, w]: each of a part of all frames.

    Every convolution sees three frames and shortens the clip by two, as far as there are so many; the last sees all
    that are left.
    """
    x, filters = keras.Input(spec.shape, name="video"), width
    clip = x
    while x.shape[2] > GRID:
        kernel = (min(3, x.shape[1]), 4, 4)
        x = keras.layers.ZeroPadding3D((0, 1, 1))(x)
        x = keras.layers.Conv3D(filters, kernel, (1, 2, 2), kernel_initializer="he_normal")(x)
        x, filters = keras.layers.LeakyReLU(0.2)(x), 2 * filters
    x = keras.layers.Conv3D(1, (x.shape[1], 3, 3), dtype="float32")(x)
    return keras.Model({"video": clip}, x[:, 0, :, :, 0], name="of_clips")
