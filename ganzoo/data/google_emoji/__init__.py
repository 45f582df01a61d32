"""Google's emoji (Noto): 3,786 RGBA drawings of 64x64 pixels in ten categories."""

from ganzoo.data import emoji

SET = emoji.emoji_set(
    "google",
    sha256="fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438",
    licence="Apache-2.0",
    citation="Google. Noto Emoji, https://github.com/googlefonts/noto-emoji; files of emoji-datasource (C. Henderson).",
)
