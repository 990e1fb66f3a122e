package calls

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A sum is a hash of the bot and the parameters of a call. Users write the texts of messages, so it must be hard to make two with
// the same sum: it is half of a SHA-256.
type sum [16]byte

func sumBytes(b []byte) (s sum) {
	whole := sha256.Sum256(b)
	copy(s[:], whole[:])
	return s
}

// sumOfBody returns the sum of a call whose parameters are encoded.
func sumOfBody(token, method string, body []byte) sum {
	b := make([]byte, 0, 64+len(body))
	return sumBytes(append(appendCall(b, token, method), body...))
}

// sumOf returns the sum of a call whose parameters are in the form of gotgbot.
func sumOf(token, method string, params map[string]any, opts *gotgbot.RequestOpts) sum {
	b := appendCall(make([]byte, 0, 512), token, method)
	if opts != nil && len(opts.OverrideParams) > 0 {
		given := params
		params = make(map[string]any, len(given)+len(opts.OverrideParams))
		maps.Copy(params, given)
		maps.Copy(params, opts.OverrideParams)
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		b = append(b, '\n')
		b = appendValue(append(b, name...), params[name])
	}
	return sumBytes(b)
}

// appendCall appends the bot and the method. The rest of the token may change at any time.
func appendCall(b []byte, token, method string) []byte {
	bot, _, _ := strings.Cut(token, ":")
	b = append(append(b, bot...), ' ')
	return append(append(b, method...), ' ')
}

// appendValue appends a parameter, so that it differs from every other one.
func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		b = strconv.AppendInt(append(b, 's'), int64(len(v)), 10)
		return append(append(b, ' '), v...)
	case int64:
		return strconv.AppendInt(append(b, 'i'), v, 10)
	case bool:
		return strconv.AppendBool(append(b, 'b'), v)
	}
	encoded, err := json.Marshal(value)
	if err != nil { // the call fails by itself, and is not recorded
		encoded = []byte(err.Error())
	}
	if _, ok := value.(gotgbot.Attach); ok {
		eachReader(reflect.ValueOf(value), 0, func(f *gotgbot.FileReader) {
			b = strconv.AppendQuote(append(b, 'f'), f.Name)
			b = strconv.AppendInt(append(b, ' '), sizeOf(f.Data), 10)
		})
		encoded = attached.ReplaceAll(encoded, []byte(`$1""`))
	}
	b = strconv.AppendInt(append(b, 'j'), int64(len(encoded)), 10)
	return append(append(b, ' '), encoded...)
}

// attached matches how a parameter refers to its file. gotgbot writes it into the parameter when it sends the file. A quote within a
// text has a backslash before it.
var attached = regexp.MustCompile(`(^|[^\\])"attach://[^"]*"`)

// sizeOf returns the size of a file, or -1 if its reader does not tell.
func sizeOf(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Size() int64 }:
		return r.Size()
	case interface{ Stat() (fs.FileInfo, error) }:
		if info, err := r.Stat(); err == nil {
			return info.Size()
		}
	}
	return -1
}
