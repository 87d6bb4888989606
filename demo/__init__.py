"""A town to try Hearback in: platforms that speak the real APIs, and the phones of the people who live there."""
