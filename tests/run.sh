#!/usr/bin/env bash
# Builds and runs the test projects and ends with one line, `N passed, N failed` (`, N skipped` may follow).
# A project that does not build, crashes, hangs or finds no test counts as a failure. --all adds the longer tests.
# Called by ./build.sh test, which first installs what the tests use.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1:-} in
  --all) export LATHE_TEST_ALL=1; patience=20 ;;
  '') patience=3 ;;
  *) echo 'usage: ./build.sh test [--all]' >&2; exit 2 ;;
esac

# Project and budget in seconds (tests/README.md), quick and basic first. A run that takes `patience` times its budget hangs.
projects='UnitTests 120
FileTests 120
Snapshots 60
OracleTests 180
Fuzz 120
OnnxTests 180
ArtifactTests 180'

results=artifacts/test-results
passed=0 failed=0 skipped=0
rm -rf $results

# Adds the counters of one project's result file; skipped tests are those counted but not executed.
count() {
  local counters
  counters=$(grep -oh '<Counters [^>]*' "$results/$1.trx" 2>/dev/null | tr -d '"')
  value() { echo "$counters" | tr ' ' '\n' | sed -n "s/^$1=//p"; }
  [ -n "$counters" ] || return 1
  passed=$((passed + $(value passed)))
  bad=$(($(value failed) + $(value error) + $(value timeout) + $(value aborted)))
  skipped=$((skipped + $(value total) - $(value executed)))
  [ "$(value total)" -gt 0 ]
}

dotnet build Compiler.sln -c Release -v q --nologo && whole=yes || whole=no

while read -r name budget; do
  # Where the solution does not build, the projects that do are run all the same.
  if [ $whole = no ] && ! dotnet build "tests/$name" -c Release -v q --nologo >/dev/null 2>&1; then
    echo "$name: does not build"
    failed=$((failed + 1))
    continue
  fi
  start=$SECONDS bad=0
  timeout -k 10 $((budget * patience)) dotnet test "artifacts/bin/$name/release/$name.dll" --nologo \
    --logger "trx;LogFileName=$name.trx" --results-directory $results < /dev/null
  code=$?
  count "$name" || { echo "$name: no test gave a result"; [ $bad -gt 0 ] || bad=1; }
  [ $code -eq 0 ] || [ $bad -gt 0 ] || { echo "$name: the run ended with code $code"; bad=1; }
  failed=$((failed + bad))
  echo "$name: $((SECONDS - start)) s of $budget s"
done <<< "$projects"

if [ $whole = no ] && [ $failed -eq 0 ]; then
  echo 'a project that is no test project does not build'
  failed=1
fi
printf '%d passed, %d failed%s\n' $passed $failed "$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
[ $failed -eq 0 ]
