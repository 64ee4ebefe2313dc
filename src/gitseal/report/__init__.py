"""Findings, their rules and sentences, and one file for each format that they are written in."""
