"""A set of images that batches are drawn from.

The batch after `start` images is a pure function of (seed, start): a resumed run sees what it would have seen, and
data kept on the device are the same data.
"""

import dataclasses
import functools
import hashlib
from collections.abc import Sequence

import numpy as np
import PIL.Image
import tensorflow as tf

from ganzoo import pictures
from ganzoo.data import order
from ganzoo.errors import BadInput

HELD_OUT_SEED = 0


@dataclasses.dataclass(frozen=True)
class Spec:
    """What a batch is made of. classes: 0 = no labels."""

    height: int
    width: int
    channels: int
    classes: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.height, self.width, self.channels)

    def with_channels(self, channels: int) -> "Spec":
        return dataclasses.replace(self, channels=channels)

    def element(self) -> dict[str, tf.TensorSpec]:
        """One row of a batch."""
        image = {"image": tf.TensorSpec([self.height, self.width, self.channels], tf.float32)}
        return image | ({"label": tf.TensorSpec([], tf.int32)} if self.classes else {})


@dataclasses.dataclass(eq=False)
class ImageSet:
    """Equally large images, in memory or in a file.

    images: uint8 [N, H, W, C], or a `records.Records` of that shape. labels: int32 [N] in [0, classes), None = no
    labels. class_names: one for each class. skipped: images that were left out, unreadable or too small. flip: mirror
    each image left to right with probability 1/2, drawn anew each time it is seen. window: (height, width) of the part
    of it that is seen, its place drawn anew likewise; None = all of it. sources: int [N], which image of the source
    each one is or was cut from, in rising order; None = each its own. held_out: images of the same kind that this set
    does not have; undivided: the set before they were taken away. KIND: what its rows are called; SKIPPED: why some
    were left out.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    licence: str = "unknown"
    citation: str = ""
    skipped: int = 0
    flip: bool = False
    window: tuple[int, int] | None = None
    sources: np.ndarray | None = None
    held_out: "ImageSet | None" = None
    undivided: "ImageSet | None" = None

    KIND = "images"
    SKIPPED = "unreadable or smaller than a tile"

    def __len__(self) -> int:
        return self.images.shape[0]

    @property
    def spec(self) -> Spec:
        height, width = self.window or self.images.shape[1:3]
        return Spec(height, width, self.images.shape[3], classes=len(self.class_names))

    @property
    def whole(self) -> "ImageSet":
        """What generated images are compared with: the undivided set."""
        return self.undivided or self

    def split(self, count: int, limit: int | None = None) -> "ImageSet":
        """This set without `count` images, a fixed choice, which become its `held_out`; of the rest the first `limit`.

        Images are counted as the source counts them: what was cut from one stays together. Raises BadInput where they
        are more than the set has, and for a set that is not in memory.
        """
        if not isinstance(self.images, np.ndarray):
            raise BadInput(f"data.held_out: {self.name} is too large for memory; allowed: 0")
        sources = np.arange(len(self)) if self.sources is None else self.sources
        whole = np.unique(sources)
        if count >= len(whole):
            raise BadInput(f"data.held_out: {count}, but {self.name} has {len(whole)} images")
        order = np.random.default_rng(HELD_OUT_SEED).permutation(len(whole))
        kept, held = (np.isin(sources, whole[places]) for places in (np.sort(order[count:])[:limit], order[:count]))
        return dataclasses.replace(self.take(kept), held_out=self.take(held), undivided=self)

    def take(self, places: np.ndarray) -> "ImageSet":
        """The images at these places: int [M], or bool [N]."""
        labels, sources = (None if each is None else each[places] for each in (self.labels, self.sources))
        images = self.images[places] if isinstance(self.images, np.ndarray) else self.images.take(places)
        return dataclasses.replace(self, images=images, labels=labels, sources=sources)

    @functools.cached_property
    def hash(self) -> str:
        """SHA-256 of shape, pixels, labels and the window, in hexadecimal."""
        digest = hashlib.sha256(str(self.images.shape).encode())
        if isinstance(self.images, np.ndarray):
            digest.update(np.ascontiguousarray(self.images))
        else:
            digest.update(self.images.hash.encode())
        if self.labels is not None:
            digest.update(self.labels.astype("<i4"))
        if self.window:
            digest.update(f"window {self.window}".encode())
        return digest.hexdigest()

    def read(self, indices: np.ndarray) -> np.ndarray:
        """The images at these places of the set, of a window the centre. indices: int [B] -> uint8 [B, H, W, C]."""
        images = self.images[np.asarray(indices)]
        if not self.window:
            return images
        top, left = ((have - want) // 2 for have, want in zip(images.shape[1:3], self.window, strict=True))
        return images[:, top : top + self.window[0], left : left + self.window[1]]

    def lookup(self, positions: tf.Tensor, seed: int) -> dict[str, tf.Tensor]:
        """The batch at these positions of the endless sequence, gathered on the device that runs it.

        positions: int64 [B], the number of images seen before each. -> image float32 [B, H, W, C] in [-1, 1] and,
        with classes, label int32 [B]. Raises BadInput for a set that is not in memory.
        """
        if not isinstance(self.images, np.ndarray):
            raise BadInput(f"data.on_device: {self.name} is too large for memory; allowed: false")
        return self._batch(positions, seed, self._gather_on_device)

    def stream(self, batch: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """The endless sequence from its `start`-th image on, in batches as `lookup` gives them."""
        if isinstance(self.images, np.ndarray):
            gather, calls = self._gather_in_memory, tf.data.AUTOTUNE
        else:
            gather, calls = self._gather_from_file, None  # one after the other: the reader has threads of its own
        dataset = self.positions(batch, start)
        dataset = dataset.map(lambda positions: self._batch(positions, seed, gather), num_parallel_calls=calls)
        return dataset.prefetch(tf.data.AUTOTUNE)

    def positions(self, batch: int, start: int = 0) -> tf.data.Dataset:
        """int64 [batch] for `lookup`: start, start + 1, ..."""
        firsts = tf.data.Dataset.counter(start, batch)
        options = tf.data.Options()
        # The order is the data set's own: replicas share each batch, they do not deal out images.
        options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
        return firsts.map(lambda first: first + tf.range(batch, dtype=tf.int64)).with_options(options)

    @tf.autograph.experimental.do_not_convert
    def _batch(self, positions, seed, gather) -> dict[str, tf.Tensor]:
        index = order.index(positions, len(self), seed)
        image = gather(index, self._corners(positions, seed)) if self.window else gather(index)
        if self.flip:
            mirrored = order.coin(positions, seed)[:, None, None, None]
            image = tf.where(mirrored, tf.reverse(image, [2]), image)
        image = self.to_float(image)
        if not self.class_names:
            return {"image": image}
        return {"image": image, "label": tf.gather(tf.constant(self.labels), index)}

    def _corners(self, positions: tf.Tensor, seed: int) -> list[tf.Tensor]:
        """int64 [B] each: top and left of the window of each image, at a place of its own."""
        rooms = [have - want + 1 for have, want in zip(self.images.shape[1:3], self.window, strict=True)]
        return [order.number(positions, room, seed, axis) for axis, room in enumerate(rooms)]

    def to_float(self, image: tf.Tensor) -> tf.Tensor:
        """What the game is given of stored images: uint8 0..255 to float32 -1..1, x / 127.5 - 1 with a single rounding.

        Written that way it would differ in the last bit: in a graph TensorFlow turns division by a constant into a
        multiplication, and XLA may fuse that with the subtraction.
        """
        return tf.cast(2 * tf.cast(image, tf.int32) - 255, tf.float32) * (1 / 255)

    def picture(self, samples: np.ndarray, columns: int) -> PIL.Image.Image:
        """Samples of this kind, uint8 [N, H, W, C], as one picture."""
        return pictures.grid(samples, columns)

    def _gather_on_device(self, index: tf.Tensor, corners: Sequence[tf.Tensor] = ()) -> tf.Tensor:
        image = tf.gather(self._on_device, index)
        for axis, first in enumerate(corners, start=1):
            places = first[:, None] + tf.range(self.window[axis - 1], dtype=tf.int64)
            image = tf.gather(image, places, axis=axis, batch_dims=1)
        return image

    def _gather_in_memory(self, index: tf.Tensor, corners: Sequence[tf.Tensor] = ()) -> tf.Tensor:
        if not corners:
            return tf.gather(self._in_memory, index)
        # Only the windows are copied, row by row: a gather copies whole photos, and columns pixel by pixel.
        shape = [*self.window, self.images.shape[3]]

        def cut(place):
            return tf.slice(self._in_memory, tf.concat([place, [0]], 0), [1, *shape])[0]

        return tf.map_fn(cut, tf.stack([index, *corners], axis=1), fn_output_signature=tf.TensorSpec(shape, tf.uint8))

    def _gather_from_file(self, index: tf.Tensor, corners: Sequence[tf.Tensor] = ()) -> tf.Tensor:
        def read(index, *corners):
            images = self.images[index]
            if not corners:
                return images
            height, width = self.window
            places = zip(images, *corners, strict=True)
            return np.stack([image[top : top + height, left : left + width] for image, top, left in places])

        image = tf.numpy_function(read, [index, *corners], tf.uint8, stateful=False)
        size = self.window or self.images.shape[1:3]
        return tf.ensure_shape(image, [index.shape[0], *size, self.images.shape[3]])

    @functools.cached_property
    def _in_memory(self) -> tf.Tensor:
        # Made outside the graph, a tensor is an argument of it; a constant inside may not exceed 2 GB.
        with tf.init_scope(), tf.device("CPU:0"):
            return tf.convert_to_tensor(self.images)

    @functools.cached_property
    def _on_device(self) -> tf.Tensor:
        with tf.init_scope():
            return tf.convert_to_tensor(self.images)
