"""The base of choices that keep a state: a regulariser with running means, an augmentation with a strength."""

import keras


class Kept(keras.layers.Layer):
    """A layer for its weights alone: a game that keeps it saves them, and calls it as the plain function `call`.

    Keras' own call takes no functions, and would round float32 images to the policy's type.
    """

    def __call__(self, *args, **kwargs):
        return self.call(*args, **kwargs)
