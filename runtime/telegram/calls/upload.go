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
		files, seekable := 0, true
		eachReader(reflect.ValueOf(value), 0, func(f *gotgbot.FileReader) {
			_, ok := f.Data.(io.Seeker)
			files, seekable = files+1, seekable && ok
		})
		if !seekable || files == 0 && uploads(name, attach) {
			return false
		}
	}
	return true
}

// maxDepth bounds the search for files in a parameter. gotgbot's deepest one is a list of media that have a cover.
const maxDepth = 10

// eachReader calls f for each file of a parameter that is read from a reader.
func eachReader(v reflect.Value, depth int, f func(*gotgbot.FileReader)) {
	if depth > maxDepth {
		return
	}
	if v.Kind() == reflect.Pointer && v.Type() == reflect.TypeFor[*gotgbot.FileReader]() && !v.IsNil() {
		if file := v.Interface().(*gotgbot.FileReader); file.Data != nil {
			f(file)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			eachReader(v.Elem(), depth+1, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachReader(v.Field(i), depth+1, f)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			for i := range v.Len() {
				eachReader(v.Index(i), depth+1, f)
			}
		}
	}
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
