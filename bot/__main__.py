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
        text = redact(f"something unexpected happened: {_reason(failure)}")
        print(text, file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None


def _reason(failure: BaseException) -> str:
    """The innermost cause of a failure, as one line."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return f"{type(failure).__name__}: {failure}"


if __name__ == "__main__":
    main()
