"""The command-line face."""


def main() -> int:
    """Run ``stackpane``."""
    raise NotImplementedError
