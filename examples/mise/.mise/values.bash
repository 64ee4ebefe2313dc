# For `_.source` in mise.toml. If a value is missing or does not open, mise says so and starts nothing.
eval "$(gitseal render -e development --format shell --export || echo exit 1)"
