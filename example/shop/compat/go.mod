module github.com/tggen/tggen/example/shop/compat

go 1.26

tool github.com/watzon/tg-mock/cmd/tg-mock

require (
	github.com/go-chi/chi/v5 v5.1.0 // indirect
	github.com/watzon/tg-mock v0.2.2 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
