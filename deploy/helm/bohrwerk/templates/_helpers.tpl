{{- define "bohrwerk.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "bohrwerk.labels" -}}
app.kubernetes.io/name: bohrwerk
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "bohrwerk.selector" -}}
app.kubernetes.io/name: bohrwerk
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Nothing runs as root, nothing writes to its image, nothing gains a right. */}}
{{- define "bohrwerk.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "bohrwerk.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* The blob store's settings below a prefix: BOHRWERK_API or BOHRWERK_WORKER. */}}
{{- define "bohrwerk.s3" -}}
{{- $s3 := .root.Values.s3 -}}
- {name: {{ .prefix }}_BLOBS_S3_BUCKET, value: {{ required "s3.bucket must be set" $s3.bucket | quote }}}
- {name: {{ .prefix }}_BLOBS_S3_REGION, value: {{ $s3.region | quote }}}
- {name: {{ .prefix }}_BLOBS_S3_PREFIX, value: {{ $s3.prefix | quote }}}
- {name: {{ .prefix }}_BLOBS_S3_PATHSTYLE, value: {{ $s3.pathStyle | quote }}}
{{- with $s3.endpoint }}
- {name: {{ $.prefix }}_BLOBS_S3_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- with (and (eq .prefix "BOHRWERK_WORKER") $s3.workerSecret | default $s3.secret) }}
- name: {{ $.prefix }}_BLOBS_S3_ACCESSKEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: access-key}}
- name: {{ $.prefix }}_BLOBS_S3_SECRETKEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: secret-key}}
{{- end }}
{{- end -}}

{{/* Where spans go, below a prefix. */}}
{{- define "bohrwerk.telemetry" -}}
{{- with .root.Values.telemetry.endpoint }}
- {name: {{ $.prefix }}_TELEMETRY_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- with .root.Values.telemetry.secret }}
- name: {{ $.prefix }}_TELEMETRY_HEADERS
  valueFrom: {secretKeyRef: {name: {{ . }}, key: headers}}
{{- end }}
{{- end -}}

{{- define "bohrwerk.arguments" -}}
{{- range $key, $value := .settings }}
- {{ printf "--%s=%v" $key $value | quote }}
{{- end }}
{{- end -}}

{{/* Kafka's own settings, below a prefix: a dot of their names is an underscore of the environment's. Secrets are no arguments. */}}
{{- define "bohrwerk.kafka" -}}
{{- $prefix := .prefix -}}
{{- range $key, $value := .root.Values.kafka.client }}
- {name: {{ printf "%s_%s" $prefix ($key | replace "." "_" | upper) }}, value: {{ $value | quote }}}
{{- end }}
{{- with .secret }}
- name: {{ $prefix }}_SASL_JAAS_CONFIG
  valueFrom: {secretKeyRef: {name: {{ . }}, key: jaas}}
{{- end }}
{{- end -}}
