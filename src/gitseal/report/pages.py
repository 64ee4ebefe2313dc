"""The pages of the documentation that list rules, below `docs/`. Tests compare their tables with the declarations."""

RISKS = "reference/risks.md"
PLAINTEXT = "reference/plaintext.md"
