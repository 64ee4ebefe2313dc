"""Servers of others: where they are, who we are to them, and what their refusals mean. Keys and stores both ask through it."""
