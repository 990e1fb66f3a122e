package calls

import (
	"io"
	"mime/multipart"
	"reflect"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// replayable reports whether the parameters can be sent again. A reader that cannot seek has been read, at least in part.
func replayable(params map[string]any) bool {
	for name, value := range params {
		attach, ok := value.(gotgbot.Attach)
		if !ok {
			continue
		}
		files, seekable := readers(reflect.ValueOf(value), 0)
		if !seekable || files == 0 && uploads(name, attach) {
			return false
		}
	}
	return true
}

// maxDepth bounds the search for files in a parameter. gotgbot's deepest one is a list of media that have a cover.
const maxDepth = 10

// readers counts the readers in a parameter, and reports whether all of them can seek.
func readers(v reflect.Value, depth int) (files int, seekable bool) {
	seekable = true
	inside := func(v reflect.Value) {
		n, ok := readers(v, depth+1)
		files, seekable = files+n, seekable && ok
	}
	if depth > maxDepth {
		return 0, true
	}
	if v.Kind() == reflect.Pointer && v.Type() == reflect.TypeFor[*gotgbot.FileReader]() && !v.IsNil() {
		data := v.Interface().(*gotgbot.FileReader).Data
		if data == nil {
			return 0, true
		}
		_, ok := data.(io.Seeker)
		return 1, ok
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			inside(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				inside(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			for i := range v.Len() {
				inside(v.Index(i))
			}
		}
	}
	return files, seekable
}

// uploads reports whether a parameter of an unknown type uploads something. It lets the parameter write to a writer that
// refuses every write, so that no file is read.
func uploads(name string, value gotgbot.Attach) bool {
	var probe refusingWriter
	_ = value.Attach(name, multipart.NewWriter(&probe))
	return probe.asked
}

type refusingWriter struct{ asked bool }

func (w *refusingWriter) Write([]byte) (int, error) {
	w.asked = true
	return 0, io.ErrShortWrite
}
