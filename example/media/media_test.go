package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

func start(t *testing.T) *tgtest.Server {
	t.Helper()
	server := tgtest.NewServer(t)
	b, err := New(bot{}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Stop(context.Background()) })
	return server
}

// sent returns the picture of a message.
func sent(t *testing.T, server *tgtest.Server, message *tgtest.Message) image.Image {
	t.Helper()
	file, ok := server.File(message.FileID())
	if !ok {
		t.Fatalf("the message has no file: %v", message)
	}
	picture, err := png.Decode(bytes.NewReader(file.Data))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func red(picture image.Image, x, y int) bool {
	return color.NRGBAModel.Convert(picture.At(x, y)) == color.NRGBA{R: 255, A: 255}
}

func TestPicture(t *testing.T) {
	server := start(t)
	alice := server.User("Alice")
	alice.Send("/again")
	alice.Expect("You have sent no picture yet.")

	picture := image.NewNRGBA(image.Rect(0, 0, 3, 1))
	picture.Set(0, 0, color.NRGBA{R: 255, A: 255})
	data, err := encode(picture)
	if err != nil {
		t.Fatal(err)
	}
	mine := alice.SendFile("photo", tgtest.File{Name: "a.png", Data: data}, "")
	if mirrored := sent(t, server, alice.ExpectNext()); red(mirrored, 0, 0) || !red(mirrored, 2, 0) {
		t.Error("left and right are not exchanged")
	}
	alice.Send("/again")
	if again := alice.ExpectNext(); again.FileID() != mine.FileID() {
		t.Errorf("/again sends the file %s, and Alice sent %s", again.FileID(), mine.FileID())
	}

	alice.SendFile("photo", tgtest.File{Name: "b.jpg", Data: []byte("no picture")}, "")
	alice.Expect("I cannot read this picture: image: unknown format")
	huge, err := encode(image.NewGray(image.Rect(0, 0, maxPixels/1000, 1001)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mirror(bytes.NewReader(huge)); !errors.Is(err, errTooLarge) {
		t.Errorf("a picture of too many pixels is answered with %v", err)
	}
}

func TestAlbum(t *testing.T) {
	server := start(t)
	alice := server.User("Alice")
	photo := tgtest.Attachment{Kind: "photo", File: tgtest.File{Name: "a.jpg", Data: []byte("a")}}
	for range 2 {
		alice.SendAlbum("", photo, photo, photo)
		alice.Expect("An album! I mirror single pictures only.")
	}
	alice.Send("/start")
	alice.Expect("Send me a picture, a table as CSV, or a voice message. /chart 3 1 4 draws numbers.")
}

func TestChart(t *testing.T) {
	server := start(t)
	alice := server.User("Alice")
	alice.Send("/chart 1 2")
	drawn := alice.ExpectNext()
	if drawn.Text != "1 2" {
		t.Errorf("the caption is %q", drawn.Text)
	}
	picture := sent(t, server, drawn)
	blue := func(x int) (n int) {
		for y := range picture.Bounds().Dy() {
			if r, _, _, _ := picture.At(x, y).RGBA(); r>>8 == 0x2a {
				n++
			}
		}
		return n
	}
	if one, two := blue(20), blue(70); one != 150 || two != 300 {
		t.Errorf("the bars are %d and %d pixels high", one, two)
	}
	for _, wrong := range []string{"/chart -1", "/chart NaN", "/chart one", "/chart" + strings.Repeat(" 1", 21)} {
		alice.Send(wrong)
		alice.Expect("Write up to 20 numbers from 0 on, such as /chart 3 1 4.")
	}
}

func TestTable(t *testing.T) {
	server := start(t)
	alice := server.User("Alice")
	for text, want := range map[string]string{
		"a,b\n1,2\n\"x\ny\",3\n":        "t.csv has 3 rows.",
		"a,b\n1\n":                      "Line 2 is not CSV: wrong number of fields.",
		"":                              "t.csv has 0 rows.",
		strings.Repeat("a,b\n", 100000): "t.csv has 100000 rows.",
	} {
		alice.SendFile("document", tgtest.File{Name: "t.csv", Data: []byte(text)}, "")
		alice.Expect(want)
	}
}

func TestSound(t *testing.T) {
	server := start(t)
	alice := server.User("Alice")
	alice.SendFile("voice", tgtest.File{Name: "v.ogg", Data: []byte("sound")}, "")
	alice.Expect("That is 1s long.")
}
