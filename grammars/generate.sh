#!/bin/sh
# Makes Generated/*.cs from the grammars: ANTLR 4.13 (needs Java), fetched through npm. The sources it was made from stand in
# Generated/SOURCES by hash, so that a test can tell whether it is current without either.
set -eu
cd "$(dirname "$0")"
out=${1:-Generated}
tool=${ANTLR_JAR:-}
if [ -z "$tool" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$folder" antlr4ng-cli@2.0.0 >&2
    tool=$(ls "$folder"/node_modules/antlr4ng-cli/antlr4-*-complete.jar)
fi
mkdir -p "$out"
rm -f "$out"/*.cs "$out"/SOURCES
for grammar in *.g4; do
    java -jar "$tool" -Dlanguage=CSharp -no-visitor -no-listener -package Lathe.Grammars -o "$out" "$grammar"
    sha256sum "$grammar" >>"$out/SOURCES"
done
rm -f "$out"/*.interp "$out"/*.tokens
