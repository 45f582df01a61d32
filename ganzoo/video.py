"""Games of clips: a network makes frames from what stays, the content, and what changes, the motion.

`VideoGAN` is the base: the network, its two latents, and what is served. A network takes {"content": float32 [B, Zc],
"motion": float32 [B, T + 1, Zm]}, both of N(0, 1), the motion's first row before the first frame, and makes float32
[B, T, H, W, C] in [-1, 1] for any T.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from ganzoo import augment, gan
from ganzoo.data.video import VideoSpec


class VideoGAN(gan.GAN):
    """Base of the games of clips. A subclass sets `d_nets` and writes `d_loss` and `g_loss`.

    make: () -> the network. content, motion: sizes of its latents. spec: of the data.
    """

    augments = True
    stats = (*gan.GAN.stats, "d_accuracy_real", "d_accuracy_fake")

    def __init__(self, make: Callable[[], keras.Model], content: int, motion: int, spec: VideoSpec, **kwargs):
        super().__init__(**kwargs)
        self.make_generator, self.content, self.motion, self.clip = make, content, motion, spec
        self.generator = self._built()
        self.average = None

    def _built(self) -> keras.Model:
        network = self.make_generator()
        network({"content": tf.zeros([1, self.content]), "motion": tf.zeros([1, 3, self.motion])})
        return network

    @property
    def g_nets(self):
        return (self.generator,)

    @property
    def sampler(self) -> keras.Model:
        """The network that is served: the average where one is kept."""
        return self.average if self.average is not None else self.generator

    def make_averages(self):
        self.average = self._built()
        self.average.set_weights(self.generator.get_weights())
        return ((self.average, self.generator),)

    def filmed(self, rows: int, player: str) -> tf.Tensor:
        """float32 [rows, T, H, W, C]: clips that the network makes now."""
        content = self.progress.normal([rows, self.content], f"{player}/content")
        motion = self.progress.normal([rows, self.clip.frames + 1, self.motion], f"{player}/motion")
        clips = self.generator({"content": content, "motion": motion}, training=True)
        return tf.ensure_shape(clips, [rows, *self.clip.shape])

    def augmented(self, clips: tf.Tensor, stream: str) -> tf.Tensor:
        """Clips float32 [B, T, H, W, C] as D is shown them: where the game has an augmentation, by a draw for each."""
        return clips if self.augment is None else augment.alike(self.augment, clips, self.progress, stream)

    def frame_of(self, clips: tf.Tensor, stream: str) -> tf.Tensor:
        """float32 [B, T, H, W, C] -> [B, H, W, C]: one frame of each, at random."""
        rows, frames = gan.rows({"video": clips}), clips.shape[1]
        place = tf.cast(self.progress.uniform([rows], stream) * frames, tf.int32)
        return tf.gather(clips, place, axis=1, batch_dims=1)

    def exhibit(self, images, recipe, fresh):
        from ganzoo import reel  # which films, and so imports this way round

        return reel.Reel(self, images, recipe, fresh)

    def served(self):
        from ganzoo import projector

        return projector.Projector(self)
