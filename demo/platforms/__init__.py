"""Platforms to try it on: they speak the real APIs, and remember what was said in every chat."""
