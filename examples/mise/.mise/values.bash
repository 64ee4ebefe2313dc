# For `_.source` in mise.toml. Into a variable first: if a value is missing or does not open, mise says so and starts nothing.
values=$(gitseal render -e development --format shell --export) || exit
eval "$values"
