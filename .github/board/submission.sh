#!/usr/bin/env bash
# Reads the issue of a workflow's event, and has `bench submit` check the measurement that is pasted
# there, or put it on the board. What the issue says is data: it is written to a file, and no part of
# it is run, or put into a command but as one argument.
#
#   submission.sh check FOLDER      checks it, and appends nothing
#   submission.sh append FOLDER     appends it and pushes the board to $PUSH_URL, branch $BRANCH
#
# FOLDER gets answer.md, which is what the issue is to be told. The exit code is that of `bench submit`.
set -euo pipefail
mode=$1
folder=$2
read -ra bench <<< "${BENCH:-npx -y pnpm@10.34.9 --silent bench}"

jq -j '.issue.body // ""' "$GITHUB_EVENT_PATH" > "$folder/issue.md"
by=$(jq -j '.issue.user.login' "$GITHUB_EVENT_PATH")
source=$(jq -j '.issue.html_url' "$GITHUB_EVENT_PATH")

submit() {
  # The address that the board is pushed to holds a token, which nothing else needs.
  env -u PUSH_URL "${bench[@]}" submit "$folder/issue.md" --by="$by" --source="$source" "$@" \
    > "$folder/told" 2>&1
}

# What was told is indented: in a block of code, nothing is a link, and nobody is mentioned.
answer() {
  { printf '%s\n\n' "$1"; sed 's/^/    /' "$folder/told"; } > "$folder/answer.md"
}

refuse() {
  answer 'This measurement cannot be put on the board. A new issue with another one is welcome.'
  exit "$1"
}

if [ "$mode" = check ]; then
  submit --check || refuse $?
  answer 'Thank you. This measurement can be put on the board, as soon as a maintainer labels it `measurement`.'
  exit 0
fi

for _ in 1 2 3 4 5; do
  # Another issue may be taken in at the same time, so each attempt begins with the newest board.
  git fetch --quiet "$PUSH_URL" "$BRANCH"
  git reset --quiet --hard FETCH_HEAD
  submit || refuse $?
  answer 'Thank you. This measurement is on the board.'
  git add results/board
  if git diff --cached --quiet; then exit 0; fi
  git -c user.name=board -c user.email=board@localhost commit --quiet -m 'chore(board): a measurement'
  if git push --quiet "$PUSH_URL" "HEAD:$BRANCH"; then exit 0; fi
done
echo 'The board could not be pushed.' > "$folder/told"
answer 'This measurement could not be put on the board just now. Take the label off and put it on again.'
exit 1
