#!/usr/bin/env bash
# Sets Lathe up and builds it. Each form works as the first command on a fresh Debian 12 with the .NET 10 SDK, git and apt.
#
#   ./build.sh               set up and build everything; the tool is artifacts/lathe
#   ./build.sh demo          also compile a digit classifier and run it on real digits
#   ./build.sh test          also run the tests and end with a line `N passed, N failed`; --all adds the longer ones
#   ./build.sh pack [DIR]    also lay out what CMake, pkg-config and a search path find: DIR (artifacts/pack) is a prefix; DIR/nuget: packages for .NET;
#                            DIR/archives: the tool with .NET in it (RIDS="linux-x64 linux-arm64": for these systems), and what all of it is made of
#   ./build.sh format        lay the source out as .editorconfig says
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The build needs no culture data, so a machine without ICU will do.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

say() { printf '%s\n' "$*" >&2; }
fail() { say "build.sh: $*"; exit 1; }

# --- what the machine must have ------------------------------------------------------------------------------------

has_dotnet() { command -v dotnet >/dev/null && dotnet --version >/dev/null 2>&1; }
has_llvm() { [ -n "${LLVM_LIBRARY:-}" ] || ldconfig_lists 'libLLVM\.so\.19\.1|libLLVM-19\.so'; }
has_linker() { command -v ld.lld-19 >/dev/null || command -v ld.lld >/dev/null; }
has_c_compiler() { command -v gcc >/dev/null && echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1; }
# A full read: grep -q would end the pipe early, and pipefail would take that for a failure.
ldconfig_lists() { { command -v ldconfig >/dev/null && ldconfig -p || /sbin/ldconfig -p; } | grep -E "$1" >/dev/null; }

# Installs the named Debian packages, or says which are missing and ends.
install() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "missing: $*. Install with: sudo apt-get install --no-install-recommends $*"
    as_root=(sudo -n)
  fi
  command -v apt-get >/dev/null || fail "missing: $* (names of Debian packages; this machine has no apt-get)"
  say "installing $*"
  # Fresh images ship without package lists; a stale list is renewed only when it does not do.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1 ||
    { "${as_root[@]}" apt-get update -qq &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null; } ||
    fail "apt-get could not install $*. On Debian 12 they are in bookworm main; see /etc/apt/sources.list.d"
}

# Makes sure of what the given step needs: build, demo or test.
require() {
  local missing=()
  has_dotnet || fail "the .NET 10 SDK is missing (dotnet --version fails): https://learn.microsoft.com/dotnet/core/install/linux-debian"
  case $1 in demo|test)
    has_llvm || missing+=(libllvm19)
    has_linker || missing+=(lld-19) ;;
  esac
  case $1 in test)
    has_c_compiler || missing+=(gcc libc6-dev) ;;
  esac
  [ ${#missing[@]} -eq 0 ] || install "${missing[@]}"
  case $1 in test) optional ;; esac
}

# What runs code for other processors: installed where that is easy, and where it is not the tests that need it are skipped and say so.
optional() {
  local wanted=(qemu-user libc6-arm64-cross libc6-riscv64-cross cmake ninja-build make pkg-config g++)
  [ -e /usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 ] && [ -e /usr/riscv64-linux-gnu/lib/ld-linux-riscv64-lp64d.so.1 ] &&
    command -v qemu-aarch64 >/dev/null && command -v qemu-riscv64 >/dev/null &&
    command -v cmake >/dev/null && command -v ninja >/dev/null && command -v make >/dev/null && command -v pkg-config >/dev/null && command -v g++ >/dev/null && return
  (install "${wanted[@]}") || say "without ${wanted[*]} tests of code for other processors and of builds of C and C++ are skipped"
}

# --- real packages or subsets --------------------------------------------------------------------------------------

