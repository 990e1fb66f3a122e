package script

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"
)

// TestBlank checks that a long picture is replaced by one that decodes to the same size.
func TestBlank(t *testing.T) {
	picture := image.NewRGBA(image.Rect(0, 0, 200, 150))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i * i >> 3)
	}
	for name, encode := range map[string]func(*bytes.Buffer) error{
		"png":  func(b *bytes.Buffer) error { return png.Encode(b, picture) },
		"jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, picture, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		got, format, err := image.Decode(bytes.NewReader(blank(b.Bytes())))
		if err != nil || format != name || got.Bounds() != picture.Bounds() {
			t.Errorf("a blank picture for %s is %v %s, %v", name, got, format, err)
		}
	}
	if got := blank([]byte("no picture")); got != nil {
		t.Errorf("a blank picture for a text has %d bytes", len(got))
	}
	huge := image.Rect(0, 0, 1, 1)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(huge)); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	copy(data[16:24], "\x7f\xff\xff\xff\x7f\xff\xff\xff") // the width and the height; the checksum is that of the old ones
	if got := blank(data); got != nil {
		t.Error("there is a blank picture for one of 2³¹ times 2³¹ pixels")
	}
}
