"""Voting rules, one file each: what ballots come to."""
