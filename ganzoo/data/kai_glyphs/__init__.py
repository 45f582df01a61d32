"""Glyphs in Kai script (AR PL UKai CN): 3,755 Chinese characters, grey 128x128; from Debian's package."""

from ganzoo.data import archives, glyphs

SET = glyphs.glyph_set(
    name="kai_glyphs",
    font="ukai.ttc",
    archive=archives.Archive(
        kind="deb",
        package="fonts-arphic-ukai",
        version="0.2.20080216.2-5",
        file="fonts-arphic-ukai_0.2.20080216.2-5_all.deb",
        sha256="b9db73184895b067f7911f9adbf3b137df99c2d4ec5425b4ad779a9834b7110b",
    ),
)
