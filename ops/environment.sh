# Makes `.venv` at the top of the checkout, or leaves it alone when it is up to date. Sourced, by sh.
#
# A fresh machine needs nothing but Python 3.11 or later. What is installed is pinned in
# ops/constraints.txt; a stamp in .venv remembers it, so that a later start spends milliseconds here.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=$root/.venv

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# Prints the first Python that is new enough and able to make environments.
find_python() {
    lacking=
    for candidate in ${PYTHON:-} python3.12 python3.11 python3.13 python3 python; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
        lacking=$candidate
    done
    [ -z "$lacking" ] ||
        fail "$lacking cannot make environments: install its venv module (on Debian and Ubuntu: apt install python3-venv)."
    fail "Python 3.11 or later is needed and was not found: install it, or name it: PYTHON=/path/to/python $0"
}

# make_environment run|dev: the packages to run Mailroom, or also those to test it.
make_environment() {
    kind=$1
    # The sums tell whether the pins changed, the path whether the checkout moved.
    sums=$(cat "$root/pyproject.toml" "$root/ops/constraints.txt" | cksum | tr ' ' -)
    stamp=$(cat "$venv/mailroom-stamp" 2>/dev/null || :)
    case $stamp in
    "$kind $sums $root" | "dev $sums $root") return ;;
    "dev "*) kind=dev ;; # once there, the tools stay
    esac
    case $stamp in
    '' | *" $root") "$venv/bin/python" -m pip --version >/dev/null 2>&1 || create_environment ;;
    # The programs in a moved environment still point to the old place.
    *) create_environment ;;
    esac
    install_packages
    printf '%s\n' "$kind $sums $root" >"$venv/mailroom-stamp"
}

create_environment() {
    python=$(find_python)
    say "Making .venv with $("$python" --version)"
    "$python" -m venv --clear "$venv" || fail "$venv could not be made: the lines above say why."
}

install_packages() {
    log=$venv/install.log
    total=$(grep -c '==' "$root/ops/constraints.txt")
    say "Installing up to $total packages, pinned; this takes a minute or two, once"
    target=$root
    [ "$kind" != dev ] || target=$root[dev]
    {
        PIP_USER=0 "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off \
            -c "$root/ops/constraints.txt" -e "$target" 2>&1 && printf 'PIP_SUCCEEDED\n'
    } | tee "$log" | show_progress
    grep -q '^PIP_SUCCEEDED$' "$log" && return
    fail "The packages could not be installed: $(grep -m1 'ERROR:' "$log" | sed 's/^ *//') (all of it: $log)"
}

show_progress() {
    awk -v live="$([ -t 2 ] && echo 1)" '
        /^Collecting |^Requirement already/ { seen++; if (live) printf "\r  %d resolved", seen > "/dev/stderr" }
        /^Installing collected/ { printf "%s  %d resolved, now unpacking\n", live ? "\r" : "", seen > "/dev/stderr" }
    '
}
