{{- define "keyrotator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimAll "-." }}
{{- end }}

{{/* At most 40 characters: a CronJob's name has 52, and a job's pod and our own suffixes come behind it. A release's name may have dots, a
     Service's none. */}}
{{- define "keyrotator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | replace "." "-" | trunc 40 | trimAll "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | replace "." "-" | trunc 40 | trimAll "-" }}
{{- end }}
{{- end }}

{{/* What selectors take: never to be changed, so nothing that a user may set beyond the names. */}}
{{- define "keyrotator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "keyrotator.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* What the chart says of every object. */}}
{{- define "keyrotator.labels" -}}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" (.Chart.AppVersion | toString | replace "+" "_" | trunc 63)
  "app.kubernetes.io/managed-by" .Release.Service }}
{{- toYaml (merge (include "keyrotator.selectorLabels" . | fromYaml) $own) }}
{{- end }}

{{/* Metadata of an object: (root, suffix, namespace, component, labels, annotations). What the chart needs comes before what a user gives the
     object, and that before what the user gives all of them. */}}
{{- define "keyrotator.metadata" -}}
{{- $root := .root }}
{{- $component := ternary (dict "app.kubernetes.io/component" .component) dict (hasKey . "component") }}
name: {{ printf "%s%s" (include "keyrotator.fullname" $root) (.suffix | default "") | quote }}
namespace: {{ .namespace | default $root.Release.Namespace | quote }}
labels:
  {{- toYaml (merge (include "keyrotator.labels" $root | fromYaml) $component (deepCopy (.labels | default dict)) $root.Values.commonLabels) | nindent 2 }}
{{- with merge (deepCopy (.annotations | default dict)) (deepCopy $root.Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "keyrotator.image" -}}
{{- with .Values.image }}
{{- with .registry }}{{ . }}/{{ end }}
{{- .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- with .digest }}@{{ . }}{{ end }}
{{- end }}
{{- end }}

{{- define "keyrotator.serviceAccountName" -}}
{{- $made := ternary (include "keyrotator.fullname" .) "default" .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default $made }}
{{- end }}

{{- define "keyrotator.configMapName" -}}
{{- .Values.existingConfigMap | default (printf "%s-config" (include "keyrotator.fullname" .)) }}
{{- end }}

{{- define "keyrotator.claimName" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-state" (include "keyrotator.fullname" .)) }}
{{- end }}

{{/* Whether something of this is text: true or nothing, as templates can give no other. */}}
{{- define "keyrotator.usesSqlite" -}}
{{- if not .Values.postgresql.existingSecret }}true{{ end }}
{{- end }}

{{- define "keyrotator.makesClaim" -}}
{{- if and (include "keyrotator.usesSqlite" .) (not .Values.persistence.existingClaim) }}true{{ end }}
{{- end }}
