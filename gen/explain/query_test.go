package explain

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/filter/filtertest"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// TestQuery compares what is said of every filter query with an evaluation on the JSON of updates made for it. Those
// with me are left out: they are told by the bot's name here, and by its id there.
func TestQuery(t *testing.T) {
	api := model.Gotgbot()
	compared := map[bool]int{}
	for _, q := range filter.Valid(api) {
		if q.Third == "me" {
			continue
		}
		for _, c := range filtertest.Cases(api, q) {
			want := filtertest.Match(q.String(), c.Update, filtertest.Bot)
			c.Update["update_id"] = 1
			raw, err := json.Marshal(c.Update)
			if err != nil {
				t.Fatal(err)
			}
			update, err := wire.DecodeUpdate(string(raw))
			if err != nil {
				t.Fatal(err)
			}
			payload := reflect.ValueOf(update).Elem().FieldByName(q.Kind.Field.Name)
			if payload.IsNil() {
				continue // of another kind, which Explain sees before it asks
			}
			e := explainer{payload: payload}
			if why := e.query(q); (why == "") != want {
				t.Errorf("%s: %s: %q, and the JSON says %v\n%s", q, c.Name, why, want, raw)
			}
			compared[want]++
		}
	}
	if compared[true] < 1000 || compared[false] < 1000 {
		t.Errorf("compared %v: too few", compared)
	}
}
