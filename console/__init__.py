"""The pages where staff work, one file a page."""
