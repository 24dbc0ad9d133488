{{/* What no schema can say, each fault with what would be right. The schema comes first; helm can be told to leave it out, so what would
lose data stands here again. */}}
{{- define "keyrotator.validate" -}}
{{- $faults := list }}
{{- with .Values }}
{{- if not (has .mode (list "cronjob" "deployment")) }}
{{- $faults = append $faults (printf "mode is %s: write cronjob or deployment, or nothing at all for cronjob" (toJson .mode)) }}
{{- end }}
{{- if and (not .config) (not .existingConfigMap) }}
{{- $faults = append $faults "there is no configuration: give config (the whole keyrotator.yaml), or existingConfigMap with the name of a ConfigMap" }}
{{- end }}
{{- if and .config .existingConfigMap }}
{{- $faults = append $faults (printf "config and existingConfigMap (%q) are both set: which one holds? Take one away" .existingConfigMap) }}
{{- end }}
{{- if hasKey (.config | default dict) "database" }}
{{- $faults = append $faults "config.database is set: the chart sets it. For PostgreSQL put the connection string into a Secret and name it in postgresql.existingSecret; without that it is SQLite on a volume" }}
{{- end }}
{{- $fullname := include "keyrotator.fullname" $ }}
{{- if and (eq (toString .mode) "deployment") (not (regexMatch "^[a-z]" $fullname)) }}
{{- $faults = append $faults (printf "the release's objects would be named %q, and a Service's name begins with a letter: set fullnameOverride" $fullname) }}
{{- end }}
{{- if and (gt (int .replicas) 1) (not .postgresql.existingSecret) }}
{{- $faults = append $faults (printf "replicas is %d and the database is SQLite, which one process has to itself: set postgresql.existingSecret, or replicas: 1" (int .replicas)) }}
{{- end }}
{{- if eq .persistence.accessMode "ReadWriteMany" }}
{{- $faults = append $faults "persistence.accessMode is ReadWriteMany: SQLite is lost on storage that several nodes write. Take ReadWriteOncePod, or PostgreSQL" }}
{{- end }}
{{- if and .caBundle.configMap .caBundle.secret }}
{{- $faults = append $faults "caBundle.configMap and caBundle.secret are both set: take one away" }}
{{- end }}
{{- if eq .mode "cronjob" }}
{{- range $name := list "serviceMonitor" "prometheusRule" "dashboard" }}
{{- if (get $.Values $name).enabled }}
{{- $faults = append $faults (printf "%s.enabled is true and mode is cronjob: a job lives too short to be scraped. Take mode: deployment, or alerts.heartbeat in the configuration" $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- with include "keyrotator.backwardRange" (.cronjob).schedule }}
{{- $faults = append $faults (printf "cronjob.schedule %q has a range that runs backwards (%s as numbers): write the smaller end first, or two ranges with a comma" ($.Values.cronjob).schedule .) }}
{{- end }}
{{- $twice := include "keyrotator.twiceSet" $ | fromYamlArray }}
{{- range $twice }}
{{- $faults = append $faults (printf "the environment variable %s is set twice: by %s. Which holds? Leave one" (index . 0) (index . 1)) }}
{{- end }}
{{- range .extraVolumes }}
{{- if or (has .name (list "config" "tmp" "state" "ca" "tokens")) (and (hasPrefix "secret-" .name) (hasKey $.Values.secretFiles (trimPrefix "secret-" .name))) }}
{{- $faults = append $faults (printf "extraVolumes has a volume %s, which is the name of one of the chart's own: take another" .name) }}
{{- end }}
{{- end }}
{{- range $name := keys .secretEnv | sortAlpha }}
{{- if has $name (include "keyrotator.ownVariables" $ | fromYamlArray) }}
{{- $faults = append $faults (printf "secretEnv sets %s, which the chart sets" $name) }}
{{- end }}
{{- end }}
{{- range .extraEnv }}
{{- if has .name (include "keyrotator.ownVariables" $ | fromYamlArray) }}
{{- $faults = append $faults (printf "extraEnv sets %s, which the chart sets (see postgresql, deployment.listenAddress and caBundle)" .name) }}
{{- end }}
{{- end }}
{{- $faults = concat $faults (include "keyrotator.plainSecrets" (dict "path" "config" "node" (.config | default dict) "kind" "") | fromYamlArray) }}
{{- end }}
{{- if $faults }}
{{- fail (printf "\n\nKeyRotator's values have faults:\n- %s.\n" (join ".\n- " $faults)) }}
{{- end }}
{{- end }}

{{/* The first range of a schedule whose end comes before its begin; nothing where there is none. */}}
{{- define "keyrotator.backwardRange" -}}
{{- $found := "" }}
{{- $numbers := lower (toString .) }}
{{- range $number, $day := list "sun" "mon" "tue" "wed" "thu" "fri" "sat" }}{{ $numbers = replace $day (toString $number) $numbers }}{{ end }}
{{- range $index, $month := list "jan" "feb" "mar" "apr" "may" "jun" "jul" "aug" "sep" "oct" "nov" "dec" }}
{{- $numbers = replace $month (toString (add1 $index)) $numbers }}
{{- end }}
{{- range regexFindAll "[0-9]+-[0-9]+" $numbers -1 | reverse }}
{{- $ends := splitList "-" . }}
{{- if gt (atoi (first $ends)) (atoi (last $ends)) }}{{ $found = . }}{{ end }}
{{- end }}
{{- $found }}
{{- end }}

{{/* A YAML list of [variable, the values that set it], of each that more than one sets: Kubernetes takes the last, or refuses them. */}}
{{- define "keyrotator.twiceSet" -}}
{{- $by := dict }}
{{- if or .Values.caBundle.configMap .Values.caBundle.secret }}{{ $_ := set $by "SSL_CERT_FILE" (list "caBundle") }}{{ end }}
{{- range $name := keys .Values.secretEnv }}{{ $_ := set $by $name (append (get $by $name | default list) "secretEnv") }}{{ end }}
{{- range .Values.extraEnv }}{{ $_ := set $by .name (append (get $by .name | default list) "extraEnv") }}{{ end }}
{{- range $name := keys $by | sortAlpha }}
{{- if gt (len (get $by $name)) 1 }}
- {{ list $name (join " and " (get $by $name)) | toJson }}
{{- end }}
{{- end }}
{{- end }}

{{- define "keyrotator.ownVariables" -}}
[KEYROTATOR_CONFIG, KEYROTATOR_DATABASE, KEYROTATOR_LISTEN, DOTNET_EnableDiagnostics]
{{- end }}

{{/* A YAML list of faults: secrets that stand in the configuration itself, and would end up in a ConfigMap. Their text is not repeated. */}}
{{- define "keyrotator.plainSecrets" -}}
{{- $secret := list "apiKey" "authorization" "passphrase" "password" "previousSecret" "routingKey" "secret" "secretId" "token" "tokenSecret" }}
{{- $path := .path }}
{{- $kind := .kind }}
{{- if kindIs "map" .node }}
{{- range $name, $value := .node }}
{{- $here := printf "%s.%s" $path $name }}
{{- if kindIs "string" $value }}
{{- $isHeader := and (hasSuffix ".headers" $path) (regexMatch "(?i)(authorization|cookie|api[-_]?key|token|secret|password|credential|signature)" $name) }}
{{- $isUrl := and (eq $name "url") (or (has $kind (list "slack" "teams" "discord" "googlechat")) (eq $path "config.alerts.heartbeat")) }}
{{- if and $isHeader (not (contains "${" $value)) }}
- {{ printf "%s holds a secret in the clear, and a ConfigMap is no place for it: take it away. The program sends the key that a location names" $here | quote }}
{{- else if and (or (has $name $secret) $isUrl) $value (not (contains "${" $value)) }}
- {{ printf "%s holds a secret in the clear, and a ConfigMap is no place for it: write \"${NAME}\" there and name its Secret in secretEnv, or \"${file:/run/secrets/keyrotator/…}\" with secretFiles" $here | quote }}
{{- end }}
{{- if regexMatch "://[^/@:]*:[^/@$]+@" $value }}
- {{ printf "%s holds an address with a password: write \"${NAME}\" there and name its Secret in secretEnv" $here | quote }}
{{- end }}
{{- else if ne $name "labels" }}
{{- include "keyrotator.plainSecrets" (dict "path" $here "node" $value "kind" (get (ternary $value dict (kindIs "map" $value)) "kind" | default "")) }}
{{- end }}
{{- end }}
{{- else if kindIs "slice" .node }}
{{- range $index, $value := .node }}
{{- include "keyrotator.plainSecrets" (dict "path" (printf "%s[%d]" $path $index) "node" $value "kind" "") }}
{{- end }}
{{- end }}
{{- end }}
