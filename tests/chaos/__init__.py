"""Campaigns: real programs and databases, and all that can go wrong with either while people are written to."""