# Tries to restore each of the packages that the repository can do without, once, and keeps the answer for every build.
choose_packages() {
  local choice=artifacts/packages.props
  if [ ! -f $choice ]; then
    mkdir -p artifacts
    {
      echo '<Project><PropertyGroup>'
      try_package UseLLVMSharpPackage LLVMSharp.Interop
      try_package UseILGPUPackage ILGPU.Algorithms # needs ILGPU in the same version
      try_package UseVerifyPackage Verify.Xunit
      try_package UseTensorsPackage System.Numerics.Tensors 'Lathe.Runtime.Tensors is left out'
      echo '</PropertyGroup></Project>'
    } > $choice.new
    mv $choice.new $choice
  fi
  sed -n 's/.*<!-- \(.*\) -->.*/\1/p' $choice >&2
}

# Prints the property that switches to the package named $2 when it can be restored here, else says $3; what the environment says wins.
try_package() {
  local property=$1 package=$2 version probe=artifacts/probe/$2 answer=false used=${3:-the subset in this repository}
  version=$(sed -n "s/.*Include=\"$package\" Version=\"\([^\"]*\)\".*/\1/p" Directory.Packages.props)
  mkdir -p "$probe"
  echo '<Project />' | tee "$probe/Directory.Build.props" "$probe/Directory.Build.targets" "$probe/Directory.Packages.props" >/dev/null
  cat > "$probe/probe.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup><PackageReference Include="$package" Version="$version" /></ItemGroup>
</Project>
EOF
  if timeout 120 dotnet restore "$probe/probe.csproj" >/dev/null 2>&1; then answer=true used='the package'; fi
  rm -rf "$probe"
  echo "<!-- $package $version: $used -->"
  echo "<$property Condition=\"'\$($property)' == ''\">$answer</$property>"
}

# --- steps ---------------------------------------------------------------------------------------------------------

own_rid() { case $(uname -m) in x86_64) echo linux-x64 ;; aarch64) echo linux-arm64 ;; *) fail "no .NET runtime identifier for $(uname -m)" ;; esac; }

# The tool, compiled ahead of time (ReadyToRun) so that it starts fast, and its launcher.
build_tool() {
  local rid root
  rid=$(own_rid)
  say 'building artifacts/lathe'
  dotnet publish src/Cli -c Release -r $rid --no-self-contained -p:PublishReadyToRun=true -v q --nologo >&2
  root=$(dirname "$(readlink -f "$(command -v dotnet)")")
  cat > artifacts/lathe <<EOF
#!/bin/sh
# Written by build.sh. DOTNET_ROOT: the tool's host looks for .NET in /usr/share only, unless told.
here=\$(dirname "\$(readlink -f "\$0")")
DOTNET_ROOT="\${DOTNET_ROOT:-$root}" exec "\$here/publish/Lathe.Cli/release_$rid/lathe" "\$@"
EOF
  chmod +x artifacts/lathe
}

