"""Glyphs in Ming type (AR PL UMing CN): the characters of `kai_glyphs`, grey 128x128; from Debian's package."""

from ganzoo.data import archives, glyphs

SET = glyphs.glyph_set(
    name="ming_glyphs",
    font="uming.ttc",
    archive=archives.Archive(
        kind="deb",
        package="fonts-arphic-uming",
        version="0.2.20080216.2-11",
        file="fonts-arphic-uming_0.2.20080216.2-11_all.deb",
        sha256="2676b21b90df94f23418610291b71b43720c95cdccb420b97ab56edfd3ce4cf5",
    ),
)
