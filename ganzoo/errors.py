"""The one exception for what a user gave wrongly."""


class BadInput(ValueError):
    """A recipe, option, file or data set that cannot be used as it is.

    Raised at the borders only (recipe, data, command line, serving). The message is one line that names the field or
    file, the value and what is allowed; the command line prints it and exits with code 2.
    """
