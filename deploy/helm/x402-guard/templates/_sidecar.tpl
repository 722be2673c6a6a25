{{/*
The guard in the pods of another chart. That chart depends on this one with `mode: sidecar`, and says in its pod template:

  metadata:
    labels:
      {{- include "x402-guard.sidecar.labels" (index .Subcharts "x402-guard") | nindent 8 }}
    annotations:
      {{- include "x402-guard.sidecar.annotations" (index .Subcharts "x402-guard") | nindent 8 }}
  spec:
    securityContext:
      {{- include "x402-guard.sidecar.podSecurityContext" (index .Subcharts "x402-guard") | nindent 8 }}
    initContainers:
      {{- include "x402-guard.sidecar.container" (index .Subcharts "x402-guard") | nindent 8 }}
    containers:
      - name: agent
        env:
          {{- include "x402-guard.sidecar.agentEnv" (index .Subcharts "x402-guard") | nindent 12 }}
    volumes:
      {{- include "x402-guard.sidecar.volumes" (index .Subcharts "x402-guard") | nindent 8 }}

With `sidecar.native: false` the container belongs under `containers`.
*/}}

{{- define "x402-guard.sidecar.container" -}}
{{- include "x402-guard.checks" . -}}
{{- with include "x402-guard.prepare" . }}
{{- . }}
{{ end -}}
{{- include "x402-guard.container" (dict "root" . "sidecar" true) -}}
{{- end -}}

{{- define "x402-guard.sidecar.volumes" -}}
{{- include "x402-guard.volumes" . -}}
{{- end -}}

{{- define "x402-guard.sidecar.podSecurityContext" -}}
{{- toYaml .Values.podSecurityContext -}}
{{- end -}}

{{/* What the pod monitor looks for. */}}
{{- define "x402-guard.sidecar.labels" -}}
x402-guard-sidecar: {{ include "x402-guard.fullname" . }}
{{- end -}}

{{- define "x402-guard.sidecar.annotations" -}}
x402-guard/config-checksum: {{ ternary (include "x402-guard.configChecksum" .) "not-watched" .Values.rollOnConfigChange }}
{{- end -}}

{{/* Where the agent finds the guard, and its token. */}}
{{- define "x402-guard.sidecar.agentEnv" -}}
- name: X402_GUARD_URL
  value: {{ printf "%s://127.0.0.1:%d" (include "x402-guard.scheme" .) (int .Values.ports.agents) | quote }}
{{- with .Values.secrets.keys.agentToken }}
{{ include "x402-guard.secretEnv" (dict "name" "X402_AGENT_TOKEN" "secret" (include "x402-guard.secretName" $) "key" .) }}
{{- end }}
{{- end -}}
