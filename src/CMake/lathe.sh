#!/bin/sh
# The compiler of this prefix. DOTNET_ROOT: the tool's host looks for .NET in /usr/share only, unless told.
here=$(dirname "$(readlink -f "$0")")
if [ -z "${DOTNET_ROOT:-}" ] && dotnet=$(command -v dotnet); then
  DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet")")
  export DOTNET_ROOT
fi
exec "$here/../lib/lathe/lathe" "$@"