# A prefix that can be moved as a whole: bin/lathe, the package for find_package, lathe.pc, headers, samples, docs.
layout() {
  local prefix=$1 tool=$2 version
  version=$(version)
  say "laying out $prefix"
  rm -rf "$prefix/lib/lathe"
  mkdir -p "$prefix/bin" "$prefix/lib/lathe" "$prefix/lib/cmake/Lathe" "$prefix/lib/pkgconfig" "$prefix/include/lathe" "$prefix/share/doc/lathe" "$prefix/share/lathe/samples" "$prefix/share/lathe/bazel"
  cp -R "$tool/." "$prefix/lib/lathe"
  cp src/CMake/lathe.sh "$prefix/bin/lathe" && chmod +x "$prefix/bin/lathe"
  cp src/CMake/LatheConfig.cmake src/CMake/LatheModel.cmake "$prefix/lib/cmake/Lathe"
  sed "s/@VERSION@/$version/" src/CMake/LatheConfigVersion.cmake.in > "$prefix/lib/cmake/Lathe/LatheConfigVersion.cmake"
  sed "s/@VERSION@/$version/" src/CMake/lathe.pc.in > "$prefix/lib/pkgconfig/lathe.pc"
  cp codegen/Package/lathe.h src/CMake/lathe.hpp "$prefix/include/lathe"
  cp -R docs/. LICENSE README.md "$prefix/share/doc/lathe"
  sed -i 's|(\.\./src/Samples/|(../../lathe/samples/|' "$prefix"/share/doc/lathe/*.md
  samples "$prefix/share/lathe/samples"
  cp src/Bazel/lathe.bzl src/Bazel/BUILD.bazel src/Bazel/WORKSPACE src/Bazel/MODULE.bazel "$prefix/share/lathe/bazel"
}

# Samples stand on their own, wherever they are copied: with the models that they compile and the program that they link.
samples() {
  local model sample
  cp -R src/Samples/. "$1"
  for model in opt_mnist hand_keypoint_cls; do
    mkdir -p "$1/models/$model"
    cp tests/models/$model/model.onnx tests/models/$model/SOURCE.md "$1/models/$model"
  done
  cp docs/digits.c "$1/models"
  cp docs/digits.c "$1/bazel" && cp tests/models/opt_mnist/model.onnx "$1/bazel/digits.onnx"
  for sample in make/Makefile ninja/build.ninja cmake/CMakeLists.txt; do
    sed -e 's|\.\./\.\./\.\./tests/models|../models|' -e 's|\.\./\.\./\.\./docs|../models|' src/Samples/$sample > "$1/$sample"
  done
  for sample in src/Samples/dotnet/*/*.csproj; do
    sed 's|\.\./\.\./\.\./\.\./tests/models|../../models|' "$sample" > "$1/${sample#src/Samples/}"
  done
}

