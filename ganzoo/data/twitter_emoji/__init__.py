"""Twitter's emoji (Twemoji): 3,786 RGBA drawings of 64x64 pixels in ten categories."""

from ganzoo.data import emoji

SET = emoji.emoji_set(
    "twitter",
    sha256="f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
    licence="CC-BY-4.0",
    citation="Twitter. Twemoji, https://github.com/twitter/twemoji; files of emoji-datasource (C. Henderson).",
)
