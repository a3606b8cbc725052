# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run, test and bench: sets the machine up and builds targets of one preset.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${VITRINE_JOBS:-$(nproc)}
export OMP_WAIT_POLICY=passive

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  (
    cd "$top" || exit 1
    if [ ! -f "build/$preset/build.ninja" ]; then
      cmake --preset "$preset" >"build-$preset.log" 2>&1 || {
        cat "build-$preset.log" >&2
        echo "The build could not be configured (see above)." >&2
        exit 1
      }
      rm -f "build-$preset.log"
    fi
    cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"}
  )
}
