"""What is known, open and said while one person's message is taken; `handlers.conversations` puts it to work."""
