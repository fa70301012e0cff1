#!/usr/bin/env bash
# Measures, or joins the parts that a matrix has measured; then compares, records
# and summarises. The action's inputs come in INPUT_* variables, and none is ever
# run as code. It keeps to bash 3.2, which macOS has.
#
# Where the bench goes wrong, this ends with 0 all the same: the artifact and the
# comment come after it. The output `exit-code` is what the job is to end with.
set -euo pipefail

# Runs in sebench's own folder, so every path that it is given must be absolute.
bench() (
  cd "$GITHUB_ACTION_PATH/../../.." && exec npx -y pnpm@10.34.9 --silent bench "$@"
)

in_workspace() {
  case $1 in
    /*) echo "$1" ;;
    *) echo "$GITHUB_WORKSPACE/$1" ;;
  esac
}

refuse() {
  echo "error: $1" >&2
  exit 2
}

# With a word that cannot be in the value, so that several lines are one output.
output() {
  local end="end-$RANDOM-$RANDOM"
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}

# A `yes` that counted as false would leave a gate open without a word.
check_inputs() {
  local name
  for name in RECORD ALLOW_MISSING COMMENT FAIL_ON_REGRESSION; do
    local variable="INPUT_$name"
    case ${!variable} in
      true | false) ;;
      *) refuse "the input of $variable is \"${!variable}\": give true or false" ;;
    esac
  done
  if [ "$INPUT_RECORD" = true ] && [ -z "$INPUT_HISTORY" ]; then
    refuse "record is true, and history names no folder"
  fi
}

# Sets `words`. xargs takes a shell's quotes, and runs and expands nothing.
words=()
split_words() {
  case $1 in *[![:space:]]*) ;; *) return 0 ;; esac
  local list word
  list=$(mktemp)
  printf '%s' "$1" | xargs printf '%s\0' >"$list" || refuse "arguments cannot be split into words: $1"
  while IFS= read -r -d '' word; do words+=("$word"); done <"$list"
  rm "$list"
}

# The first code that is not 0 is what the job ends with.
code=0
ended() {
  if [ "$code" = 0 ]; then code=$1; fi
}

measure() {
  if [ -n "$INPUT_PARTS" ]; then
    bench merge "$(in_workspace "$INPUT_PARTS")"/*/ --out "$out" || ended $?
  else
    split_words "$INPUT_ARGUMENTS"
    bench run ${words[@]+"${words[@]}"} --out "$out" || ended $?
  fi
}

# Sets `runs`: the folders of the results. Parts of several machines have one for each.
runs=()
find_runs() {
  local folder
  if [ -f "$out/results.json" ]; then
    runs=("$out")
  elif [ -n "$INPUT_PARTS" ]; then
    for folder in "$out"/*/; do
      if [ -f "$folder/results.json" ]; then runs+=("${folder%/}"); fi
    done
  fi
}

# What the base is called for a run: one of several machines has its own folder there too.
base_of() {
  local base path
  base=$(in_workspace "$INPUT_BASE")
  for path in "$base${1#"$out"}" "$base"; do
    if [ -f "$path/results.json" ]; then
      echo "$path"
      return
    fi
  done
  if [ -f "$base" ]; then echo "$base"; else echo "$INPUT_BASE"; fi
}

comparison=""
regressed=""
compare() {
  local flags=(--format markdown --threshold "$INPUT_THRESHOLD")
  if [ -n "$INPUT_HISTORY" ]; then flags+=(--history "$(in_workspace "$INPUT_HISTORY")"); fi
  # What this machine has not measured, another may have.
  if [ "$INPUT_ALLOW_MISSING" = true ] || [ ${#runs[@]} -gt 1 ]; then flags+=(--allow-missing); fi
  local run result
  for run in "${runs[@]}"; do
    result=0
    bench compare "$(base_of "$run")" "$run" "${flags[@]}" >"$run/comparison.md" || result=$?
    if [ "$result" -gt 1 ] || [ ! -s "$run/comparison.md" ]; then
      rm "$run/comparison.md"
      ended 2
      continue
    fi
    if [ "$result" = 1 ]; then regressed=true; else regressed=${regressed:-false}; fi
    comparison=$out/comparison.md
    if [ "$run" != "$out" ]; then
      printf '%s\n\nOn the machine %s.\n\n' "$(cat "$run/comparison.md")" "${run##*/}" >>"$comparison"
    fi
  done
}

record() {
  local run flags=()
  local branch=${GITHUB_HEAD_REF:-$GITHUB_REF_NAME}
  if [ -n "$branch" ]; then flags=(--branch "$branch"); fi
  # The caller's: of sebench itself an action has no checkout that tells.
  if [ -n "${GITHUB_SHA:-}" ]; then flags+=(--commit "$GITHUB_SHA"); fi
  for run in "${runs[@]}"; do
    bench record "$run" --history "$(in_workspace "$INPUT_HISTORY")" ${flags[@]+"${flags[@]}"} || ended $?
  done
}

summarise() {
  local run
  for run in ${runs[@]+"${runs[@]}"}; do
    if [ -f "$run/report.md" ]; then printf '%s\n\n' "$(cat "$run/report.md")"; fi
  done
  if [ -n "$comparison" ]; then cat "$comparison"; fi
  if [ "$code" -gt 1 ]; then echo "sebench ended with exit code $code: the job's log has the reason."; fi
}

files_of_runs() {
  local run
  for run in ${runs[@]+"${runs[@]}"}; do echo "$run/$1"; done
}

check_inputs
out=$(in_workspace "$INPUT_OUT")
# At once: a job that is cancelled uploads what it has.
output folder "$out"
output artifact "$(printf '%s' "$INPUT_OUT" | tr -c 'A-Za-z0-9._-' '-')"
output comment-script "$GITHUB_ACTION_PATH/comment.cjs"

measure
find_runs
if [ ${#runs[@]} -gt 0 ] && [ "$code" -le 1 ]; then
  if [ -n "$INPUT_BASE" ]; then compare; fi
  # After the comparison, whose base may be the branch that this run is of.
  if [ "$INPUT_RECORD" = true ]; then record; fi
fi
summarise >>"$GITHUB_STEP_SUMMARY"
if [ "$regressed" = true ] && [ "$INPUT_FAIL_ON_REGRESSION" = true ]; then ended 1; fi

output results "$(files_of_runs results.json)"
output report "$(files_of_runs report.html)"
output comparison "$comparison"
output regressed "$regressed"
output exit-code "$code"
