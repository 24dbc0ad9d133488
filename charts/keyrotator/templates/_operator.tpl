{{/* A pod for an operator's command, with all that a run of the CronJob has: JSON of what `kubectl run --overrides` lays over its own.
     One line, in a shell's single quotes; "$KEY" stands outside of them. */}}
{{- define "keyrotator.operatorOverrides" -}}
{{- $name := printf "%s-operator" (include "keyrotator.fullname" .) }}
{{- $base := include "keyrotator.containerBase" (dict "root" .) | fromYaml }}
{{- $own := dict "name" $name "args" (list "rotate" "@KEY@") "stdin" true "stdinOnce" true "tty" true }}
{{- $spec := include "keyrotator.podSpec" (dict "root" . "component" "operator" "restartPolicy" "Never" "container" (merge $own $base)) | fromYaml }}
{{- $meta := include "keyrotator.podMetadata" (dict "root" . "component" "operator") | fromYaml }}
{{- $json := dict "apiVersion" "v1" "metadata" $meta "spec" $spec | toRawJson }}
{{- $json | replace "'" "'\\''" | replace "@KEY@" "'\"$KEY\"'" }}
{{- end }}

{{/* A key to show in commands: the first of the configuration. */}}
{{- define "keyrotator.someKey" -}}
{{- keys ((.Values.config | default dict).keys | default dict) | sortAlpha | first | default "mistral-prod" }}
{{- end }}
