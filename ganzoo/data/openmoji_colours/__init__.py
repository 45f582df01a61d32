"""OpenMoji in colour without flags: 4,225 RGBA drawings of 256x256 pixels, pairs of those of `openmoji_lines`."""

from ganzoo.data import line_art

SET = line_art.line_art_set("openmoji_colours", "color")
