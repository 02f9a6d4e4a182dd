"""What goes wrong with a FHIRPath expression."""

from ansinh.kernel.errors import UserError


class PathError(UserError):
    """The expression cannot be read, or does not fit what it is applied to.

    `code` says which: `syntax` (cannot be read), `semantic` (names what does not exist), `execution` (the data does
    not fit, as two items where one is required). `expression` is the whole text where it is known.
    """

    issue_type = "invalid"

    def __init__(self, message: str, *, code: str = "execution", expression: str = ""):
        text = f"Biểu thức FHIRPath “{expression}”: {message}" if expression else message
        super().__init__(text, code=code)
        self.reason = message
        self.expression = expression
