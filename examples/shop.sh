# A clone of a made-up web shop with the .secrets of this repository, on a machine of its own: for the scripts beside this one.
# They source it, with `top` set to the top of this repository. The work is gone afterwards.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# A machine of its own: no settings, keys or hooks of whoever runs this, nor the repository of a hook that runs this.
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars) XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME GITSEAL_IDENTITY GITSEAL_IDENTITY_FILE GITSEAL_ENV \
    SOPS_AGE_KEY SOPS_AGE_KEY_FILE
export HOME=$work/home GIT_CONFIG_GLOBAL=$work/home/.gitconfig GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat TMPDIR=$work
mkdir "$HOME"
git config --global user.name Alice
git config --global user.email alice@example.com
git config --global init.defaultBranch main

git init --quiet "$work/origin"
cp -R "$top/.secrets" "$top/.gitattributes" "$top/.gitignore" "$work/origin"
git -C "$work/origin" add --all
git -C "$work/origin" commit --quiet --message "The shop's secrets"
git clone --quiet "$work/origin" "$work/shop"
cd "$work/shop"
