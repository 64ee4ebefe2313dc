"""A report for people that is more than a list of findings: what it holds, and one file for each format.

`model.py` says what a page is. Who can open what, what somebody who leaves could read, what leaked: each is a page, and is
shown as text, Markdown and HTML by the same three writers. What programs read, each report writes by itself.
"""
