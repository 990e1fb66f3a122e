module github.com/tggen/tggen/gen/spec/internal/yaml/oracle

go 1.26.0

require (
	github.com/goccy/go-yaml v1.19.2
	github.com/tggen/tggen v0.0.0
)

replace github.com/tggen/tggen => ../../../../..
