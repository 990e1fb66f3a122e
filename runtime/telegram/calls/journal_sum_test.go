package calls

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// Calls that differ in anything that the server sees have different sums, except for the content of files.
func TestJournal_SumsDiffer(t *testing.T) {
	file := func(name, content string) gotgbot.InputFile {
		return gotgbot.InputFileByReader(name, strings.NewReader(content))
	}
	album := func(files ...gotgbot.InputFile) gotgbot.InputMedias {
		var media gotgbot.InputMedias
		for _, f := range files {
			media = append(media, gotgbot.InputMediaPhoto{Media: f})
		}
		return media
	}
	seen := make(map[sum]string)
	for _, params := range []map[string]any{
		nil,
		{"text": ""},
		{"text": "a"},
		{"text": "7"},
		{"text": int64(7)},
		{"text": "true"},
		{"text": true},
		{"text": json.RawMessage("true")},
		{"text": "a\nb"},
		{"text": "a", "b": ""},
		{"text": "a\nbs0 "},
		{"chat_id": int64(7), "text": "a"},
		{"chat_id": int64(8), "text": "a"},
		{"chat_id": "7", "text": "a"},
		{"reply_parameters": &gotgbot.ReplyParameters{MessageId: 1}},
		{"reply_parameters": &gotgbot.ReplyParameters{MessageId: 2}},
		{"photo": file("a.jpg", "one")},
		{"photo": file("b.jpg", "one")},
		{"photo": file("a.jpg", "more")},
		{"photo": gotgbot.InputFileByID("a.jpg")},
		{"photo": gotgbot.InputFileByURL("https://example.org")},
		{"media": album(file("a.jpg", "one"))},
		{"media": album(file("a.jpg", "one"), file("b.jpg", "one"))},
		{"media": album(file("b.jpg", "one"), file("a.jpg", "one"))},
		{"media": gotgbot.InputMediaPhoto{Media: file("a.jpg", "one"), Caption: `"attach://a"`}},
		{"media": gotgbot.InputMediaPhoto{Media: file("a.jpg", "one"), Caption: `"attach://b"`}},
		{"data": make(chan int)}, // cannot be encoded, so the call fails
	} {
		s := sumOf("1:A", "sendMessage", params, nil)
		if before, ok := seen[s]; ok {
			t.Errorf("%v has the sum of %s", params, before)
		}
		seen[s] = fmt.Sprint(params)
	}
	if sumOfBody("1:A", "sendMessage", []byte(`{"text":"a"}`)) == sumOfBody("1:A", "sendMessage", []byte(`{"text":"b"}`)) {
		t.Error("two bodies have the same sum")
	}
}

// A sum does not depend on what gotgbot writes into a parameter when it sends a file, nor on how far the file was read.
func TestJournal_SumOfAFileThatWasSent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	disk, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	for name, value := range map[string]gotgbot.Attach{
		"text":       gotgbot.InputFileByReader("a.txt", strings.NewReader("content")),
		"disk":       gotgbot.InputFileByReader("a.txt", disk),
		"no size":    gotgbot.InputFileByReader("a.txt", io.MultiReader(strings.NewReader("content"))),
		"media":      gotgbot.InputMediaDocument{Media: gotgbot.InputFileByReader("a.txt", bytes.NewReader([]byte("content")))},
		"media of a": &gotgbot.InputMediaDocument{Media: gotgbot.InputFileByReader("a.txt", bytes.NewReader([]byte("content")))},
	} {
		params := map[string]any{"document": value}
		before := sumOf("1:A", "sendDocument", params, nil)
		if err := value.Attach("document", multipart.NewWriter(io.Discard)); err != nil {
			t.Fatal(err)
		}
		if sumOf("1:A", "sendDocument", params, nil) != before {
			t.Errorf("%s: the sum has changed", name)
		}
	}
}

// What a page writes, it reads. Other data is an error, and never a panic.
func FuzzJournalRecord(f *testing.F) {
	whole := (&callID{"Start", "sendMessage", sum{1, 2, 3}}).append(nil, []byte(`{"message_id":1}`))
	whole = (&callID{"", "copyMessage", sum{4}}).append(whole, nil)
	f.Add(whole)
	f.Add(whole[:20])
	f.Add([]byte{journalFormat})
	f.Fuzz(func(t *testing.T, data []byte) {
		calls, err := decodeCalls(nil, data)
		if err != nil {
			return
		}
		encoded := []byte{journalFormat}
		for _, c := range calls {
			before := len(encoded)
			encoded = c.append(encoded, c.result)
			if n := len(encoded) - before; n > c.size(c.result) {
				t.Errorf("%d bytes, and size says %d", n, c.size(c.result))
			}
		}
		again, err := decodeCalls(nil, encoded)
		if err != nil || !reflect.DeepEqual(calls, again) {
			t.Errorf("decoded %v, %v\nwant %v", again, err, calls)
		}
	})
}
