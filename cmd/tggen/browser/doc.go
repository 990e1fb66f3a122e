// Package browser tests the page of tggen play, and the documentation's site, in a real browser: Chromium, without a window. It is a
// module of its own, because nothing else needs the driver of the browser.
//
//	go test ./...                              the tests; they are skipped where there is no Chromium, but not in CI
//	TGGEN_SCREENSHOTS=folder go test ./...     the same, and the screenshots are written into the folder
package browser
