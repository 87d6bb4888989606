"""A process with people in it, and what has happened there before anybody looks."""
