"""Files that leave: asked for in the console, made by a worker, fetched once."""

from handlers.exports.asking import FORMATS, KEPT, File, Order, ask, fetch

__all__ = ["FORMATS", "KEPT", "File", "Order", "ask", "fetch"]
