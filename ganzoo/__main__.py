"""`python -m ganzoo` is `ganzoo`."""

from ganzoo import cli

cli.app()
