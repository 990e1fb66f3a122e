package play

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// client is what a page does with the events.
type client struct {
	version uint64
	fields  map[string]any
}

func (c *client) read(t *testing.T, b *board) (event string) {
	t.Helper()
	event, data := b.since(c.version)
	c.version = b.version
	if data == nil {
		return ""
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if event == "state" {
		c.fields = fields
		return event
	}
	for name, value := range fields {
		objects, isMap := value.(map[string]any)
		if !isMap {
			c.fields[name] = value
			continue
		}
		for key, object := range objects {
			if object == nil {
				delete(c.fields[name].(map[string]any), key)
			} else {
				c.fields[name].(map[string]any)[key] = object
			}
		}
	}
	return event
}

// TestPatchesAgainstModel changes objects at random. Clients that read now and then must have the same state as one that comes new.
func TestPatchesAgainstModel(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 1))
		values := map[address]int{}
		b := newBoard(func(at address) any {
			if v, ok := values[at]; ok {
				return v
			}
			return nil
		})
		b.keep = 20
		values[address{sectionRecorded, ""}] = 0
		b.touch(sectionRecorded, "")
		b.flush()
		clients := make([]client, 4)
		whole := 0
		for range 1000 {
			at := address{mapSections[random.IntN(len(mapSections))], fmt.Sprint(random.IntN(30))}
			if random.IntN(10) == 0 {
				at = address{sectionRecorded, ""}
			}
			if random.IntN(2) == 0 && at.key != "" {
				delete(values, at)
			} else {
				values[at] = random.IntN(3)
			}
			b.touch(at.section, at.key)
			b.flush()
			// The last client reads so rarely that deletions are forgotten meanwhile.
			i := random.IntN(len(clients))
			if i == len(clients)-1 && random.IntN(100) != 0 {
				continue
			}
			c := &clients[i]
			if c.read(t, b) == "state" {
				whole++
			}
			var fresh client
			fresh.read(t, b)
			if !reflect.DeepEqual(c.fields, fresh.fields) {
				t.Fatalf("seed %d: client %d has another state than a new one", seed, i)
			}
		}
		if limit := 1 + 5*30; len(b.objects) > limit || len(b.deleted) > b.keep {
			t.Errorf("the board holds %d objects and %d deletions", len(b.objects), len(b.deleted))
		}
		if whole < len(clients) {
			t.Errorf("seed %d: %d whole states", seed, whole)
		}
	}
}

func TestAPatchHoldsOnlyWhatHasChanged(t *testing.T) {
	values := map[address]any{{sectionPeople, "1"}: "Ann", {sectionPeople, "2"}: "Bob", {sectionRecorded, ""}: 0}
	b := newBoard(func(at address) any { return values[at] })
	for at := range values {
		b.touch(at.section, at.key)
	}
	b.flush()
	seen := b.version
	b.touch(sectionPeople, "1")
	if b.flush() {
		t.Error("an object that is the same as before makes a new version")
	}
	values[address{sectionPeople, "1"}] = "Anna"
	delete(values, address{sectionPeople, "2"})
	b.touch(sectionPeople, "1")
	b.touch(sectionPeople, "2")
	b.flush()
	event, data := b.since(seen)
	if want := `{"people":{"1":"Anna","2":null}}`; event != "patch" || string(data) != want {
		t.Errorf("%s %s, want %s", event, data, want)
	}
	if _, data := b.since(b.version); data != nil {
		t.Errorf("nothing has changed, but there is %s", data)
	}
}

func TestAClientThatIsTooFarBehindGetsTheWholeState(t *testing.T) {
	values := map[address]any{}
	b := newBoard(func(at address) any { return values[at] })
	change := func(key string, value any) {
		at := address{sectionMessages, key}
		if values[at] = value; value == nil {
			delete(values, at)
		}
		b.touch(at.section, at.key)
		b.flush()
	}
	change("first", "here")
	seen := b.version
	for i := range maxDeleted + 1 {
		change(fmt.Sprint(i), "new")
		change(fmt.Sprint(i), nil)
	}
	if event, _ := b.since(seen); event != "state" {
		t.Errorf("the event is %s", event)
	}
	if event, _ := b.since(b.version - 1); event != "patch" {
		t.Errorf("a client that is up to date gets %s", event)
	}
}
