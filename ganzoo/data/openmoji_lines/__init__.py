"""OpenMoji's line art: 4,225 RGBA drawings of 256x256 pixels, image i the lines of image i of `openmoji_colours`."""

from ganzoo.data import line_art

SET = line_art.line_art_set("openmoji_lines", "black")
