package filter_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/filter/filtertest"
	"github.com/tggen/tggen/gen/model"
)

// The expectations come from grammY's own engine. To make them again, get grammY's package and pass its directory:
//
//	cd /tmp && npm pack grammy@1.46.0 && tar xzf grammy-1.46.0.tgz
//	go test ./gen/filter -run TestGrammY -grammy /tmp/package
var grammy = flag.String("grammy", "", "the directory of grammY's package, to write testdata/grammy.json.gz again")

var expectationsFile = filepath.Join("testdata", "grammy.json.gz")

// expectations are the answers of grammY's engine: see testdata/grammy.cjs.
type expectations struct {
	Version   string              `json:"version"`
	Queries   []string            `json:"queries"`
	Shortcuts map[string][]string `json:"shortcuts"`
	Updates   []map[string]any    `json:"updates"`
	Matches   [][]int             `json:"matches"`
}

// inexpressible are the queries that grammY accepts and this package does not, because gotgbot's types lack the kind or
// the field.
var inexpressible = []string{
	"business_connection:can_reply", // now business_connection:rights
	"business_message:community_chat_joined",
	"business_message:unique_gift:is_private",
	"business_message:unique_gift:text",
	"channel_post:unique_gift:is_private",
	"channel_post:unique_gift:text",
	"edited_business_message:community_chat_joined",
	"edited_business_message:unique_gift:is_private",
	"edited_business_message:unique_gift:text",
	"edited_channel_post:unique_gift:is_private",
	"edited_channel_post:unique_gift:text",
	"edited_message:community_chat_joined",
	"edited_message:unique_gift:is_private",
	"edited_message:unique_gift:text",
	"guest_message:community_chat_joined",
	"guest_message:unique_gift:is_private",
	"guest_message:unique_gift:text",
	"message:community_chat_joined",
	"message:unique_gift:is_private",
	"message:unique_gift:text",
	"stopped_message_generation",
}

// neverInGrammY are the queries that grammY accepts but never matches. Their third level is a value of the field itself, or
// of the field type inside a field of that name, and grammY's engine looks at neither.
var neverInGrammY = []string{
	"message_reaction_count:reactions:custom_emoji",
	"message_reaction_count:reactions:emoji",
	"message_reaction_count:reactions:paid",
	"subscription:state:active",
	"subscription:state:canceled",
	"subscription:state:failed",
}

func TestGrammY(t *testing.T) {
	if *grammy != "" {
		makeExpectations(t, *grammy)
	}
	e := readExpectations(t)
	api := model.Gotgbot()

	known := map[string]bool{}
	for _, q := range filter.Valid(api) {
		known[q.String()] = true
	}
	var missing []string
	for _, text := range e.Queries {
		if !known[text] {
			missing = append(missing, text)
		}
	}
	if !slices.Equal(missing, inexpressible) {
		t.Errorf("queries of grammY that are not valid here:\n%s", strings.Join(missing, "\n"))
	}
	t.Run("shortcuts", func(t *testing.T) { compareShortcuts(t, e, known) })
	t.Run("matches", func(t *testing.T) { compareMatches(t, e, known) })
}

// compareShortcuts checks that every query that grammY expands is valid here, and expands to at least the same queries. It
// may expand to more, because grammY leaves a few fields out of channel posts.
func compareShortcuts(t *testing.T, e expectations, known map[string]bool) {
	for text, want := range e.Shortcuts {
		want = slices.DeleteFunc(want, func(q string) bool { return !known[q] })
		queries, err := filter.Parse(model.Gotgbot(), text)
		if err != nil {
			if len(want) != 0 {
				t.Error(err)
			}
			continue
		}
		got := strings.Fields(join(queries))
		for _, q := range want {
			if !slices.Contains(got, q) {
				t.Errorf("%s does not stand for %s", text, q)
			}
		}
		if !slices.IsSorted(indexes(got, want)) {
			t.Errorf("%s stands for %v, in grammY for %v", text, got, want)
		}
	}
}

// indexes returns the places of the wanted texts in a list.
func indexes(list, wanted []string) []int {
	places := make([]int, len(wanted))
	for i, text := range wanted {
		places[i] = slices.Index(list, text)
	}
	return places
}

func compareMatches(t *testing.T, e expectations, known map[string]bool) {
	matched := map[string]bool{}
	byKind := map[string][]filter.Query{}
	for _, text := range e.Queries {
		if known[text] {
			q := parse(t, text)[0]
			byKind[q.Kind.Name] = append(byKind[q.Kind.Name], q)
		}
	}
	for i, update := range e.Updates {
		want := map[string]bool{}
		for _, index := range e.Matches[i] {
			want[e.Queries[index]] = true
			matched[e.Queries[index]] = true
		}
		decoded := decode(t, update)
		for kind, queries := range byKind {
			if _, ok := update[kind]; !ok {
				continue
			}
			for _, q := range queries {
				if got := meets(t, q, decoded); got != want[q.String()] && !slices.Contains(neverInGrammY, q.String()) {
					t.Errorf("%s matches %v: %v, in grammY %v", q, update, got, want[q.String()])
				}
			}
		}
		for text := range want {
			if kind, _, _ := strings.Cut(text, ":"); known[text] && update[kind] == nil {
				t.Errorf("in grammY %s matches %v", text, update)
			}
		}
	}
	var never []string
	for _, text := range e.Queries {
		if known[text] && !matched[text] {
			never = append(never, text)
		}
	}
	if !slices.Equal(never, neverInGrammY) {
		t.Errorf("queries that match no update in grammY: %v", never)
	}
}

func readExpectations(t *testing.T) expectations {
	t.Helper()
	file, err := os.Open(expectationsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var e expectations
	if err := json.NewDecoder(unzipped).Decode(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

// makeExpectations runs grammY's engine on the updates made for every query that both grammY and this package accept.
func makeExpectations(t *testing.T, root string) {
	t.Helper()
	updates := []map[string]any{}
	queries := runGrammY(t, root, updates).Queries
	api := model.Gotgbot()
	seen := map[string]bool{}
	for _, q := range filter.Valid(api) {
		if !slices.Contains(queries, q.String()) {
			continue
		}
		for _, c := range filtertest.Cases(api, q) {
			data, err := json.Marshal(c.Update)
			if err != nil {
				t.Fatal(err)
			}
			if !seen[string(data)] {
				seen[string(data)] = true
				updates = append(updates, c.Update)
			}
		}
	}
	e := runGrammY(t, root, updates)
	e.Updates = updates
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(w).Encode(e); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(expectationsFile, zipped.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func runGrammY(t *testing.T, root string, updates []map[string]any) expectations {
	t.Helper()
	input, err := json.Marshal(updates)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "grammy.cjs"), root, strconv.FormatInt(filtertest.Bot, 10))
	command.Stdin = bytes.NewReader(input)
	var failure bytes.Buffer
	command.Stderr = &failure
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, failure.String())
	}
	var e expectations
	if err := json.Unmarshal(output, &e); err != nil {
		t.Fatal(err)
	}
	return e
}
