package wire

// An Object reads the members of a JSON object one after another, without reflection:
//
//	o := wire.ReadObject(text)
//	for o.Next() {
//		switch o.Name() {
//		case "name":
//			o.String(&name)
//		}
//	}
//	return o.Err()
//
// A member that is not read is skipped. As in encoding/json, null leaves a value as it is, and of two members of one name the last
// counts. Names are compared as they are written.
type Object struct {
	d     decoder
	name  string
	at    int  // the end of the last member, or the mistake
	value int  // the value of the member; -1 when it has been read
	begun bool // the first member has been read
	more  bool
}

// ReadObject returns a reader of the object that the text is. An empty text has no members. Strings that are read share memory with the
// text.
func ReadObject(text string) *Object { return &Object{d: decoder{s: text}, value: -1} }

// Next goes to the next member. It returns false at the end of the object, and after a mistake: see [Object.Err].
func (o *Object) Next() bool {
	switch {
	case !o.begun:
		o.begun = true
		if o.d.s == "" {
			return false
		}
		o.name, o.value, o.more = o.d.first(skipSpace(o.d.s, 0))
	case !o.more:
		return false
	default:
		if o.value >= 0 {
			o.at = skipValue(o.d.s, o.value, maxDepth)
		}
		o.name, o.value, o.more = o.d.next(o.at)
	}
	if o.more {
		return true
	}
	o.at, o.value = o.value, -1
	if o.at >= 0 {
		if end := skipSpace(o.d.s, o.at); end < len(o.d.s) {
			o.at = ^end
		}
	}
	return false
}

// Name is the name of the member.
func (o *Object) Name() string { return o.name }

// Err is the first mistake, a [*DecodeError], or nil. It is known when Next has returned false.
func (o *Object) Err() error {
	if o.at >= 0 {
		return nil
	}
	return newDecodeError(o.d.s, ^o.at, o.d.problem)
}

// read takes the position of the value of the member. It is negative after a mistake, and if the value has been read already.
func (o *Object) read() int {
	i := o.value
	o.value = -1
	return i
}

// String reads a string.
func (o *Object) String(v *string) { o.at = o.d.text(o.read(), v) }

// Int64 reads an integer.
func (o *Object) Int64(v *int64) { o.at = o.d.int64(o.read(), v) }

// Float64 reads a number.
func (o *Object) Float64(v *float64) { o.at = o.d.float64(o.read(), v) }

// Bool reads true or false.
func (o *Object) Bool(v *bool) { o.at = o.d.bool(o.read(), v) }

// Raw reads a value of any kind as JSON.
func (o *Object) Raw() string {
	i := o.read()
	o.at = i
	if i < 0 {
		return "null"
	}
	if o.at = skipValue(o.d.s, i, maxDepth); o.at < 0 {
		return "null"
	}
	return o.d.s[i:o.at]
}
