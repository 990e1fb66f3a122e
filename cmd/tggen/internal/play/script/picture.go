package script

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// Bounds of blank pictures.
const (
	mostPixels   = 25_000_000
	longestBlank = 4096 // bytes
)

// blank returns a blank picture with the format and the size of another one, which a bot can decode. It returns nil if the other one is
// neither PNG nor JPEG, or if a blank picture of that size would be too long for a test, too.
func blank(picture []byte) []byte {
	config, format, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > mostPixels/config.Height {
		return nil
	}
	var b bytes.Buffer
	size := image.Rect(0, 0, config.Width, config.Height)
	switch format {
	case "png":
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		err = encoder.Encode(&b, image.NewPaletted(size, color.Palette{color.White, color.Black}))
	case "jpeg":
		err = jpeg.Encode(&b, image.NewGray(size), nil)
	}
	if err != nil || b.Len() > longestBlank {
		return nil
	}
	return b.Bytes()
}
