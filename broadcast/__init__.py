"""Reaching many people, surely and at the permitted pace."""
