package corpus_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// TestLifelike checks what other tests and the benchmarks rely on: the size of updates, that every kind comes, and that
// gotgbot decodes every update.
func TestLifelike(t *testing.T) {
	const n = 2000
	updates := corpus.Updates(1, n)
	total := 0
	kinds := map[string]int{}
	for i, text := range updates {
		total += len(text)
		var u gotgbot.Update
		if err := json.Unmarshal([]byte(text), &u); err != nil {
			t.Fatalf("update %d: %v\n%s", i, err, text)
		}
		if i > 0 && !strings.HasPrefix(text, `{"update_id":`) {
			t.Errorf("update %d starts with %.20s", i, text)
		}
		v := reflect.ValueOf(u)
		for f := 1; f < v.NumField(); f++ {
			if !v.Field(f).IsNil() {
				name, _, _ := strings.Cut(v.Type().Field(f).Tag.Get("json"), ",")
				kinds[name]++
			}
		}
	}
	if average := total / n; average < 700 || average > 1500 {
		t.Errorf("an update has %d bytes on average, not 700 to 1500", average)
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[gotgbot.Update]())[1:] {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if kinds[name] == 0 {
			t.Errorf("no update of the kind %s", name)
		}
	}
	if !slices.Equal(updates, corpus.Updates(1, n)) {
		t.Error("the same seed gave other updates")
	}
	if slices.Equal(updates, corpus.Updates(2, n)) {
		t.Error("another seed gave the same updates")
	}
	t.Logf("%d bytes an update; kinds: %v", total/n, kinds)
}
