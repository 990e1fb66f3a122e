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

// TestQuery compares the result for every filter query with an evaluation on the JSON of updates made for the query.
// Queries with `me` are left out: this package compares the bot's name, and the evaluation compares its id.
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
				continue // Explain calls query only for updates of the kind
			}
			e := explainer{payload: payload}
			if why := e.query(q); (why == "") != want {
				t.Errorf("%s: %s: %q, and the JSON says %v\n%s", q, c.Name, why, want, raw)
			}
			compared[want]++
		}
	}
	if compared[true] < 1000 || compared[false] < 1000 {
		t.Errorf("only %v updates were compared", compared)
	}
}
