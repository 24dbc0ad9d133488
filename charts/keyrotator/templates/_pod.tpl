{{/* Metadata of a pod: (root, component). */}}
{{- define "keyrotator.podMetadata" -}}
{{- $root := .root }}
{{- $own := merge (include "keyrotator.selectorLabels" $root | fromYaml) (dict "app.kubernetes.io/component" .component) }}
labels:
  {{- toYaml (merge $own (deepCopy $root.Values.podLabels) (deepCopy $root.Values.commonLabels)) | nindent 2 }}
{{- with merge (deepCopy (.annotations | default dict)) (deepCopy $root.Values.podAnnotations) (deepCopy $root.Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Spec of a pod: (root, component, container, restartPolicy, stateless). Every pod of the chart is made here. */}}
{{- define "keyrotator.podSpec" -}}
{{- $root := .root }}
{{- with $root.Values }}
containers:
  {{- toYaml (list $.container) | nindent 2 }}
{{- with $.restartPolicy }}
restartPolicy: {{ . }}
{{- end }}
serviceAccountName: {{ include "keyrotator.serviceAccountName" $root | quote }}
automountServiceAccountToken: {{ or .serviceAccount.automountToken (not (empty .kubernetesSecrets)) }}
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .terminationGracePeriodSeconds }}
{{- with .podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if eq $.component "service" }}
{{- include "keyrotator.topologySpread" $root }}
{{- end }}
volumes:
  {{- include "keyrotator.volumes" (dict "root" $root "stateless" $.stateless) | trim | nindent 2 }}
{{- end }}
{{- end }}

{{- define "keyrotator.topologySpread" -}}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- else }}
{{- if gt (int .Values.replicas) 1 }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "keyrotator.selectorLabels" $ | nindent 8 }}
        app.kubernetes.io/component: service
  {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* What every container of the chart has: (root, stateless). */}}
{{- define "keyrotator.containerBase" -}}
{{- $root := .root }}
image: {{ include "keyrotator.image" $root | quote }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
env:
  {{- include "keyrotator.env" $root | trim | nindent 2 }}
{{- with $root.Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  {{- include "keyrotator.volumeMounts" . | trim | nindent 2 }}
{{- end }}

{{- define "keyrotator.env" -}}
- { name: KEYROTATOR_CONFIG, value: /etc/keyrotator }
{{- if include "keyrotator.usesSqlite" . }}
- { name: KEYROTATOR_DATABASE, value: "sqlite:/var/lib/keyrotator/keyrotator.db" }
{{- else }}
- name: KEYROTATOR_DATABASE
  valueFrom:
    secretKeyRef: { name: {{ .Values.postgresql.existingSecret | quote }}, key: {{ .Values.postgresql.key | quote }} }
{{- end }}
{{- if eq .Values.mode "deployment" }}
- { name: KEYROTATOR_LISTEN, value: {{ printf "%s:8080" .Values.deployment.listenAddress | quote }} }
{{- end }}
- { name: DOTNET_EnableDiagnostics, value: "0" }
{{- if or .Values.caBundle.configMap .Values.caBundle.secret }}
- { name: SSL_CERT_FILE, value: {{ printf "/run/ca/%s" .Values.caBundle.key | quote }} }
{{- end }}
{{- range $name, $from := .Values.secretEnv }}
- name: {{ $name | quote }}
  valueFrom:
    secretKeyRef: { name: {{ $from.name | quote }}, key: {{ $from.key | quote }} }
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The configuration is mounted as a folder: a file of its own (subPath) would never change while the pod lives. */}}
{{- define "keyrotator.volumeMounts" -}}
{{- $root := .root }}
- { name: config, mountPath: /etc/keyrotator, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- if and (not .stateless) (include "keyrotator.usesSqlite" $root) }}
- { name: state, mountPath: /var/lib/keyrotator }
{{- end }}
{{- if or $root.Values.caBundle.configMap $root.Values.caBundle.secret }}
- { name: ca, mountPath: /run/ca, readOnly: true }
{{- end }}
{{- range $entry, $from := $root.Values.secretFiles }}
- { name: {{ printf "secret-%s" $entry | quote }}, mountPath: {{ printf "/run/secrets/keyrotator/%s" $entry | quote }}, readOnly: true }
{{- end }}
{{- if $root.Values.serviceAccountTokens }}
- { name: tokens, mountPath: /var/run/secrets/tokens, readOnly: true }
{{- end }}
{{- with $root.Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Secrets are readable by the pod's group alone (0440): the program refuses a key file that anybody may read. */}}
{{- define "keyrotator.volumes" -}}
{{- $root := .root }}
- name: config
  configMap: { name: {{ include "keyrotator.configMapName" $root | quote }} }
- name: tmp
  emptyDir: { medium: Memory, sizeLimit: 16Mi }
{{- if and (not .stateless) (include "keyrotator.usesSqlite" $root) }}
- name: state
  persistentVolumeClaim: { claimName: {{ include "keyrotator.claimName" $root | quote }} }
{{- end }}
{{- with $root.Values.caBundle.configMap }}
- name: ca
  configMap: { name: {{ . | quote }}, items: [{ key: {{ $root.Values.caBundle.key | quote }}, path: {{ $root.Values.caBundle.key | quote }} }] }
{{- end }}
{{- with $root.Values.caBundle.secret }}
- name: ca
  secret: { secretName: {{ . | quote }}, defaultMode: 288, items: [{ key: {{ $root.Values.caBundle.key | quote }}, path: {{ $root.Values.caBundle.key | quote }} }] }
{{- end }}
{{- range $entry, $from := $root.Values.secretFiles }}
- name: {{ printf "secret-%s" $entry | quote }}
  secret:
    secretName: {{ $from.name | quote }}
    defaultMode: 288
    {{- with $from.items }}
    items:
      {{- range $key, $path := . }}
      - { key: {{ $key | quote }}, path: {{ $path | quote }} }
      {{- end }}
    {{- end }}
{{- end }}
{{- with $root.Values.serviceAccountTokens }}
- name: tokens
  projected:
    sources:
      {{- range . }}
      - serviceAccountToken:
          path: {{ printf "%s/token" .name | quote }}
          audience: {{ .audience | quote }}
          expirationSeconds: {{ .expirationSeconds | default 3600 }}
      {{- end }}
{{- end }}
{{- with $root.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
