module github.com/tggen/tggen/docs/site

go 1.26.0

replace github.com/tggen/tggen => ../..

require github.com/tggen/tggen v0.0.0

require github.com/yuin/goldmark v1.8.7
