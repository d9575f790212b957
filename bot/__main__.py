"""`python -m bot`, the same as `emtihan`."""

import os
import sys


def main() -> None:
    """Run a command. A refusal is a sentence on stderr and exit code 1; there is never a traceback."""
    from bot.errors import EmtihanError
    from bot.telemetry import redact

    try:
        from bot.cli import app

        app()
    except EmtihanError as refused:
        print(redact(str(refused)), file=sys.stderr)  # noqa: T201  (the command line's way of speaking)
        raise SystemExit(1) from None
    except BrokenPipeError:
        os._exit(1)
    except Exception as failure:
        text = redact(f"something unexpected happened: {type(failure).__name__}: {failure}")
        print(text, file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
