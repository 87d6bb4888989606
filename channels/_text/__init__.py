"""Text as it is sent: its direction, its length, its parts, its numbers."""
