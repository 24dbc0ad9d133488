# KeyRotator's image: `docker build -t keyrotator .`. README, "Container image", says how it is run, pinned further and built again bit by bit.

# Exact versions. Each takes a digest too: --build-arg DOTNET_RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0.12-noble@sha256:…
ARG DOTNET_SDK=mcr.microsoft.com/dotnet/sdk:10.0.401-noble
ARG DOTNET_RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0.12-noble

FROM --platform=$BUILDPLATFORM $DOTNET_SDK AS build
ARG TARGETARCH
# yes: compiled ahead, so that a check starts faster (amd64). no: portable, compiled as it runs. Unset: by the architecture.
ARG READY_TO_RUN
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY .editorconfig ./
COPY src/publish.sh src/Directory.Build.props src/Directory.Packages.props src/
COPY src/KeyRotator/KeyRotator.csproj src/KeyRotator/packages.lock.json src/KeyRotator/
RUN src/publish.sh restore
COPY src src
RUN src/publish.sh publish /out

FROM $DOTNET_RUNTIME
# The base has the last two already, and its own fixes: named here, they are there whatever base is given.
# What would differ from build to build is taken away.
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends --no-upgrade libsqlite3-0 ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* \
    && mkdir -p /etc/keyrotator /var/lib/keyrotator \
    && chown 1654:1654 /etc/keyrotator /var/lib/keyrotator \
    && chmod 0700 /var/lib/keyrotator \
    && ln -s /opt/keyrotator/keyrotator /usr/local/bin/keyrotator
COPY --from=build /out /opt/keyrotator
COPY src/LICENSE /opt/keyrotator/

ENV DOTNET_EnableDiagnostics=0 KEYROTATOR_LISTEN=0.0.0.0:8080
USER 1654:1654
WORKDIR /etc/keyrotator
VOLUME /var/lib/keyrotator
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["keyrotator", "health"]
ENTRYPOINT ["keyrotator"]
CMD ["run"]

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="KeyRotator" \
    org.opencontainers.image.description="Keeps an organisation's LLM API keys alive, in the right place, and replaced before they die." \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION" \
    org.opencontainers.image.base.name="mcr.microsoft.com/dotnet/aspnet:10.0.12-noble"
