// Package redact keeps a bot's token out of texts, errors and logs.
package redact
