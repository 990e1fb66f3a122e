package main

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	_ "image/jpeg" // photos of Telegram are JPEG
	"image/png"
	"io"
	"slices"
)

// maxPixels bounds the memory that a picture takes. A small file can hold a huge picture.
const maxPixels = 20_000_000

var errTooLarge = errors.New("the picture has too many pixels")

// mirror returns a picture with left and right exchanged, as PNG.
func mirror(r io.Reader) ([]byte, error) {
	var head bytes.Buffer
	size, _, err := image.DecodeConfig(io.TeeReader(r, &head))
	if err != nil {
		return nil, err
	}
	if size.Width*size.Height > maxPixels {
		return nil, errTooLarge
	}
	from, _, err := image.Decode(io.MultiReader(&head, r))
	if err != nil {
		return nil, err
	}
	b := from.Bounds()
	to := image.NewNRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			to.Set(b.Min.X+b.Max.X-1-x, y, from.At(x, y))
		}
	}
	return encode(to)
}

// chart draws a bar for each number, as PNG. There is at least one number, and none is negative.
func chart(numbers []float64) ([]byte, error) {
	const bar, gap, height = 40, 10, 300
	picture := image.NewPaletted(image.Rect(0, 0, gap+len(numbers)*(bar+gap), height+2*gap),
		color.Palette{color.White, color.NRGBA{R: 0x2a, G: 0x7a, B: 0xe2, A: 0xff}})
	top := max(slices.Max(numbers), 1)
	for i, n := range numbers {
		left := gap + i*(bar+gap)
		for y := range int(n / top * height) {
			for x := left; x < left+bar; x++ {
				picture.SetColorIndex(x, gap+height-1-y, 1)
			}
		}
	}
	return encode(picture)
}

func encode(picture image.Image) ([]byte, error) {
	var out bytes.Buffer
	err := png.Encode(&out, picture)
	return out.Bytes(), err
}
