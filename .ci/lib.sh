# Sourced by every step.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C
CI_NOTES=${CI_NOTES:-$(mktemp -d)} # a step run by hand, without .ci/run

# skip TEXT: notes, for the end of the log, what this machine cannot run.
skip() {
	echo "SKIPPED: $*" >&2
	echo "$*" >>"$CI_NOTES/skipped"
}

# have NAME: whether the program is there.
have() { command -v "$1" >/dev/null 2>&1; }

# modules: the folder of each module of this repository, the root first.
modules() { find . -name go.mod -not -path './.git/*' -printf '%h\n' | sort; }

# nested: the same without the root.
nested() { modules | grep -vx . || true; }

# targets KIND: a line "package function" for each Fuzz or Benchmark function of the root module.
targets() {
	grep -rEo --include='*_test.go' "^func $1[A-Za-z0-9_]*" . | sed -E 's|^(.*)/[^/]*:func |\1 |' | while read -r dir name; do
		[ "$(module_of "$dir")" = . ] && echo "$dir $name"
	done | sort -u
}

# module_of FOLDER: the folder of its module.
module_of() {
	local d=$1
	until [ -f "$d/go.mod" ]; do d=$(dirname "$d"); done
	echo "$d"
}
