package dispatch

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// An Encoder writes the fields of a session as a JSON object. The same values give the same bytes. Generated code uses it.
type Encoder struct {
	b   []byte
	err error // the first one
}

// NewEncoder returns an encoder of an object without members.
func NewEncoder() *Encoder { return &Encoder{b: append(make([]byte, 0, 64), '{')} }

// name appends the name of a member, which needs no escape, and before it a comma, unless it is the first.
func (e *Encoder) name(name string) {
	if len(e.b) > 1 {
		e.b = append(e.b, ',')
	}
	e.b = append(e.b, '"')
	e.b = append(e.b, name...)
	e.b = append(e.b, `":`...)
}

// String writes a text. Bytes that are not UTF-8 become U+FFFD.
func (e *Encoder) String(name, v string) {
	e.name(name)
	e.b = wire.AppendString(e.b, v)
}

// Int writes a whole number.
func (e *Encoder) Int(name string, v int) { e.Int64(name, int64(v)) }

// Int64 writes a whole number.
func (e *Encoder) Int64(name string, v int64) {
	e.name(name)
	e.b = strconv.AppendInt(e.b, v, 10)
}

// Float64 writes a number. Infinities and NaN are an error, as JSON has neither.
func (e *Encoder) Float64(name string, v float64) {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		e.fail(name, fmt.Errorf("JSON has no number %v", v))
		return
	}
	e.name(name)
	e.b = strconv.AppendFloat(e.b, v, 'g', -1, 64)
}

// Bool writes true or false.
func (e *Encoder) Bool(name string, v bool) {
	e.name(name)
	e.b = strconv.AppendBool(e.b, v)
}

// Duration writes a duration in nanoseconds, as encoding/json does.
func (e *Encoder) Duration(name string, v time.Duration) { e.Int64(name, int64(v)) }

// JSON writes a value of a type of the author's, as encoding/json encodes it.
func (e *Encoder) JSON(name string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		e.fail(name, err)
		return
	}
	e.name(name)
	e.b = append(e.b, data...)
}

func (e *Encoder) fail(name string, err error) {
	if e.err == nil {
		e.err = fmt.Errorf("%s: %w", name, err)
	}
}

// Encode returns the object.
func (e *Encoder) Encode() ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return append(e.b, '}'), nil
}

// A Decoder reads what an [Encoder] has written. A field that is missing or null keeps its value, and members that are not read are
// skipped. Generated code uses it.
type Decoder struct {
	o   *wire.Object
	err error // the first error of encoding/json, or a number that is out of range
}

// NewDecoder returns a decoder. No data are an object without members.
func NewDecoder(data []byte) *Decoder { return &Decoder{o: wire.ReadObject(string(data))} }

// Next goes to the next member. It returns false at the end, and after a mistake.
func (d *Decoder) Next() bool { return d.err == nil && d.o.Next() }

// Name is the name of the member.
func (d *Decoder) Name() string { return d.o.Name() }

// String reads a text.
func (d *Decoder) String(v *string) { d.o.String(v) }

// Int reads a whole number.
func (d *Decoder) Int(v *int) {
	n := int64(*v)
	d.o.Int64(&n)
	if n != int64(int(n)) {
		d.fail(errors.New("not an integer of 32 bits"))
		return
	}
	*v = int(n)
}

// Int64 reads a whole number.
func (d *Decoder) Int64(v *int64) { d.o.Int64(v) }

// Float64 reads a number.
func (d *Decoder) Float64(v *float64) { d.o.Float64(v) }

// Bool reads true or false.
func (d *Decoder) Bool(v *bool) { d.o.Bool(v) }

// Duration reads a duration in nanoseconds.
func (d *Decoder) Duration(v *time.Duration) { d.o.Int64((*int64)(v)) }

// JSON reads a value of a type of the author's, as encoding/json decodes it. v is a pointer.
func (d *Decoder) JSON(v any) {
	if err := json.Unmarshal([]byte(d.o.Raw()), v); err != nil {
		d.fail(err)
	}
}

func (d *Decoder) fail(err error) {
	if d.err == nil {
		d.err = fmt.Errorf("%s: %w", d.o.Name(), err)
	}
}

// Err returns the first mistake, or nil. It is known when Next has returned false.
func (d *Decoder) Err() error {
	if d.err != nil {
		return d.err
	}
	return d.o.Err()
}
