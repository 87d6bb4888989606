"""Log lines: one JSON object each, of an allowed few keys, so that nobody's words or numbers can get in."""

import logging
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger", "channel", "delivery", "code", "fault", "away", "number", "state",
        "export", "draw", "sounding", "status", "why", "host", "port", "broadcast", "waited", "since", "seconds",
        "found", "resent", "work", "until", "percent", "fails", "waiting",
    }
)  # fmt: skip


def configure(stream: TextIO) -> None:
    """Send our own lines, and other libraries' warnings, to `stream`."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _only_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    # Libraries print what they were handling when something broke: requests, messages. On the handler, because a
    # logger's own filter does not see what its children say.
    handler.addFilter(_without_words)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _only_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key in ALLOWED or key.startswith("_")}


def _without_words(record: logging.LogRecord) -> bool:
    fault = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "none"
    record.msg, record.args, record.exc_info, record.exc_text = f"{record.name}: {fault}", (), None, None
    return True
