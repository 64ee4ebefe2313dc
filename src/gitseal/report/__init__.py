"""Findings and their rules, the sentences that they are told in, and one file for each format that they are written in."""
