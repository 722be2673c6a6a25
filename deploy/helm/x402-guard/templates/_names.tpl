{{/* Names and labels. */}}

{{- define "x402-guard.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "x402-guard.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "x402-guard.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "x402-guard.selector" -}}
app.kubernetes.io/name: {{ include "x402-guard.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "x402-guard.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "x402-guard.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "x402-guard.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "x402-guard.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "x402-guard.secretName" -}}
{{- default (include "x402-guard.fullname" .) .Values.secrets.existingSecret -}}
{{- end -}}

{{- define "x402-guard.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* StatefulSet where state is kept, Deployment where it is not. */}}
{{- define "x402-guard.kind" -}}
{{- if .Values.persistence.enabled -}}StatefulSet{{- else -}}Deployment{{- end -}}
{{- end -}}

{{/* An address to listen on. Takes (list HOST PORT). */}}
{{- define "x402-guard.address" -}}
{{- $host := index . 0 -}}
{{- if contains ":" $host -}}{{- printf "[%s]:%d" $host (int (index . 1)) -}}
{{- else -}}{{- printf "%s:%d" $host (int (index . 1)) -}}
{{- end -}}
{{- end -}}

{{/* Dollars as the guard reads them: a number of YAML would come out as 1e+06. Takes (list NAME VALUE). */}}
{{- define "x402-guard.usd" -}}
{{- $value := index . 1 -}}
{{- if kindIs "string" $value -}}
{{- $value -}}
{{- else -}}
{{- $text := printf "%.6f" (float64 $value) -}}
{{- if ne (float64 $text) (float64 $value) -}}
{{- fail (printf "%s: %v has more than six decimals; a millionth of a dollar is the least there is" (index . 0) $value) -}}
{{- end -}}
{{- $text -}}
{{- end -}}
{{- end -}}

{{- define "x402-guard.scheme" -}}
{{- ternary "https" "http" (not (empty .Values.tls.existingSecret)) -}}
{{- end -}}

{{/* The service of the admin port, by which pods are found one by one. */}}
{{- define "x402-guard.adminName" -}}
{{- printf "%s-admin" (include "x402-guard.fullname" . | trunc 57 | trimSuffix "-") -}}
{{- end -}}
