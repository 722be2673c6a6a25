{{/* The files of the config map. JSON strings are TOML strings. */}}

{{- define "x402-guard.guardToml" -}}
explain = {{ .Values.guard.explain }}

[redis]
namespace = {{ .Values.redis.namespace | toJson }}

[egress]
allow = {{ .Values.guard.egressAllow | toJson }}

[limits]
{{- with .Values.guard.limits }}
connections = {{ int64 .connections }}
connect_seconds = {{ int64 .connectSeconds }}
answer_seconds = {{ int64 .answerSeconds }}
head_seconds = {{ int64 .headSeconds }}
idle_body_seconds = {{ int64 .idleBodySeconds }}
drain_seconds = {{ int64 .drainSeconds }}
{{- end }}
{{- with .Values.tls }}
{{- if .existingSecret }}

[tls]
certificate = "/etc/x402-guard-tls/tls.crt"
key = "/etc/x402-guard-tls/tls.key"
{{- if .clientCa }}
client_ca = "/etc/x402-guard-tls/ca.crt"
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.seller }}
{{- if .upstream }}

[seller]
upstream = {{ .upstream | toJson }}
{{- with .publicOrigin }}
public_origin = {{ . | toJson }}
{{- end }}
{{- with .facilitator }}
facilitator = {{ . | toJson }}
{{- end }}
{{- end }}
{{- end }}
{{- range $index, $agent := .Values.guard.agents }}

[[agents]]
id = {{ $agent.id | toJson }}
mode = {{ default "pay" $agent.mode | toJson }}
{{- if $agent.tokenSha256 }}
token_sha256 = {{ $agent.tokenSha256 | toJson }}
{{- else if $agent.certificateSha256 }}
certificate_sha256 = {{ $agent.certificateSha256 | toJson }}
{{- else }}
token_env = {{ printf "X402_AGENT_TOKEN_%d" $index | toJson }}
{{- end }}
{{- end }}
{{ end -}}

{{- define "x402-guard.policyToml" -}}
{{- if and .Values.redis.enabled (not (regexMatch "(?m)^\\s*\"?distributed\"?\\s*=" .Values.policy)) -}}
# Replicas spend from the same budgets.
distributed = true
{{ end -}}
{{ .Values.policy }}
{{- end -}}

{{- define "x402-guard.configChecksum" -}}
{{- printf "%s%s" (include "x402-guard.guardToml" .) (include "x402-guard.policyToml" .) | sha256sum -}}
{{- end -}}
