#!/bin/sh
# What the Dockerfile's build stage does, for its architecture: "restore", then "publish FOLDER".
set -eu

case "${READY_TO_RUN:-}/${TARGETARCH:-amd64}" in
  yes/amd64 | /amd64) portable=no; set -- "$@" -r linux-x64 -p:PublishReadyToRun=true ;;
  no/amd64 | no/arm64 | /arm64) portable=yes; set -- "$@" -p:UseAppHost=false ;;
  *) echo "READY_TO_RUN=${READY_TO_RUN:-} with ${TARGETARCH:-amd64}: it is yes or no, and yes on amd64 only." >&2; exit 2 ;;
esac
project=src/KeyRotator/KeyRotator.csproj
verb=$1
shift
case "$verb" in
  restore) exec dotnet restore $project --locked-mode "$@" ;;
  publish)
    folder=$1
    shift
    dotnet publish $project --no-restore -c Release --self-contained false -o "$folder" "$@" \
      -p:ContinuousIntegrationBuild=true -p:DebugType=none -p:PublishDocumentationFiles=false -p:EnforceCodeStyleInBuild=false -p:IsTransformWebConfigDisabled=true
    if [ $portable = yes ]; then # of no architecture: an executable of its own would be of one
      printf '#!/bin/sh\nexec dotnet /opt/keyrotator/keyrotator.dll "$@"\n' > "$folder/keyrotator"
      chmod 755 "$folder/keyrotator"
    fi
    ;;
esac
