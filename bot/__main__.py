"""`python -m bot`, the same as `emtihan`."""

import gc
import os
import sys


def main() -> None:
    """Run a command. A refusal is a sentence on stderr and exit code 1; there is never a traceback."""
    from bot.errors import EmtihanError

    try:
        gc.disable()  # what is imported stays: looking through it meanwhile only costs time
        from bot.cli import build

        app = build(sys.argv[1:])
        gc.enable()
        app()
    except EmtihanError as refused:
        _say(str(refused))
        raise SystemExit(1) from None
    except BrokenPipeError:
        os._exit(1)
    except Exception as failure:
        _say(f"something unexpected happened: {_reason(failure)}")
        raise SystemExit(1) from None


def _say(text: str) -> None:
    from bot.telemetry import redact

    print(redact(text), file=sys.stderr)  # noqa: T201  (the command line's way of speaking)


def _reason(failure: BaseException) -> str:
    """The innermost cause of a failure, as one line."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return f"{type(failure).__name__}: {failure}"


if __name__ == "__main__":
    main()