# The packages for .NET in the folder $1: Lathe.Runtime, Lathe.Runtime.Tensors, Lathe.Runtime.Images, Lathe.Build with the tool in the folder $2, Lathe.Compiler, the dotnet tool lathe.
# all as $3: the first three for .NET 8 too; what follows goes to every pack.
packages() {
  local into tool pack=(dotnet pack -c Release -v q --nologo "${@:4}") runs_on=()
  mkdir -p "$1" && into=$(cd "$1" && pwd) && tool=$(cd "$2" && pwd)
  # In a folder of their own: what is restored for several frameworks is nothing that other builds can go on from.
  [ -z "${3:-}" ] || runs_on=("-p:LatheFrameworks=$3" "-p:ArtifactsPath=$PWD/artifacts/frameworks")
  say "packing into $into"
  rm -f "$into"/*.nupkg
  "${pack[@]}" src/Runtime -o "$into" "${runs_on[@]}" >&2
  "${pack[@]}" src/Tensors -o "$into" "${runs_on[@]}" >&2
  "${pack[@]}" src/Images -o "$into" "${runs_on[@]}" >&2
  "${pack[@]}" src/Build -o "$into" -p:LatheToolFolder="$tool" >&2
  "${pack[@]}" src/Compiler -o "$into" >&2
  "${pack[@]}" src/Cli -o "$into" -p:LatheTool=true >&2
  [ "${3:-}" = all ] || return 0
  "${pack[@]}" src/Sdk -o "$into" >&2
  "${pack[@]}" src/Templates -o "$into" >&2
}

version() { sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' Directory.Build.props; }

# The tool for machines without .NET, compiled ahead of time, as DIR/lathe-VERSION-RID.tar.gz for each RID: DIR RID…. The same source gives the same bytes.
archives() {
  local into rid name
  mkdir -p "$1" && into=$(cd "$1" && pwd)
  shift
  for rid in "$@"; do
    name=lathe-$(version)-$rid
    say "packing $into/$name.tar.gz"
    rm -rf "artifacts/archives/$name"
    dotnet publish src/Cli -c Release -r "$rid" --self-contained -p:PublishReadyToRun=true -v q --nologo -o "artifacts/archives/$name" >&2
    # Symbols are left out here, not when it is built: others pack what is built beside.
    rm -f "artifacts/archives/$name"/*.xml "artifacts/archives/$name"/*.pdb
    cp LICENSE README.md "artifacts/archives/$name"
    tar -C artifacts/archives --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+w,go-w -cf - "$name" | gzip -9n > "$into/$name.tar.gz"
  done
}

# What the tool is made of: DIR/lathe-VERSION.cdx.json, CycloneDX in JSON, of what its project restores.
bill() {
  local into
  mkdir -p "$1" && into=$(cd "$1" && pwd)
  dotnet tool restore >/dev/null || fail "no bill of materials: the tool that writes it, which .config/dotnet-tools.json names, cannot be restored"
  [ -f artifacts/obj/Lathe.Cli/project.assets.json ] || dotnet restore src/Cli -v q >&2
  dotnet tool run dotnet-CycloneDX src/Cli/Lathe.Cli.csproj -o "$into" -fn "lathe-$(version).cdx.json" -F Json -ns -dpr -st Application -sn lathe -sv "$(version)" >/dev/null
  # The same source gives the same bytes: no clock.
  sed -i '/^ *"timestamp": /d' "$into/lathe-$(version).cdx.json"
}

# A real model on real digits; every step is a command that a user would type.
demo() {
  local model=tests/models/opt_mnist out=artifacts/demo label predicted score right=0
  shown() { printf '\n$ lathe %s\n' "$*"; artifacts/lathe "$@"; }
  shown compile $model/model.onnx -o $out --name digits --emit shared,static,header,contract
  shown run $out/libdigits.so --input Input3=$model/input_0.npy --expect Plus214_Output_0=$model/output_0.npy
  shown bench $out/libdigits.so --seconds 1

  printf '\n$ lathe run %s --input Input3=%s   (0.png to 9.png: digits that people wrote)\n' $out/libdigits.so "$model/digits/N.png"
  for label in 0 1 2 3 4 5 6 7 8 9; do
    # The line `top 7: 12.3  2: 4.5 ...` lists the best scores, the highest first.
    read -r predicted score < <(artifacts/lathe run $out/libdigits.so --input Input3=$model/digits/$label.png | sed -n 's/^ *top \([0-9]*\): \([^ ]*\).*/\1 \2/p') ||
      fail "no prediction for digits/$label.png"
    [ "$predicted" != "$label" ] || right=$((right + 1))
    printf '  %s.png is a %s, predicted %s (score %s)\n' $label $label "$predicted" "$score"
  done
  printf '%d of 10 right\n' $right

  cat <<EOF

From C, with $out/digits.h and $out/libdigits.a (docs/c.md explains it):

  cc -O2 docs/digits.c -I $out $out/libdigits.a -lm -o $out/digits && $out/digits
EOF
  [ $right -eq 10 ] || fail "the model is right on all ten, the compiled one on $right"
}

step=${1:-build}
[ $# -eq 0 ] || shift
case $step in
  build) require build; choose_packages; dotnet build Compiler.sln -c Release -v q --nologo >&2; build_tool ;;
  demo) require demo; choose_packages; build_tool; demo ;;
  pack) require demo; choose_packages; build_tool; tool=$(dirname "$(sed -n 's/.*exec "$here\/\([^"]*\)".*/artifacts\/\1/p' artifacts/lathe)")
    layout "${1:-artifacts/pack}" "$tool"; packages "${1:-artifacts/pack}/nuget" "$tool" all
    read -ra rids <<< "${RIDS:-$(own_rid)}"; archives "${1:-artifacts/pack}/archives" "${rids[@]}"; bill "${1:-artifacts/pack}/archives" ;;
  layout) layout "$@" ;; # PREFIX TOOL: the last step of pack alone, with the tool in the folder TOOL
  packages) packages "$@" ;; # FOLDER TOOL: the same for packages
  archives) archives "$@" ;; # FOLDER RID…
  bill) bill "$@" ;; # FOLDER
  test) require test; choose_packages; tests/run.sh "$@" ;;
  format) dotnet format Compiler.sln --exclude '**/Generated/**' "$@" ;;
  *) sed -n '4,10s/^# *//p' "${BASH_SOURCE[0]##*/}"; exit 2 ;;
esac
